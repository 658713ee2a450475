import { expect, test } from "vitest";
import type { AnswerEvent } from "./answer.ts";
import { textEvents } from "./answer.ts";
import { noPace, paced } from "./pace.ts";

const words = textEvents("one two three four five");

async function collect(answer: AsyncIterable<AnswerEvent>) {
  const events: AnswerEvent[] = [];
  for await (const event of answer) events.push(event);
  return events;
}

test("waits before the first word and between words", async () => {
  const startedAt = performance.now();
  const pace = { firstTokenMs: 30, tokensPerSecond: 200 };
  const events = await collect(paced(words, pace, new AbortController().signal));

  expect(events).toEqual(words);
  // 30 ms, then four gaps of 5 ms; timers may be a millisecond early.
  expect(performance.now() - startedAt).toBeGreaterThan(45);
});

test("does not wait at pace zero", async () => {
  expect(await collect(paced(words, noPace, new AbortController().signal))).toEqual(words);
});

test("stops waiting when the client leaves", async () => {
  const abort = new AbortController();
  const answering = collect(
    paced(words, { firstTokenMs: 60_000, tokensPerSecond: 0 }, abort.signal),
  );
  abort.abort();
  await expect(answering).rejects.toThrow("aborted");
});
