import type { Table } from "#lib/contract/table.ts";

/** The value of a cell. */
export type Cell = Table["rows"][number][number];

/**
 * Returns the number in a cell as decimal text, with every digit: JSON cannot carry all numbers of a database, so that
 * exact ones arrive as text. Returns null for everything else, also for the database's `NaN` and `Infinity`.
 */
export function exactNumber(cell: Cell | undefined): string | null {
  const text = typeof cell === "number" ? String(cell) : cell;
  return typeof text === "string" && /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text) ? text : null;
}

/** Returns a number that a plot can draw, or null. */
export function drawableNumber(cell: Cell | undefined): number | null {
  const text = exactNumber(cell);
  // Sums and differences of greater numbers overflow.
  return text === null || Math.abs(Number(text)) > 1e300 ? null : Number(text);
}
