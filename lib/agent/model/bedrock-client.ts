import type http from "node:http";
import type { Socket } from "node:net";
import { createConnectionAgent } from "#lib/platform/connection-agent.ts";
import { type Authorise, authoriseAsTwin, createAuthoriser } from "./authorise-request.ts";
import type { ConverseEvent } from "./converse-event.ts";
import { createFrameReader, eventFramesType } from "./event-frames.ts";
import { toWireError, WireError } from "./wire-error.ts";

export interface BedrockClient {
  /**
   * Makes one attempt of a ConverseStream call with this body, and calls `onEvent` with each event as it arrives. Resolves
   * when the stream has ended, even if the answer is incomplete. Has no timeout for a silent model: the caller aborts.
   * @throws WireError, the signal's reason, or what `onEvent` throws; then the connection is closed
   */
  converseStream(
    modelId: string,
    body: Buffer,
    signal: AbortSignal,
    onEvent: (event: ConverseEvent) => void,
  ): Promise<void>;
  /**
   * Opens the connection of the first call and signs a request, which resolves the credentials. Sends nothing to Bedrock.
   * @throws WireError if the credentials cannot be used
   */
  connect(): Promise<void>;
  /** Closes the idle connections. */
  destroy(): void;
}

interface BedrockClientOptions {
  region: string;
  /** The local twin's Bedrock. Its client uses dummy credentials. */
  endpoint?: string | undefined;
  /** The environment's credentials by default. */
  authorise?: Authorise | undefined;
  /** Closes a connection that was idle for this time. 20 s by default. Tests use less. */
  idleMs?: number | undefined;
}

/**
 * Lambda may freeze the function between two turns, and a thawed function cannot see that the other side is gone. Nobody
 * closes a connection so early: AWS's load balancers wait for 60 s, its network for 350 s.
 */
const idleConnectionMs = 20_000;

/**
 * Returns a client of Bedrock for this one operation. The AWS SDK's whole client needs three times as much processor time
 * for a call (docs/decisions/012), so this system uses only the SDK's packages for credentials, signature and frames.
 *
 * Requests go over HTTP/1.1, because Node ends an HTTP/2 stream without an error when the connection dies.
 */
export function createBedrockClient(options: BedrockClientOptions): BedrockClient {
  const { region, endpoint, idleMs = idleConnectionMs } = options;
  const url = new URL(endpoint ?? `https://bedrock-runtime.${region}.amazonaws.com`);
  const authorise = options.authorise ?? (endpoint ? authoriseAsTwin : createAuthoriser(region));
  const connections = createConnectionAgent({ idleMs });

  return {
    async converseStream(modelId, body, signal, onEvent) {
      const path = `/model/${encodeURIComponent(modelId)}/converse-stream`;
      const headers = await authorise({
        path,
        headers: {
          host: url.host,
          "content-type": "application/json",
          "content-length": String(body.length),
        },
        body,
      });
      signal.throwIfAborted();
      const sent = connections.request(url, { method: "POST", path, headers });
      const abort = () => sent.destroy();
      signal.addEventListener("abort", abort);
      try {
        const response = await responseOf(sent, body);
        await refuseFailure(response);
        await readEvents(response, onEvent);
      } catch (error) {
        signal.throwIfAborted();
        throw error;
      } finally {
        signal.removeEventListener("abort", abort);
      }
    },
    async connect() {
      const unsent = { path: "/", headers: { host: url.host }, body: Buffer.alloc(0) };
      await Promise.all([authorise(unsent), connections.connect(url)]);
    },
    destroy: () => connections.destroy(),
  };
}

function responseOf(sent: http.ClientRequest, body: Buffer): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    let isConnected = false;
    sent.on("response", resolve);
    sent.on("error", (error) => reject(toWireError(error, { wasSent: isConnected })));
    sent.on("socket", (socket) => {
      isConnected = !socket.connecting;
      if (isConnected) return;
      // TLS holds the request back until it knows the other side.
      socket.once("encrypted" in socket ? "secureConnect" : "connect", () => {
        isConnected = true;
      });
      limitConnecting(socket, sent);
    });
    sent.end(body);
  });
}

const connectTimeoutMs = 3_000;

function limitConnecting(socket: Socket, sent: http.ClientRequest): void {
  const timer = setTimeout(() => {
    const message = `No connection to Bedrock within ${connectTimeoutMs} ms.`;
    sent.destroy(new WireError(message, { errorName: "ConnectTimeout", wasSent: false }));
  }, connectTimeoutMs);
  socket.once("connect", () => clearTimeout(timer));
  socket.once("close", () => clearTimeout(timer));
}

/** @throws WireError unless the response is an event stream */
async function refuseFailure(response: http.IncomingMessage): Promise<void> {
  const { statusCode: status = 0, headers } = response;
  const type = headers["content-type"] ?? "none";
  if (status >= 200 && status < 300) {
    if (type.startsWith(eventFramesType)) return;
    response.destroy();
    // A proxy sent the response.
    const message = `The response is not an event stream but ${type}.`;
    throw new WireError(message, { errorName: "ForeignBody" });
  }
  const { name, message } = parseError(await readStart(response));
  throw new WireError(message ?? `The response has the status ${status}.`, {
    errorName: withoutNamespace(headers["x-amzn-errortype"]) ?? withoutNamespace(name) ?? "NoName",
    status,
    retryAfter: headers["retry-after"],
  });
}

/** Bedrock's errors are shorter. A proxy's page may be of any length. */
const maxErrorLength = 16_384;

async function readStart(response: http.IncomingMessage): Promise<string> {
  let text = "";
  try {
    for await (const bytes of response.setEncoding("utf8")) {
      text += bytes;
      if (text.length > maxErrorLength) break;
    }
  } catch (error) {
    throw toWireError(error);
  }
  return text;
}

function parseError(body: string): { name?: unknown; message?: string } {
  try {
    // Some of AWS's front ends write the key with a capital letter.
    const { __type: name, Message, message = Message } = JSON.parse(body);
    return typeof message === "string" ? { name, message } : { name };
  } catch {
    return {}; // A proxy's page.
  }
}

/** `ThrottlingException:http://internal.amazon.com/…` and `com.amazon.bedrock#ThrottlingException` have the same name. */
function withoutNamespace(name: unknown): string | undefined {
  return typeof name === "string" ? name.split(":")[0]?.split("#").at(-1) : undefined;
}

function readEvents(
  response: http.IncomingMessage,
  onEvent: (event: ConverseEvent) => void,
): Promise<void> {
  const frames = createFrameReader();
  return new Promise((resolve, reject) => {
    const read = (bytes: Buffer) => {
      try {
        for (const event of frames.read(bytes)) onEvent(event);
      } catch (error) {
        // Node emits what it has already received even after `destroy`.
        response.off("data", read);
        response.destroy();
        reject(error);
      }
    };
    response.on("data", read);
    response.on("end", resolve);
    response.on("error", (error) => reject(toWireError(error)));
  });
}
