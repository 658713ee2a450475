import type { IncomingMessage, ServerResponse } from "node:http";
import { listen } from "./http/listen.ts";
import { isLoopbackHost } from "./http/loopback-host.ts";
import { readBody } from "./http/read-body.ts";

/** One call of the webhook. */
export interface WebhookCall {
  receivedAt: string;
  idempotencyKey: string;
  body: string;
}

export interface WebhookReceiver {
  /** `http://127.0.0.1:<port>/` receives calls with POST, and shows the last calls with GET. */
  address: string;
  /** The newest 100 calls, oldest first. A call that is repeated counts once. */
  calls: readonly WebhookCall[];
  close(): Promise<void>;
}

const maxBodyBytes = 64 * 1024;
const maxCalls = 100;

/**
 * Starts a sample of a service that receives webhooks, for the tool `send_webhook`. The receiver keeps what it gets in
 * memory, and tells a repeated call by its `Idempotency-Key`.
 */
export async function startWebhookReceiver({
  log = () => {},
}: {
  log?: ((line: string) => void) | undefined;
} = {}): Promise<WebhookReceiver> {
  const calls: WebhookCall[] = [];

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, maxBodyBytes);
    if (body === undefined) return send(response, 413, "The body has more than 64 KB.\n");
    const key = String(request.headers["idempotency-key"] ?? "");
    const isRepeated = key !== "" && calls.some((call) => call.idempotencyKey === key);
    if (!isRepeated) {
      const call = {
        receivedAt: new Date().toISOString(),
        ...{ idempotencyKey: key, body: body.toString() },
      };
      calls.push(call);
      if (calls.length > maxCalls) calls.shift();
      log(`The sample webhook received ${shorten(JSON.stringify(call.body))}`);
    }
    send(response, 200, `${JSON.stringify({ received: true, repeated: isRepeated })}\n`);
  }

  const server = await listen(async (request, response) => {
    if (!isLoopbackHost(request)) send(response, 403, "Only this machine may look here.\n");
    else if (request.method === "POST") await receive(request, response);
    else if (request.method === "GET") send(response, 200, listOf(calls));
    else send(response, 405, "Use POST to call the webhook, and GET to see the last calls.\n");
  });
  return { address: `${server.address}/`, calls, close: server.close };
}

/** Plain text, so that a browser runs nothing of what was received. */
function send(response: ServerResponse, status: number, text: string): void {
  response
    .writeHead(status, {
      "content-type": "text/plain; charset=utf-8",
      "x-content-type-options": "nosniff",
    })
    .end(text);
}

function listOf(calls: readonly WebhookCall[]): string {
  const lines = calls
    .toReversed()
    .map(({ receivedAt, idempotencyKey, body }) => `${receivedAt}  ${idempotencyKey}\n${body}\n`);
  const title = "A sample: the last calls of this machine's webhook, newest first.";
  return [title, "", ...(lines.length > 0 ? lines : ["None yet.", ""])].join("\n");
}

const shorten = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text);
