import type { Block } from "#lib/documents/reading/read-document.ts";

/** Numbers, dates, amounts of money and percentages: what a header does not consist of. */
const value = /^(?!(?:19|20)\d\d$)[^\p{L}]*\d[^\p{L}]*(?:[\p{L}%]{1,4})?$/u;

/**
 * Returns a table block. The first row is the header if each of its cells has a text, no text twice, none is a value, and rows
 * follow.
 * Returns undefined for a table without any text.
 */
export function tableOf(rows: string[][]): Block | undefined {
  const filled = trimTable(rows);
  const [first = [], ...others] = filled;
  if (filled.length === 0) return undefined;
  const isHeader =
    others.length > 0 &&
    first.length > 1 &&
    first.every((cell) => cell !== "" && !value.test(cell)) &&
    new Set(first).size === first.length;
  return isHeader
    ? { kind: "table", header: first, rows: others }
    : { kind: "table", rows: filled };
}

/** Drops empty rows, and columns that are empty in each row. All rows get the same number of cells. */
export function trimTable(rows: string[][]): string[][] {
  const filled = rows.filter((row) => row.some((cell) => cell !== ""));
  const columns = Math.max(0, ...filled.map((row) => row.length));
  const used = Array.from({ length: columns }, (_, column) =>
    filled.some((row) => (row[column] ?? "") !== ""),
  );
  return filled.map((row) => used.flatMap((isUsed, column) => (isUsed ? [row[column] ?? ""] : [])));
}
