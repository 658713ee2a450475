import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { expectTitle, subscribeToTitles } from "./titles.ts";

const published: [string, string | null][] = [];
let unsubscribe = () => {};

beforeEach(() => {
  vi.useFakeTimers();
  published.length = 0;
  unsubscribe = subscribeToTitles((...title) => published.push(title));
});

afterEach(() => {
  unsubscribe();
  vi.useRealTimers();
});

it("a title that the stream brings is published once", () => {
  const title = expectTitle();
  title.answerEnded("c");
  title.publish("c", "Tea");
  vi.advanceTimersByTime(60_000);
  expect(published).toEqual([["c", "Tea"]]);
});

it("a title that the stream does not bring is missed once, after ten seconds", () => {
  expectTitle().answerEnded("c");
  vi.advanceTimersByTime(9_999);
  expect(published).toEqual([]);
  vi.advanceTimersByTime(60_000);
  expect(published).toEqual([["c", null]]);
});

it("an answer that has not ended misses no title", () => {
  expectTitle();
  vi.advanceTimersByTime(60_000);
  expect(published).toEqual([]);
});
