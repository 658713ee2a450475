import { type Day, dayOf, fixed, partsOf } from "./calendar.ts";

const monthNames: Record<string, number> = {};
for (const locale of ["en-GB", "de-DE"]) {
  for (let month = 0; month < 12; month += 1) {
    const date = new Date(Date.UTC(2026, month, 1));
    for (const style of ["long", "short"] as const) {
      const name = new Intl.DateTimeFormat(locale, { month: style, timeZone: "UTC" }).format(date);
      monthNames[name.toLowerCase().replace(".", "")] = month + 1;
    }
  }
}
const months = Object.keys(monthNames)
  .sort((one, other) => other.length - one.length)
  .join("|");

/** A day in a text. Without a year it is the next such day. */
export interface WrittenDay {
  /** Where the day stands in the text. */
  index: number;
  year?: number | undefined;
  month: number;
  day: number;
}

const forms: { pattern: RegExp; read: (groups: string[]) => Omit<WrittenDay, "index"> }[] = [
  {
    pattern: /\b(\d{4})-(\d\d?)-(\d\d?)\b/giu,
    read: ([year = "", month = "", day = ""]) => ({ year: +year, month: +month, day: +day }),
  },
  {
    pattern: /\b(\d\d?)\.\s?(\d\d?)\.(?:\s?(\d{4}))?/giu,
    read: ([day = "", month = "", year]) => ({
      year: year ? +year : undefined,
      month: +month,
      day: +day,
    }),
  },
  {
    pattern: new RegExp(
      String.raw`\b(\d\d?)(?:st|nd|rd|th|\.)?(?: of)? (${months})\b\.?(?:,? (\d{4})\b)?`,
      "giu",
    ),
    read: ([day = "", month = "", year]) => ({
      year: year ? +year : undefined,
      month: monthNames[month.toLowerCase()] ?? 0,
      day: +day,
    }),
  },
  {
    pattern: new RegExp(
      String.raw`\b(${months})\b\.? (\d\d?)(?:st|nd|rd|th)?\b(?:,? (\d{4})\b)?`,
      "giu",
    ),
    read: ([month = "", day = "", year]) => ({
      year: year ? +year : undefined,
      month: monthNames[month.toLowerCase()] ?? 0,
      day: +day,
    }),
  },
];

/** Returns the days that a text writes with digits, in the order of the text. */
export function writtenDays(text: string): WrittenDay[] {
  const found: WrittenDay[] = [];
  for (const { pattern, read } of forms) {
    for (const match of text.matchAll(pattern)) {
      const isTaken = found.some(({ index }) => Math.abs(index - match.index) < 4);
      if (!isTaken) found.push({ index: match.index, ...read(match.slice(1)) });
    }
  }
  return found.sort((one, other) => one.index - other.index);
}

/** Days with a name. `find` returns the day in a year. */
const namedDays: { pattern: RegExp; find: (year: number) => Day }[] = [
  { pattern: /\b(?:christmas eve|heilig(?:er )?abend)\b/iu, find: (year) => fixed(year, 12, 24) },
  { pattern: /\bboxing day\b/iu, find: (year) => fixed(year, 12, 26) },
  { pattern: /\b(?:christmas|xmas|weihnachten)\b/iu, find: (year) => fixed(year, 12, 25) },
  {
    pattern: /\b(?:new year'?s eve|silvester|end of the year|jahresende)\b/iu,
    find: (year) => fixed(year, 12, 31),
  },
  { pattern: /\b(?:new year(?:'?s(?: day)?)?|neujahr)\b/iu, find: (year) => fixed(year, 1, 1) },
  { pattern: /\b(?:valentine'?s(?: day)?|valentinstag)\b/iu, find: (year) => fixed(year, 2, 14) },
  { pattern: /\bhalloween\b/iu, find: (year) => fixed(year, 10, 31) },
  { pattern: /\b(?:st\.? nicholas(?: day)?|nikolaus)\b/iu, find: (year) => fixed(year, 12, 6) },
  { pattern: /\btag der deutschen einheit\b/iu, find: (year) => fixed(year, 10, 3) },
  { pattern: /\b(?:good friday|karfreitag)\b/iu, find: (year) => easter(year) - 2 },
  { pattern: /\b(?:easter monday|ostermontag)\b/iu, find: (year) => easter(year) + 1 },
  { pattern: /\b(?:easter(?: sunday)?|oster(?:n|sonntag))\b/iu, find: easter },
  { pattern: /\b(?:whit sunday|pentecost|pfingsten)\b/iu, find: (year) => easter(year) + 49 },
  { pattern: /\bthanksgiving\b/iu, find: (year) => fourthThursdayOfNovember(year) },
  { pattern: /\bblack friday\b/iu, find: (year) => fourthThursdayOfNovember(year) + 1 },
];
const weekdays: [RegExp, number][] = [
  [/\b(?:sunday|sonntag)\b/iu, 0],
  [/\b(?:monday|montag)\b/iu, 1],
  [/\b(?:tuesday|dienstag)\b/iu, 2],
  [/\b(?:wednesday|mittwoch)\b/iu, 3],
  [/\b(?:thursday|donnerstag)\b/iu, 4],
  [/\b(?:friday|freitag)\b/iu, 5],
  [/\b(?:saturday|samstag|sonnabend|weekend|wochenende)\b/iu, 6],
];

/** Whether a text names a day, with digits or by name. */
export const namesDay = (text: string): boolean =>
  writtenDays(text).length > 0 ||
  namedDays.some(({ pattern }) => pattern.test(text)) ||
  weekdays.some(([pattern]) => pattern.test(text));

/** Returns the days that a text names. One without a year is the next one after `today`, or the last one before. */
export function findDays(text: string, today: Day, direction: "next" | "last" = "next"): Day[] {
  const { year } = partsOf(today);
  const nearest = (find: (year: number) => Day | undefined) => {
    // From one 29 February to the next it may be eight years.
    const years = Array.from({ length: 17 }, (_, index) => year - 8 + index);
    const days = years.flatMap((one) => find(one) ?? []);
    return direction === "next"
      ? days.find((day) => day >= today)
      : days.findLast((day) => day <= today);
  };
  const written = writtenDays(text).flatMap(({ year: named, month, day }) => {
    const found =
      named === undefined ? nearest((one) => dayOf(one, month, day)) : dayOf(named, month, day);
    return found ?? [];
  });
  if (written.length > 0) return written;
  const named = namedDays.find(({ pattern }) => pattern.test(text));
  if (named) {
    const [, inYear] = /\b((?:19|20|21)\d\d)\b/u.exec(text) ?? [];
    return [inYear ? named.find(+inYear) : (nearest(named.find) ?? today)];
  }
  const weekday = weekdays.find(([pattern]) => pattern.test(text))?.[1];
  if (weekday === undefined) return [];
  const ahead = (weekday - partsOf(today).weekday + 7) % 7;
  return [direction === "next" ? today + (ahead || 7) : today - (7 - ahead || 7)];
}

const fourthThursdayOfNovember = (year: number): Day => {
  const first = fixed(year, 11, 1);
  return first + ((4 - partsOf(first).weekday + 7) % 7) + 21;
};

/** Easter Sunday by the algorithm of Meeus, Jones and Butcher. */
function easter(year: number): Day {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const e = b % 4;
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 19 * l) / 433);
  const n = h + l - 7 * m + 90;
  const month = Math.floor(n / 25);
  return fixed(year, month, (h + l - 7 * m + 33 * month + 19) % 32);
}
