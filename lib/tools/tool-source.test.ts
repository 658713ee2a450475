import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { loadTools, type ToolSource } from "./tool-source.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const nothing = { tools: [], isComplete: false };
const signals: AbortSignal[] = [];
const silent: ToolSource = {
  load(signal) {
    signals.push(signal);
    return new Promise(() => {});
  },
};

it("does without the tools of a source that is silent, and tells it so", async () => {
  const known = { tools: [], isComplete: true };
  const loading = loadTools(
    [silent, { load: async () => known }],
    new AbortController().signal,
    2_000,
  );
  await vi.advanceTimersByTimeAsync(1_999);
  expect(signals.at(-1)?.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(await loading).toEqual([nothing, known]);
  expect(signals.at(-1)?.aborted).toBe(true);
});

it("waits no longer than the turn lasts", async () => {
  const turn = new AbortController();
  const loading = loadTools([silent], turn.signal, 2_000);
  turn.abort();
  expect(await loading).toEqual([nothing]);
  expect(signals.at(-1)?.aborted).toBe(true);
});

it("takes what a source of several servers has when the wait is over", async () => {
  const part = { tools: [], isComplete: false };
  const partial: ToolSource = {
    load: (signal) =>
      new Promise((resolve) => {
        signal.addEventListener("abort", () => resolve(part));
      }),
  };
  const loading = loadTools([partial], new AbortController().signal, 2_000);
  await vi.advanceTimersByTimeAsync(2_001);
  expect((await loading)[0]).toBe(part);
});
