import { text } from "node:stream/consumers";
import { createGate, type Gate } from "#local/bedrock/script.ts";
import { listen } from "#local/http/listen.ts";

/** One request that has arrived whole: its effect has happened, whatever becomes of the reply. */
export interface ReceivedEffect {
  idempotencyKey: string;
  body: unknown;
}

/** A service that receives webhooks and recognises no repetition: it counts every request. */
export interface EffectReceiver {
  address: string;
  received: ReceivedEffect[];
  /** The next request has its effect, and its reply waits at the gate. */
  hold(): Gate;
  /** The next request has its effect, and the connection breaks before the reply. */
  cutNext(): void;
  close(): Promise<void>;
}

export async function startEffectReceiver(): Promise<EffectReceiver> {
  const received: ReceivedEffect[] = [];
  let gate: Gate | undefined;
  let isCut = false;
  const server = await listen(async (request, response) => {
    const body: unknown = JSON.parse(await text(request));
    received.push({ idempotencyKey: String(request.headers["idempotency-key"]), body });
    if (isCut) {
      isCut = false;
      response.destroy();
      return;
    }
    const held = gate;
    gate = undefined;
    const left = new AbortController();
    response.once("close", () => left.abort(new Error("The client left.")));
    // A sender that was killed gets no reply.
    await held?.wait(left.signal).catch(() => {});
    response.end("Received.");
  });
  return {
    address: `${server.address}/`,
    received,
    hold() {
      gate = createGate();
      return gate;
    },
    cutNext() {
      isCut = true;
    },
    close: server.close,
  };
}
