import { expect, test } from "vitest";
import { addMonths, fixed, isLeapYear, showDay, weekOf, yearsBetween } from "./calendar.ts";

const today = fixed(2026, 11, 29);

test("adds months and keeps the end of a month", () => {
  expect(addMonths(fixed(2026, 11, 30), 3)).toBe(fixed(2027, 2, 28));
  expect(addMonths(fixed(2024, 2, 29), -12)).toBe(fixed(2023, 2, 28));
  expect(addMonths(fixed(2026, 1, 15), -1)).toBe(fixed(2025, 12, 15));
});

test("numbers weeks as ISO 8601 does", () => {
  expect(
    [fixed(2026, 1, 1), fixed(2026, 12, 31), fixed(2027, 1, 3), fixed(2021, 1, 3)].map(weekOf),
  ).toEqual([1, 53, 53, 53]);
});

test("counts whole years, and knows leap years", () => {
  expect(yearsBetween(fixed(1990, 11, 30), today)).toBe(35);
  expect(yearsBetween(fixed(1990, 11, 29), today)).toBe(36);
  expect([1900, 2000, 2026, 2028].map(isLeapYear)).toEqual([false, true, false, true]);
});

test("writes a day in both languages", () => {
  expect(showDay(today, "en")).toBe("Sunday, 29 November 2026");
  expect(showDay(today, "de")).toBe("Sonntag, 29. November 2026");
});
