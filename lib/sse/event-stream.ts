import { Readable } from "node:stream";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import type { HttpResponse } from "#lib/platform/http/http-response.ts";
import { encodeEvent, ping, preamble } from "./encode-event.ts";
import { quiet, withPing } from "./with-ping.ts";

/** Edge-optimised gateways and proxies cut a stream that is silent for 30 s. */
const pingAfterMs = 10_000;

/** The answer that streams these events. They must not throw: after the first byte only an event can tell. */
export function eventStream(events: AsyncIterable<StreamEvent>): HttpResponse {
  return {
    statusCode: 200,
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      // no-transform and the third header keep proxies from collecting the stream.
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
    },
    body: Readable.from(encode(events), { objectMode: false }),
  };
}

async function* encode(events: AsyncIterable<StreamEvent>): AsyncGenerator<string> {
  yield preamble;
  for await (const event of withPing(events, pingAfterMs)) {
    yield event === quiet ? ping : encodeEvent(event);
  }
}
