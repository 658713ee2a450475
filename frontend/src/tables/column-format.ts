import type { Table } from "#lib/contract/table.ts";
import { type Cell, exactNumber } from "./exact-number.ts";

type Column = Table["columns"][number];

export interface FormatWords {
  yes: string;
  no: string;
}

/** Shown for a null. */
const nothing = "–";

/** Returns a function that formats the cells of one column of a table for reading. */
export function columnFormat(
  column: Column,
  cells: readonly (Cell | undefined)[],
  locale: string,
  words: FormatWords,
): (cell: Cell | undefined) => string {
  const format = formatOf(column, cells, locale, words);
  return (cell) => (cell === null || cell === undefined ? nothing : format(cell));
}

function formatOf(
  { name, type }: Column,
  cells: readonly (Cell | undefined)[],
  locale: string,
  words: FormatWords,
): (cell: NonNullable<Cell>) => string {
  if (type === "number") return numberFormat(name, cells, locale);
  if (type === "time") return timeFormat(name, cells, locale);
  if (type === "boolean") {
    return (cell) => (typeof cell === "boolean" ? (cell ? words.yes : words.no) : String(cell));
  }
  return String;
}

/** Shows each digit. The numbers of a column have the same number of decimal places, unless some have very many. */
function numberFormat(
  name: string,
  cells: readonly (Cell | undefined)[],
  locale: string,
): (cell: NonNullable<Cell>) => string {
  const places = cells.map(placesOf).reduce((most, count) => Math.max(most, count), 0);
  const format = new Intl.NumberFormat(locale, {
    useGrouping: !isNaming(name, cells),
    minimumFractionDigits: places <= 4 ? places : 0,
    maximumFractionDigits: 20,
  });
  return (cell) => {
    const exact = exactNumber(cell);
    if (exact === null || placesOf(cell) > 20) return String(cell);
    // Of a text `Intl` formats every digit (ECMA-402, Intl.NumberFormat v3).
    return format.format(exact as Intl.StringNumericLiteral);
  };
}

/** Returns whether the numbers of a column are names, such as years and the numbers of orders, and no amounts. */
function isNaming(column: string, cells: readonly (Cell | undefined)[]): boolean {
  if (/(^|[ _-])id$/i.test(column)) return true;
  const numbers = cells.map(exactNumber).filter((exact) => exact !== null);
  return numbers.every((exact) => /^(19|20)\d\d$/.test(exact));
}

function placesOf(cell: Cell | undefined): number {
  return exactNumber(cell)?.match(/\.(\d+)$/)?.[1]?.length ?? 0;
}

/** Shows times in UTC, as databases do: a month that begins at midnight UTC must not become the evening before. */
function timeFormat(
  column: string,
  cells: readonly (Cell | undefined)[],
  locale: string,
): (cell: NonNullable<Cell>) => string {
  const areDays = cells.every((cell) => typeof cell !== "string" || isDay(cell));
  const areMonths = areDays && areFirstDays(column, cells);
  const format = new Intl.DateTimeFormat(locale, {
    ...(areMonths ? { month: "short", year: "numeric" } : { dateStyle: "medium" }),
    ...(areDays ? {} : { timeStyle: "medium" }),
    timeZone: "UTC",
  });
  return (cell) => {
    const at = Date.parse(String(cell));
    if (Number.isNaN(at)) return String(cell);
    return areDays ? format.format(at) : `${format.format(at)} UTC`;
  };
}

/** Returns whether the days of a column stand for their months, as `date_trunc('month', …)` makes them. */
function areFirstDays(column: string, cells: readonly (Cell | undefined)[]): boolean {
  if (!/(^|[ _-])(month|monat)$/i.test(column)) return false;
  return cells.every((cell) => typeof cell !== "string" || cell.startsWith("01", 8));
}

/** Returns whether a time is a date, or midnight in UTC. */
export function isDay(time: string): boolean {
  return /^\d{4}-\d{2}-\d{2}(T00:00:00(\.0+)?(Z|\+00:00))?$/.test(time);
}
