import type { Table } from "#lib/contract/table.ts";
import { storableText } from "#lib/platform/storable-text.ts";

type Cell = Table["rows"][number][number];

/**
 * Returns the table as JSON of at most so many bytes: the last rows are left out. Returns undefined if not even the columns
 * fit. Removes what PostgreSQL and JSON refuse.
 */
export function cutTable(table: Table, maxBytes: number): Table | undefined {
  const columns = table.columns.map(({ name, type }) => ({ name: storableText(name), type }));
  const rows: Cell[][] = [];
  const totalRows = Math.max(table.total_rows, table.rows.length);
  const whole = { columns, rows, total_rows: totalRows, is_cut: table.is_cut };
  let room = maxBytes - Buffer.byteLength(JSON.stringify(whole));
  if (room < 0) return undefined;
  for (const row of table.rows) {
    const storable = row.map(storableCell);
    room -= Buffer.byteLength(JSON.stringify(storable)) + 1;
    if (room < 0) return { ...whole, is_cut: true };
    rows.push(storable);
  }
  return whole;
}

const storableCell = (cell: Cell): Cell => {
  if (typeof cell === "string") return storableText(cell);
  return typeof cell === "number" && !Number.isFinite(cell) ? null : cell;
};
