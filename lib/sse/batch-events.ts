import type { StreamEvent } from "#lib/contract/stream-event.ts";

/** One frame of a screen at 60 Hz. Nobody sees whether text that arrives within a frame was joined. */
const frameMs = 16;

type TextEvent = Extract<StreamEvent, { event: "delta" | "reasoning" }>;

/**
 * Yields the events that leave together, in their order. An empty batch means that nothing came for `pingAfterMs`.
 *
 * Text leaves at once, unless text of the same kind left less than a frame ago. Then it waits for the end of that frame,
 * and the text of the frame becomes one event. Every other event leaves at the end of the event loop's turn, with what came
 * before it: each write costs 0.1 ms, which the model's next call need not wait for. Of a tool call that ends within that turn
 * only the end leaves.
 *
 *     arrives   a  b  c  d           e         f  tool     end
 *     leaves    a         bcd        e            f tool   end
 *               |─ frame ─|          |─ frame ─|
 *
 * Reads the source ahead and to its end, so that a slow or disconnected reader never blocks the turn behind it. Text that
 * waits for a slow reader is joined as well, so the waiting events never outgrow the answer.
 * @throws the source's own error, after all events that came before the error
 */
export async function* batchEvents(
  source: AsyncIterable<StreamEvent>,
  pingAfterMs: number,
): AsyncGenerator<StreamEvent[]> {
  let batch: StreamEvent[] = [];
  let leavesAt = Number.POSITIVE_INFINITY;
  let endOfTurn: NodeJS.Immediate | undefined;
  /** The text that left last, and the end of its frame. Undefined once another event has left. */
  let frame: { kind: TextEvent["event"]; endsAt: number } | undefined;
  let hasEnded = false;
  let failure: { cause: unknown } | undefined;
  let sleep: { until: number; end: () => void } | undefined;

  function leaveBy(time: number): void {
    leavesAt = Math.min(leavesAt, time);
    if (sleep && leavesAt < sleep.until) sleep.end();
  }

  const reading = (async () => {
    try {
      for await (const event of source) {
        const isFirstText = isText(event) && !batch.some(isText);
        append(batch, event);
        if (isText(event)) leaveBy(event.event === frame?.kind ? frame.endsAt : 0);
        else endOfTurn ??= setImmediate(leaveBy, 0);
        // A fast model's whole answer may come in one turn of the event loop, and Node writes only at the turn's end.
        if (isFirstText && leavesAt === 0) await nextTurnOfEventLoop();
      }
    } catch (cause) {
      failure = { cause };
    }
    hasEnded = true;
    leaveBy(0);
  })();

  /** Resolves when the batch must leave, when the source has ended, and at the latest at `pingAt`. */
  async function departure(pingAt: number): Promise<void> {
    for (let now = performance.now(); !hasEnded; now = performance.now()) {
      const until = Math.min(leavesAt, pingAt);
      if (now >= until) return;
      const { promise, resolve: end } = Promise.withResolvers<void>();
      sleep = { until, end };
      const timer = setTimeout(end, until - now);
      await promise;
      clearTimeout(timer);
      sleep = undefined;
    }
  }

  for (;;) {
    await departure(performance.now() + pingAfterMs);
    if (hasEnded && batch.length === 0) break;
    const leaving = batch;
    batch = [];
    leavesAt = Number.POSITIVE_INFINITY;
    clearImmediate(endOfTurn);
    endOfTurn = undefined;
    frame = frameOf(leaving.at(-1));
    yield leaving;
  }
  await reading;
  if (failure) throw failure.cause;
}

const nextTurnOfEventLoop = () => new Promise((resolve) => setImmediate(resolve));

function frameOf(last: StreamEvent | undefined) {
  return last && isText(last)
    ? { kind: last.event, endsAt: performance.now() + frameMs }
    : undefined;
}

/**
 * Adds the event to the batch, or its text to the text of the same kind at the batch's end. A new state of a tool call
 * takes the place of an older state that has not left yet, because a client would replace the older one at once.
 */
function append(batch: StreamEvent[], event: StreamEvent): void {
  const last = batch.at(-1);
  const older = event.event === "tool" ? olderState(batch, event.data.id) : -1;
  if (last && isText(last) && isText(event) && last.event === event.event) {
    const text = last.data.text + event.data.text;
    batch.splice(-1, 1, { event: event.event, data: { text } });
  } else if (older >= 0) {
    batch[older] = event;
  } else {
    batch.push(event);
  }
}

/** Returns the place of a tool call among the tool calls at the batch's end, or -1. */
function olderState(batch: readonly StreamEvent[], id: string): number {
  const start = batch.findLastIndex(({ event }) => event !== "tool") + 1;
  const place = batch
    .slice(start)
    .findIndex((event) => event.event === "tool" && event.data.id === id);
  return place < 0 ? -1 : start + place;
}

const isText = (event: StreamEvent): event is TextEvent =>
  event.event === "delta" || event.event === "reasoning";
