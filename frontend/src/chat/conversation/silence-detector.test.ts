import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import { detectSilence } from "./silence-detector.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const id = "11111111-1111-4111-8111-111111111111";
const turn = (attempt: number): StreamEvent => ({
  event: "turn",
  data: { conversation_id: id, turn_id: id, attempt, parent: null, replaces: null },
});
const snapshot = (text: string): StreamEvent => ({
  event: "snapshot",
  data: { text, tools: [], sources: [] },
});
const delta: StreamEvent = { event: "delta", data: { text: "a" } };

type Step = StreamEvent | "cut" | number;

/** Returns whether the runner counts as silent after each step: an event, a cut or a wait in milliseconds. */
const silenceAfter = (...steps: Step[]) => silenceOn("", steps);

/** The same for an answer that goes on from a text. */
function silenceOn(text: string, steps: Step[]): boolean[] {
  let isSilent = false;
  const detector = detectSilence(
    (next) => {
      isSilent = next;
    },
    { text, tools: [] },
  );
  const seen = steps.map((step) => {
    if (step === "cut") detector.onCut();
    else if (typeof step === "number") vi.advanceTimersByTime(step);
    else detector.onEvent(step);
    return isSilent;
  });
  detector.stop();
  return seen;
}

describe("the silence detector", () => {
  it("waits without limit for an answer that goes on after a decision", () => {
    expect(silenceOn("Once", [turn(2), snapshot("Once"), 9_000]).at(-1)).toBe(false);
    expect(silenceOn("Once", [turn(2), snapshot("Once upon"), 3_100]).at(-1)).toBe(true);
  });

  it("reports silence 3 s after the last text before a cut", () => {
    const seen = silenceAfter(turn(1), snapshot(""), delta, 2_000, "cut", 900, 200);
    expect(seen.slice(-2)).toEqual([false, true]);
  });

  it("reports silence 3 s after joining an answer without new text", () => {
    expect(silenceAfter(turn(1), snapshot("Once"), 2_900, 200).slice(-2)).toEqual([false, true]);
  });

  it("reports no silence while a model thinks", () => {
    expect(silenceAfter(turn(1), snapshot(""), delta, 60_000).at(-1)).toBe(false);
  });

  it("ignores the repeated text of a snapshot", () => {
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

  it("ends the silence with the next text", () => {
    const seen = silenceAfter(turn(1), snapshot("Once"), 3_100, delta, 2_900, delta, 3_100);
    expect(seen.slice(2)).toEqual([true, false, false, false, true]);
  });

  it("ends the silence when another runner takes the turn over", () => {
    const seen = silenceAfter(turn(1), snapshot("Once"), 3_100, turn(2), snapshot(""), 60_000);
    expect(seen.slice(2)).toEqual([true, false, false, false]);
  });
});
