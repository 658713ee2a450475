import { setTimeout as delay } from "node:timers/promises";
import { type Answer, type AnswerEvent, isDelta } from "./answer.ts";

/** The speed of an answer. 0 means without delay, for both. */
export interface Pace {
  firstTokenMs: number;
  tokensPerSecond: number;
}

/** The speed of a small model in the cloud. */
export const humanPace: Pace = { firstTokenMs: 300, tokensPerSecond: 40 };

export const noPace: Pace = { firstTokenMs: 0, tokensPerSecond: 0 };

/** Yields the answer at the given pace. @throws the signal's reason when it is aborted */
export async function* paced(
  answer: Answer,
  pace: Pace,
  signal: AbortSignal,
): AsyncGenerator<AnswerEvent> {
  const gapMs = pace.tokensPerSecond > 0 ? 1_000 / pace.tokensPerSecond : 0;
  if (pace.firstTokenMs > 0) await delay(pace.firstTokenMs, undefined, { signal });
  let first = true;
  for await (const event of answer) {
    if (gapMs > 0 && isDelta(event) && !first) await delay(gapMs, undefined, { signal });
    if (isDelta(event)) first = false;
    yield event;
  }
}
