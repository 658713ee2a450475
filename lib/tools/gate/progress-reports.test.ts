import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createProgressReports } from "./progress-reports.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("shows the first report at once, and of a flood the newest four times a second", () => {
  const shown: string[] = [];
  const { report } = createProgressReports((line) => shown.push(line));
  for (let step = 0; step < 1_000; step += 1) {
    report(`step ${step}`);
    vi.advanceTimersByTime(1);
  }
  vi.advanceTimersByTime(1_000);
  expect(shown[0]).toBe("step 0");
  expect(shown.at(-1)).toBe("step 999");
  expect(shown).toHaveLength(5);
});

it("shows one short line that can be stored", () => {
  const shown: string[] = [];
  createProgressReports((line) => shown.push(line)).report(`a\n\u0000 b ${"x".repeat(500)}`);
  expect(shown[0]).toHaveLength(198);
  expect(shown[0]?.startsWith("a b xxx")).toBe(true);
});

it("shows nothing blank, and nothing after the end", () => {
  const shown: string[] = [];
  const { report, end } = createProgressReports((line) => shown.push(line));
  report(" \n");
  report("one");
  report("two");
  end();
  report("three");
  vi.advanceTimersByTime(1_000);
  expect(shown).toEqual(["one"]);
});
