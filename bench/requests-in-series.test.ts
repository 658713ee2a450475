import { expect, it } from "vitest";
import { requestsInSeries } from "./requests-in-series.ts";

const spans = (...times: [number, number][]) =>
  times.map(([startMs, endMs]) => ({ startMs, endMs }));

it("requestsInSeries counts requests that overlap as one", () => {
  expect(requestsInSeries([])).toBe(0);
  expect(requestsInSeries(spans([0, 5], [1, 6], [7, 12]))).toBe(2);
  expect(requestsInSeries(spans([0, 5], [5, 10], [10, 15]))).toBe(3);
});

it("requestsInSeries finds a chain beside one long request", () => {
  expect(requestsInSeries(spans([0, 100], [0, 5], [6, 9], [10, 20]))).toBe(3);
});
