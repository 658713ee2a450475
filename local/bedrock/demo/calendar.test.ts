import { expect, test } from "vitest";
import {
  addMonths,
  dayOf,
  findDays,
  isLeapYear,
  showDay,
  weekOf,
  yearsBetween,
} from "./calendar.ts";

const day = (year: number, month: number, date: number): number => {
  const found = dayOf(year, month, date);
  if (found === undefined) throw new Error("The calendar has no such day.");
  return found;
};
const today = day(2026, 11, 29);
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

test("adds months and keeps the end of a month", () => {
  expect(addMonths(day(2026, 11, 30), 3)).toBe(day(2027, 2, 28));
  expect(addMonths(day(2024, 2, 29), -12)).toBe(day(2023, 2, 28));
  expect(addMonths(day(2026, 1, 15), -1)).toBe(day(2025, 12, 15));
});

test("numbers weeks as ISO 8601 does", () => {
  expect(
    [day(2026, 1, 1), day(2026, 12, 31), day(2027, 1, 3), day(2021, 1, 3)].map(weekOf),
  ).toEqual([1, 53, 53, 53]);
});

test("counts whole years, and knows leap years", () => {
  expect(yearsBetween(day(1990, 11, 30), today)).toBe(35);
  expect(yearsBetween(day(1990, 11, 29), today)).toBe(36);
  expect([1900, 2000, 2026, 2028].map(isLeapYear)).toEqual([false, true, false, true]);
});

test("writes a day in both languages", () => {
  expect(showDay(today, "en")).toBe("Sunday, 29 November 2026");
  expect(showDay(today, "de")).toBe("Sonntag, 29. November 2026");
});
