import { expect, it } from "vitest";
import { describeAge } from "./age.ts";

const now = Date.parse("2026-11-28T12:00:00Z");

it.each([
  ["2026-11-28T11:59:00Z", "this hour", "en"],
  ["2026-11-28T09:00:00Z", "3 hours ago", "en"],
  ["2026-11-27T12:00:00Z", "yesterday", "en"],
  ["2026-11-25T00:00:00Z", "3 days ago", "en"],
  ["2026-11-25T00:00:00Z", "vor 3 Tagen", "de"],
  ["2026-11-14T00:00:00Z", "2 weeks ago", "en"],
  ["2026-08-01T00:00:00Z", "3 months ago", "en"],
  ["2023-05-01T00:00:00Z", "3 years ago", "en"],
  // The clocks of two machines differ.
  ["2026-11-28T13:00:00Z", "this hour", "en"],
  ["2027-01-31T00:00:00Z", "January 31, 2027", "en"],
])("a source of %s is of %s", (time, words, locale) => {
  expect(describeAge(time, now, locale)?.words).toBe(words);
});

it("a source has its exact date, and none for a text that is no time", () => {
  expect(describeAge("2026-11-25T00:00:00Z", now, "de")?.date).toBe("25. November 2026");
  expect(describeAge("lately", now, "en")).toBeNull();
});
