import { describe, expect, it } from "vitest";
import { leastStepOf, niceTicks, rangeOf } from "./ticks.ts";

describe("the ticks of an axis", () => {
  it.each([
    [0, 100, [0, 20, 40, 60, 80, 100]],
    [0, 52_345, [0, 20_000, 40_000, 60_000]],
    [-3, 12.5, [-5, 0, 5, 10, 15]],
    [0.1, 0.35, [0.1, 0.15, 0.2, 0.25, 0.3, 0.35]],
    [5, 5, [2, 3, 4, 5, 6, 7, 8]],
    [0, 0, [-1, -0.5, 0, 0.5, 1]],
    [-7, -7, [-12, -10, -8, -6, -4, -2]],
  ])("from %d to %d are round and cover the values", (lowest, highest, ticks) => {
    expect(niceTicks(lowest, highest)).toEqual(ticks);
  });

  it.each([
    [-1e300, 1e300],
    [1e-9, 2e-9],
    [999_999, 1_000_001],
    [-0.1, 0.2],
  ])("from %d to %d are few, and cover the values", (lowest, highest) => {
    const ticks = niceTicks(lowest, highest);
    expect(ticks.length).toBeGreaterThan(2);
    expect(ticks.length).toBeLessThan(9);
    expect(ticks[0]).toBeLessThanOrEqual(lowest);
    expect(ticks.at(-1)).toBeGreaterThanOrEqual(highest);
  });
});

it.each([
  [
    [0, 1],
    [0, 1],
  ],
  [
    [0, 2],
    [0, 1, 2],
  ],
  [
    [3, 3],
    [1, 2, 3, 4, 5],
  ],
  [
    [0, 1.5],
    [0, 0.5, 1, 1.5],
  ],
])("the ticks of %j are %j: a count has no fractions", (values, ticks) => {
  const [lowest = 0, highest = 0] = values;
  expect(niceTicks(lowest, highest, leastStepOf(values))).toEqual(ticks);
});

it("bars begin at zero, and lines only if that does not flatten them", () => {
  expect(rangeOf([5, 9], true)).toEqual([0, 9]);
  expect(rangeOf([-5, 9], true)).toEqual([-5, 9]);
  expect(rangeOf([5, 9], false)).toEqual([0, 9]);
  expect(rangeOf([95, 99], false)).toEqual([95, 99]);
  expect(rangeOf([-9, -5], false)).toEqual([-9, 0]);
});
