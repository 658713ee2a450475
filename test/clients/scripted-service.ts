import { hasEnded } from "#lib/chat/has-ended.ts";
import type { TurnState } from "#lib/contract/chat.ts";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import { type EventEncoder, linesOf } from "#lib/sse/event-stream-response.ts";
import { eventsOf, type Moment, type Watching } from "#test/support/scripted-turn.ts";
import { delta, turn } from "#test/support/stream-events.ts";

/** One request for the stream. */
export interface Connection extends Watching {
  /** After which part of its bytes it breaks off. Undefined: never. */
  cutAt?: number | undefined;
  /** The bytes arrive in pieces of this size. */
  pieceBytes: number;
  /** Whether an earlier turn is streamed first. */
  isQueued: boolean;
}

/** A service that has one turn, and streams it as a script says. */
export interface ScriptedService {
  /** The turn's row when the next connection opens. */
  row(): TurnState;
  /** The events of the next connection. */
  events(): StreamEvent[];
  /** Sends what those events have become, as far as the connection holds. */
  send(text: string): Response;
  /** Streams the events in a protocol. */
  stream(encoder: EventEncoder): Response;
}

const earlierTurnId = "44444444-4444-4444-8444-444444444444";
const earlierTurn = [turn(1, earlierTurnId), delta("Not this answer.")];

/** @param connection returns the newest connection */
export function createScriptedService(
  moments: readonly Moment[],
  connection: () => Connection,
): ScriptedService {
  const row = () => {
    const moment = moments[connection().from];
    if (!moment) throw new Error("The turn has no such moment.");
    return moment.row;
  };

  function events(): StreamEvent[] {
    const { isQueued, ...watching } = connection();
    const first = isQueued && !hasEnded(row()) ? earlierTurn : [];
    return [...first, ...eventsOf(moments, watching)];
  }

  function send(text: string): Response {
    const { cutAt, pieceBytes } = connection();
    const bytes = new TextEncoder().encode(text);
    const whole = cutAt === undefined;
    const arriving = whole ? bytes : bytes.subarray(0, Math.floor(bytes.length * cutAt));
    return new Response(streamOf(arriving, pieceBytes, whole), {
      headers: { "content-type": "text/event-stream; charset=utf-8" },
    });
  }

  return {
    row,
    events,
    send,
    stream(encoder) {
      const encoded = events().flatMap((event) => encoder.encode(event));
      const all = [...encoded, ...(encoder.end?.() ?? [])];
      return send((encoder.preamble ?? "") + all.map(linesOf).join(""));
    },
  };
}

/** A connection that is not whole fails after its last byte, as one does that a killed process held. */
function streamOf(bytes: Uint8Array, pieceBytes: number, isWhole: boolean) {
  let sent = 0;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (sent < bytes.length) {
          controller.enqueue(bytes.slice(sent, sent + pieceBytes));
          sent += pieceBytes;
        } else if (isWhole) controller.close();
        else controller.error(new TypeError("terminated"));
      },
    },
    { highWaterMark: 0 },
  );
}
