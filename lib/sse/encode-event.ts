import type { StreamEvent } from "#lib/contract/stream-event.ts";

/** How long a client waits before it reconnects: the first line of every stream. */
export const preamble = "retry: 2000\n\n";

/** A comment: keeps the connection's idle timers from running out, and clients ignore it. */
export const ping = ": ping\n\n";

/** One event in the text/event-stream format. JSON escapes line breaks, so the data is one line. */
export function encodeEvent({ event, data, id }: StreamEvent): string {
  const idLine = id === undefined ? "" : `id: ${id}\n`;
  return `${idLine}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
