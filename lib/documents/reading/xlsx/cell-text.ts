import type { CellObject } from "@e965/xlsx";
import { formatDate } from "./format-date.ts";

/** Returns what a cell shows. */
export function cellText(cell: CellObject): string {
  return shown(cell)
    .replace(/_x([0-9A-F]{4})_/gi, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    )
    .replace(/\s+/g, " ")
    .trim();
}

function shown({ t: type, v: value, w: formatted, z: numberFormat }: CellObject): string {
  const format = typeof numberFormat === "string" ? numberFormat : "General";
  if (value instanceof Date) {
    // A date is a binary fraction of days, so it may be some milliseconds off.
    const seconds = new Date(Math.round(value.getTime() / 1000) * 1000);
    return (
      formatDate(/0\.0|s\.0/.test(format) ? value : seconds, format) ??
      formatted ??
      seconds.toISOString()
    );
  }
  if (type !== "n" || typeof value !== "number") return formatted ?? String(value ?? "");
  if (!/general/i.test(format)) return formatted ?? String(value);
  // A narrow column shows 1.23457E+12 for an article's number of thirteen digits.
  const plain = Number.isSafeInteger(value) ? String(value) : (formatted ?? String(value));
  const [section = ""] = format.split(";");
  return section
    .replace(/\[[^\]]*\]/g, "")
    .replace(/"([^"]*)"/g, "$1")
    .replace(/\\(.)/g, "$1")
    .replace(/general/i, plain);
}
