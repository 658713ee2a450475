import { EventStreamCodec } from "@smithy/eventstream-codec";
import { fromUtf8, toUtf8 } from "@smithy/util-utf8";

export const eventFramesType = "application/vnd.amazon.eventstream";

const codec = new EventStreamCodec(toUtf8, fromUtf8);

/** Encodes one event as a frame of AWS's event stream. */
export function eventFrame(name: string, payload: object): Uint8Array {
  return frame({ ":message-type": "event", ":event-type": name }, payload);
}

/** Encodes an error after the first byte. Always the last frame of a stream. */
export function exceptionFrame(name: string, payload: object): Uint8Array {
  return frame({ ":message-type": "exception", ":exception-type": name }, payload);
}

function frame(headers: Record<string, string>, payload: object): Uint8Array {
  const all = { ...headers, ":content-type": "application/json" };
  return codec.encode({
    headers: Object.fromEntries(
      Object.entries(all).map(([name, value]) => [name, { type: "string" as const, value }]),
    ),
    body: fromUtf8(JSON.stringify(payload)),
  });
}
