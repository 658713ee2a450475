import { type Language, localeOf } from "./language.ts";

/** A day of the Gregorian calendar, as the number of days since 1 January 1970. */
export type Day = number;

const dayMs = 86_400_000;

/** Returns undefined if the calendar has no such day. */
export function dayOf(year: number, month: number, day: number): Day | undefined {
  const date = new Date(Date.UTC(2000, month - 1, day));
  date.setUTCFullYear(year, month - 1, day);
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isReal ? date.getTime() / dayMs : undefined;
}

export function partsOf(day: Day): { year: number; month: number; day: number; weekday: number } {
  const date = new Date(day * dayMs);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    /** 0 is Sunday. */
    weekday: date.getUTCDay(),
  };
}

/** Returns, for example, "Friday, 25 December 2026" or "Freitag, 25. Dezember 2026". */
export function showDay(day: Day, language: Language): string {
  const format = new Intl.DateTimeFormat(localeOf(language), {
    dateStyle: "full",
    timeZone: "UTC",
  });
  return format.format(new Date(day * dayMs)).replace(/^(\p{L}+) (?=\d)/u, "$1, ");
}

/** Returns the day so many months later, or the last day of that month. */
export function addMonths(day: Day, count: number): Day {
  const { year, month, day: date } = partsOf(day);
  const index = year * 12 + month - 1 + count;
  const [toYear, toMonth] = [Math.floor(index / 12), (((index % 12) + 12) % 12) + 1];
  for (let last = date; last > 27; last -= 1) {
    const found = dayOf(toYear, toMonth, last);
    if (found !== undefined) return found;
  }
  return dayOf(toYear, toMonth, Math.min(date, 27)) as Day;
}

export const isLeapYear = (year: number): boolean => dayOf(year, 2, 29) !== undefined;

/** Returns the week of ISO 8601. */
export function weekOf(day: Day): number {
  const thursday = day - ((partsOf(day).weekday + 6) % 7) + 3;
  return Math.floor((thursday - fixed(partsOf(thursday).year, 1, 1)) / 7) + 1;
}

/** Returns the whole years between two days. */
export function yearsBetween(from: Day, to: Day): number {
  const [start, end] = [partsOf(from), partsOf(to)];
  const isBefore = end.month < start.month || (end.month === start.month && end.day < start.day);
  return end.year - start.year - (isBefore ? 1 : 0);
}

/** A day that every year has. */
export const fixed = (year: number, month: number, day: number): Day =>
  dayOf(year, month, day) as Day;
