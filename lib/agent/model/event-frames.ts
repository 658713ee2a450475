import { EventStreamCodec } from "@smithy/core/event-streams";
import { fromUtf8, toUtf8 } from "@smithy/core/serde";
import type { ConverseEvent } from "./converse-event.ts";
import { WireError } from "./wire-error.ts";

export const eventFramesType = "application/vnd.amazon.eventstream";

const codec = new EventStreamCodec(toUtf8, fromUtf8);

/** A frame starts with its length in four bytes. */
const lengthBytes = 4;
/** The largest frame of AWS's event streams, in bytes. A proxy's page, read as a frame, claims a gigabyte. */
const maxFrameBytes = 16 * 1_024 * 1_024;

/**
 * Returns a reader that cuts a stream of bytes into frames and checks their checksums.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html
 */
export function createFrameReader() {
  let rest: Buffer = Buffer.alloc(0);
  return {
    /**
     * Yields the event of each frame that these bytes complete.
     * @throws WireError for a frame that is an error, or is damaged
     */
    *read(bytes: Buffer): Generator<ConverseEvent> {
      let unread = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      while (unread.length >= lengthBytes) {
        const length = unread.readUInt32BE(0);
        if (length > maxFrameBytes) throw unreadable(new Error(`A frame claims ${length} bytes.`));
        if (unread.length < length) break;
        yield decode(unread.subarray(0, length));
        unread = unread.subarray(length);
      }
      rest = unread;
    },
  };
}

function decode(frame: Buffer): ConverseEvent {
  const { headers, payload } = parse(frame);
  const header = (name: string) => String(headers[name]?.value ?? "");
  if (header(":message-type") === "event") return { [header(":event-type")]: payload };
  const errorName = header(":exception-type") || header(":error-code") || "NoName";
  const { message = header(":error-message") } = Object(payload);
  throw new WireError(String(message), { errorName });
}

function parse(frame: Buffer) {
  try {
    const { headers, body } = codec.decode(frame);
    return { headers, payload: body.length === 0 ? {} : JSON.parse(toUtf8(body)) };
  } catch (error) {
    throw unreadable(error);
  }
}

const unreadable = (cause: unknown) =>
  new WireError("A frame of the answer is unreadable.", { errorName: "UnreadableFrame", cause });
