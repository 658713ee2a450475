import type { Table } from "#lib/contract/table.ts";
import { type Cell, exactNumber } from "./exact-number.ts";

/** Begins a file: without this mark Excel reads UTF-8 as the system's old encoding. */
export const byteOrderMark = "\ufeff";

/**
 * Returns a table as CSV (RFC 4180) with a head. Numbers and times are the exact ones. A null is an empty field, and an empty
 * text is `""`.
 */
export function toCsv({ columns, rows }: Pick<Table, "columns" | "rows">): string {
  const head = columns.map(({ name }) => quote(harmless(name)));
  const lines = rows.map((row) => columns.map((_, index) => quoteCell(row[index] ?? null)));
  return [head, ...lines].map((line) => `${line.join(",")}\r\n`).join("");
}

function quoteCell(cell: Cell): string {
  if (cell === null) return "";
  // A negative number is no formula.
  if (exactNumber(cell) !== null) return String(cell);
  return cell === "" ? '""' : quote(harmless(String(cell)));
}

/** Spreadsheets run a text as a formula if it begins with one of these characters. The apostrophe makes it text (OWASP). */
function harmless(text: string): string {
  if (/^-[\d.,]+ ?%?$/.test(text)) return text;
  return /^[\s\u200b\ufeff]*[=+\-@＝＋－＠]|^[\t\r\n]/.test(text) ? `'${text}` : text;
}

function quote(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
