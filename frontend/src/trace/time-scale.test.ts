import { describe, expect, it } from "vitest";
import { timeScaleOf } from "./time-scale.ts";

describe("the scale of a waterfall", () => {
  it("is linear while no wait is long", () => {
    const { at, isShortened } = timeScaleOf({ waits: [] }, 2_000);
    expect([at(0), at(500), at(2_000)]).toEqual([0, 0.25, 1]);
    expect(isShortened).toBe(false);
  });

  it("draws a wait of two days as a quarter of the work", () => {
    const day = 86_400_000;
    const waits = [{ kind: "approval" as const, start_ms: 1_000, duration_ms: 2 * day }];
    const { at, isShortened } = timeScaleOf({ waits }, 2 * day + 2_000);
    expect(at(1_000)).toBeCloseTo(0.4, 5);
    expect(at(1_000 + 2 * day)).toBeCloseTo(0.6, 5);
    expect(at(1_000 + day)).toBeCloseTo(0.5, 5);
    expect(isShortened).toBe(true);
  });

  it("ends a wait that lasts at its end, and draws a turn that only waits", () => {
    const waits = [{ kind: "queue" as const, start_ms: 0, duration_ms: null }];
    const { at } = timeScaleOf({ waits }, 5_000);
    expect(at(0)).toBe(0);
    expect(at(5_000)).toBeCloseTo(1, 5);
  });
});
