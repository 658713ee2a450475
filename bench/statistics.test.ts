import { expect, it } from "vitest";
import { median, medianRatio } from "./statistics.ts";

it("median returns the middle value, or the mean of the two middle values", () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([9, 1, 5, 7])).toBe(6);
  expect(() => median([])).toThrow("no median");
});

it("medianRatio compares the values of each round", () => {
  // The machine was ten times as slow in the third round.
  expect(medianRatio([2, 3, 40], [1, 1, 10])).toBe(3);
  expect(() => medianRatio([1], [])).toThrow();
});
