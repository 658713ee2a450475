import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import { detectSilence } from "./silence-detector.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const id = "11111111-1111-4111-8111-111111111111";
const turn = (attempt: number): StreamEvent => ({
  event: "turn",
  data: { conversation_id: id, turn_id: id, attempt, replaces: null },
});
const snapshot = (text: string): StreamEvent => ({ event: "snapshot", data: { text, tools: [] } });
const delta: StreamEvent = { event: "delta", data: { text: "a" } };

/** What the page shows at the end of each step: an event, a cut or a wait in milliseconds. */
function silenceAfter(...steps: (StreamEvent | "cut" | number)[]): boolean[] {
  let isSilent = false;
  const detector = detectSilence((next) => {
    isSilent = next;
  });
  const seen = steps.map((step) => {
    if (step === "cut") detector.onCut();
    else if (typeof step === "number") vi.advanceTimersByTime(step);
    else detector.onEvent(step);
    return isSilent;
  });
  detector.stop();
  return seen;
}

describe("the signs of a running turn", () => {
  it("are missed 3 s after the last word before a cut", () => {
    const seen = silenceAfter(turn(1), snapshot(""), delta, 2_000, "cut", 900, 200);
    expect(seen.slice(-2)).toEqual([false, true]);
  });

  it("are missed by a page that joins an answer of which nothing new comes", () => {
    expect(silenceAfter(turn(1), snapshot("Once"), 2_900, 200).slice(-2)).toEqual([false, true]);
  });

  it("are not missed while a model thinks, however long", () => {
    expect(silenceAfter(turn(1), snapshot(""), delta, 60_000).at(-1)).toBe(false);
  });

  it("are not seen in a repetition of what is known", () => {
    const seen = silenceAfter(
      turn(1),
      snapshot(""),
      delta,
      "cut",
      2_000,
      turn(1),
      snapshot("a"),
      1_100,
    );
    expect(seen.at(-1)).toBe(true);
  });

  it("are back with the next word", () => {
    const seen = silenceAfter(turn(1), snapshot("Once"), 3_100, delta, 2_900, delta, 3_100);
    expect(seen.slice(2)).toEqual([true, false, false, false, true]);
  });

  it("are back when somebody takes the turn over", () => {
    const seen = silenceAfter(turn(1), snapshot("Once"), 3_100, turn(2), snapshot(""), 60_000);
    expect(seen.slice(2)).toEqual([true, false, false, false]);
  });
});
