import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { BedrockError } from "./bedrock-error.ts";
import { ConnectionCut, createByteFilter } from "./break-answer.ts";
import { eventFrame, eventFramesType, exceptionFrame } from "./event-frame.ts";
import type { ByteFault, RawResponse } from "./script.ts";
import { toWholeAnswer } from "./whole-answer.ts";
import type { WireEvent } from "./wire-events.ts";

/** ConverseStream: a frame per event, as the events come. */
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

/** A response as a test wrote it. */
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

/** Converse: the whole answer as one body. */
export async function sendWhole(
  response: ServerResponse,
  events: AsyncIterable<WireEvent>,
): Promise<void> {
  sendJson(response, 200, await toWholeAnswer(events));
}

/** Bedrock writes it behind the name of each error; clients drop it. */
const errorNamespace = "http://internal.amazon.com/coral/com.amazon.bedrock/";

/** Tells an error in the one way that is still possible: status, exception frame, or a dead connection. */
export function sendError(response: ServerResponse, error: unknown): "refused" | "broken" {
  if (error instanceof ConnectionCut) {
    // What was written before the cut still arrives.
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
