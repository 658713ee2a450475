import type { PlotAxis } from "./choose-plot.ts";

/** Returns the name of each place of an axis, in the page's language. */
export function placeNames(axis: PlotAxis, locale: string): string[] {
  if (axis.kind === "names") return axis.names;
  if (axis.kind === "numbers") return axis.values.map(valueFormat(locale));
  const format = new Intl.DateTimeFormat(locale, { ...timeParts(axis), timeZone: "UTC" });
  return axis.values.map((value) => format.format(value));
}

function timeParts({
  values,
  areMonths,
  areDays,
}: Extract<PlotAxis, { kind: "times" }>): Intl.DateTimeFormatOptions {
  if (areMonths) return { month: "short", year: "numeric" };
  if (areDays) return { day: "numeric", month: "short", year: "numeric" };
  const days = new Set(values.map((value) => Math.floor(value / 86_400_000)));
  return days.size === 1 ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" };
}

export function valueFormat(locale: string): (value: number) => string {
  const format = new Intl.NumberFormat(locale, { maximumFractionDigits: 6 });
  return (value) => format.format(value);
}

/** Returns a short format for the ticks of an axis: "12.5K". */
export function tickFormat(locale: string, ticks: number[]): (value: number) => string {
  const isLarge = ticks.some((tick) => Math.abs(tick) >= 10_000);
  const format = new Intl.NumberFormat(locale, {
    ...(isLarge ? { notation: "compact" } : {}),
    maximumFractionDigits: isLarge ? 3 : 12,
  });
  return (value) => format.format(value);
}
