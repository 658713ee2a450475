import { pipeline, Readable } from "node:stream";
import { constants, createGzip } from "node:zlib";
import type { Usage } from "#lib/contract/chat.ts";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import type { HttpResponse } from "#lib/platform/http/http-response.ts";
import { batchEvents } from "./batch-events.ts";

/** CloudFront and API Gateway cut a stream that is silent for 30 s. */
const pingAfterMs = 10_000;

/** A comment in the stream. It keeps idle timers from running out, and clients ignore it. */
const ping = ": ping\n\n";

/** One event as it leaves (WHATWG HTML, section 9.2). Data leaves as one line: JSON escapes line breaks. */
export interface ServerSentEvent {
  event?: string;
  data: object | "[DONE]";
  id?: string | undefined;
}

/** Says a turn's events in the words of one protocol. Each stream has an encoder of its own, which knows what it has sent. */
export interface EventEncoder {
  /** What the stream begins with. */
  preamble?: string;
  encode(event: StreamEvent): readonly ServerSentEvent[];
  /** Returns what follows the last event. Its turn has not ended if no event has said so. */
  end?(): readonly ServerSentEvent[];
}

interface EventStreamOptions {
  /** Our own events by default. */
  encoder?: EventEncoder;
  /** How the body is encoded (RFC 9110, 8.4). */
  coding?: "identity" | "gzip";
  headers?: Record<string, string>;
}

/**
 * Returns the response that streams `events` as server-sent events. Waits for the first events: a turn sends its first
 * request to the model meanwhile, and the head of the response leaves with them.
 * The source must not throw: after the first byte the client understands only an event.
 */
export async function eventStreamResponse(
  events: AsyncIterable<StreamEvent>,
  { encoder = ownEvents, coding = "identity", headers }: EventStreamOptions = {},
): Promise<HttpResponse> {
  const writes = encode(events, encoder);
  const first = await writes.next();
  const body = Readable.from(writes, { objectMode: false });
  if (!first.done) body.unshift(first.value);
  return {
    statusCode: 200,
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      // `no-transform` and `x-accel-buffering` keep proxies from buffering the stream.
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
      ...(coding === "gzip" && { "content-encoding": "gzip" }),
      ...headers,
    },
    body: coding === "gzip" ? compress(body) : body,
  };
}

/** Compresses each write for itself, so that the client can read it at once. */
function compress(body: Readable): Readable {
  const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH });
  // Whoever reads the compressed stream meets its errors.
  return pipeline(body, gzip, () => {});
}

/** Yields one string for each write. */
async function* encode(
  events: AsyncIterable<StreamEvent>,
  encoder: EventEncoder,
): AsyncGenerator<string> {
  let start = encoder.preamble ?? "";
  for await (const batch of batchEvents(events, pingAfterMs)) {
    const lines = batch.flatMap((event) => encoder.encode(event)).map(linesOf);
    const write = start + (batch.length === 0 ? ping : lines.join(""));
    start = "";
    if (write !== "") yield write;
  }
  const last = encoder.end?.() ?? [];
  if (last.length > 0) yield last.map(linesOf).join("");
}

export function linesOf({ event, data, id }: ServerSentEvent): string {
  const idLine = id === undefined ? "" : `id: ${id}\n`;
  const eventLine = event === undefined ? "" : `event: ${event}\n`;
  return `${idLine}${eventLine}data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
}

export const ownEvents: EventEncoder = {
  // How long a client waits before it reconnects.
  preamble: "retry: 2000\n\n",
  encode: (event) => [{ event: event.event, data: dataOnWire(event), id: event.id }],
};

/** Returns the event's data without fields that a client's schema fills in with the same value. */
function dataOnWire({ event, data }: StreamEvent): object {
  if (event === "snapshot" && data.sources.length === 0) return { ...data, sources: undefined };
  if (event === "done") return { ...data, usage: withoutUnusedCache(data.usage) };
  return data;
}

const withoutUnusedCache = (usage: Usage): object => ({
  ...usage,
  cache_read_tokens: usage.cache_read_tokens === 0 ? undefined : usage.cache_read_tokens,
  cache_write_tokens: usage.cache_write_tokens === 0 ? undefined : usage.cache_write_tokens,
});
