import { pipeline, Readable } from "node:stream";
import { constants, createGzip } from "node:zlib";
import type { Usage } from "#lib/contract/chat.ts";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import type { HttpResponse } from "#lib/platform/http/http-response.ts";
import { batchEvents } from "./batch-events.ts";

/** CloudFront and API Gateway cut a stream that is silent for 30 s. */
const pingAfterMs = 10_000;

/** The first line of every stream: how long a client waits before it reconnects. */
const preamble = "retry: 2000\n\n";

/** A comment in the stream. It keeps idle timers from running out, and clients ignore it. */
const ping = ": ping\n\n";

/**
 * Returns the response that streams `events` as server-sent events (WHATWG HTML, section 9.2). Waits for the first events: a
 * turn sends its first request to the model meanwhile, and the head of the response leaves with them.
 * The source must not throw: after the first byte the client understands only an event.
 * @param coding how the body is encoded (RFC 9110, 8.4)
 */
export async function eventStreamResponse(
  events: AsyncIterable<StreamEvent>,
  coding: "identity" | "gzip" = "identity",
): Promise<HttpResponse> {
  const writes = encode(events);
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
async function* encode(events: AsyncIterable<StreamEvent>): AsyncGenerator<string> {
  let start = preamble;
  for await (const batch of batchEvents(events, pingAfterMs)) {
    yield start + (batch.length === 0 ? ping : batch.map(encodeEvent).join(""));
    start = "";
  }
}

/** JSON escapes line breaks, so the data of an event is always one line. */
function encodeEvent(event: StreamEvent): string {
  const idLine = event.id === undefined ? "" : `id: ${event.id}\n`;
  return `${idLine}event: ${event.event}\ndata: ${JSON.stringify(dataOnWire(event))}\n\n`;
}

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
