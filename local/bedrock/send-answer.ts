import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { BedrockError } from "./bedrock-error.ts";
import { ConnectionCut, createByteFilter } from "./break-answer.ts";
import { eventFrame, eventFramesType, exceptionFrame } from "./event-frame.ts";
import type { ByteFault, RawResponse } from "./script.ts";
import { toWholeAnswer } from "./whole-answer.ts";
import type { WireEvent } from "./wire-events.ts";

/** Sends the response of ConverseStream: one frame per event. */
export async function sendStream(
  response: ServerResponse,
  events: AsyncIterable<WireEvent>,
  signal: AbortSignal,
  fault: ByteFault | undefined,
): Promise<void> {
  const filter = createByteFilter(fault);
  const writeHead = () => response.writeHead(200, { "content-type": eventFramesType });
  for await (const { name, payload } of events) {
    if (!response.headersSent) writeHead();
    const { bytes, isCut } = filter(eventFrame(name, payload));
    const isTaken = response.write(bytes);
    if (isCut) throw new ConnectionCut();
    if (!isTaken) await once(response, "drain", { signal });
  }
  if (!response.headersSent) writeHead();
  response.end();
}

/** Sends a scripted response. */
export async function sendRaw(
  response: ServerResponse,
  { status, headers = {}, body = "", gate }: RawResponse,
  signal: AbortSignal,
): Promise<void> {
  response.writeHead(status, headers);
  response.flushHeaders();
  if (body.length > 0) response.write(body);
  await gate?.wait(signal);
  response.end();
}

/** Sends the response of Converse: the whole answer as one body. */
export async function sendWhole(
  response: ServerResponse,
  events: AsyncIterable<WireEvent>,
): Promise<void> {
  sendJson(response, 200, await toWholeAnswer(events));
}

/** Bedrock appends this URL to the name of an error. Clients remove it. */
const errorNamespace = "http://internal.amazon.com/coral/com.amazon.bedrock/";

/** Sends an error: as a status, after the first byte as an exception frame. Destroys the connection for ConnectionCut. */
export function sendError(response: ServerResponse, error: unknown): "refused" | "broken" {
  if (error instanceof ConnectionCut) {
    // All bytes before the cut still arrive.
    if (response.headersSent) response.flushHeaders();
    response.socket?.destroySoon();
    return "broken";
  }
  const known = error instanceof BedrockError ? error : unexpected(error);
  if (response.headersSent) {
    response.end(exceptionFrame(known.type, { message: known.message }));
    return "broken";
  }
  response.setHeader("x-amzn-errortype", `${known.headerType}:${errorNamespace}`);
  if (known.retryAfterSeconds !== undefined) {
    response.setHeader("retry-after", String(known.retryAfterSeconds));
  }
  sendJson(response, known.status, { message: known.message });
  return "refused";
}

export function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

function unexpected(error: unknown): BedrockError {
  console.error("The local model server failed:", error);
  return new BedrockError("internalServerException", "The local model server failed.");
}
