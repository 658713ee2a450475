const dayMs = 86_400_000;
const units = [
  { unit: "year", ms: 365 * dayMs },
  { unit: "month", ms: 30 * dayMs },
  { unit: "week", ms: 7 * dayMs },
  { unit: "day", ms: dayMs },
  { unit: "hour", ms: dayMs / 24 },
] as const;

/**
 * Returns how long ago a time was, in words ("3 days ago"), and its date. A time that lies ahead has its date for both: a
 * source may announce something. Returns null for a text that is no time.
 */
export function describeAge(
  time: string,
  now: number,
  locale: string,
): { words: string; date: string } | null {
  const at = Date.parse(time);
  if (Number.isNaN(at)) return null;
  const date = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }).format(at);
  const age = now - at;
  if (age < -dayMs) return { words: date, date };
  const { unit, ms } = units.find((each) => age >= each.ms) ?? { unit: "hour", ms: dayMs / 24 };
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  return { words: format.format(-Math.floor(Math.max(0, age) / ms), unit), date };
}
