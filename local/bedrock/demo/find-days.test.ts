import { expect, test } from "vitest";
import { fixed } from "./calendar.ts";
import { findDays } from "./find-days.ts";

const today = fixed(2026, 11, 29);
const shown = (text: string, direction?: "last") =>
  findDays(text, today, direction).map((found) =>
    new Date(found * 86_400_000).toJSON().slice(0, 10),
  );

test.each([
  ["Christmas", ["2026-12-25"]],
  ["Heiligabend", ["2026-12-24"]],
  ["Easter", ["2027-03-28"]],
  ["Ostern 2024", ["2024-03-31"]],
  ["Good Friday 2038", ["2038-04-23"]],
  ["Pfingsten 2026", ["2026-05-24"]],
  ["Thanksgiving 2026", ["2026-11-26"]],
  ["Black Friday", ["2027-11-26"]],
  ["1 June 2027", ["2027-06-01"]],
  ["June 1st, 2027", ["2027-06-01"]],
  ["24. Dezember", ["2026-12-24"]],
  ["01.06.2027", ["2027-06-01"]],
  ["2027-06-01", ["2027-06-01"]],
  ["3 May", ["2027-05-03"]],
  ["29 February", ["2028-02-29"]],
  ["Friday", ["2026-12-04"]],
  ["Sonntag", ["2026-12-06"]],
  ["1 March 2026 and 15 April 2026", ["2026-03-01", "2026-04-15"]],
  ["30 February 2027", []],
  ["no day at all", []],
])("finds the next day in “%s”", (text, days) => {
  expect(shown(text)).toEqual(days);
});

test("finds the last day for a question that looks back", () => {
  expect(shown("3 May", "last")).toEqual(["2026-05-03"]);
  expect(shown("Christmas", "last")).toEqual(["2025-12-25"]);
});
