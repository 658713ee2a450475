import type { Table } from "#lib/contract/table.ts";
import { type Cell, exactNumber } from "./exact-number.ts";

export interface Sorting {
  /** The index of the column. */
  column: number;
  direction: "ascending" | "descending";
}

/** Returns the rows in the order of one column. Empty cells come last in both directions; equal rows keep their order. */
export function sortRows(
  { columns, rows }: Pick<Table, "columns" | "rows">,
  { column, direction }: Sorting,
  language: string,
): Table["rows"] {
  const compare = comparison(columns[column]?.type ?? "text", language);
  const sign = direction === "ascending" ? 1 : -1;
  return rows.toSorted((one, other) => {
    const [a = null, b = null] = [one[column], other[column]];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return sign * compare(a, b);
  });
}

type Value = NonNullable<Cell>;

function comparison(
  type: Table["columns"][number]["type"],
  language: string,
): (a: Value, b: Value) => number {
  const { compare } = new Intl.Collator(language, { numeric: true });
  const compareTexts = (a: Value, b: Value) => compare(String(a), String(b));
  if (type === "number") return (a, b) => compareNumbers(a, b) ?? compareTexts(a, b);
  if (type === "boolean") return (a, b) => Number(a) - Number(b);
  if (type === "time") {
    return (a, b) => Date.parse(String(a)) - Date.parse(String(b)) || compareTexts(a, b);
  }
  return compareTexts;
}

/** Returns null if one of the two is no number. */
function compareNumbers(a: Value, b: Value): number | null {
  const [one, other] = [exactNumber(a), exactNumber(b)];
  if (one === null || other === null) return null;
  return Number(one) - Number(other) || compareDigits(one, other);
}

/** Compares two decimals that are the same double: 9007199254740993 and 9007199254740992. */
function compareDigits(one: string, other: string): number {
  const [a, b] = [one, other].map((text) => text.match(/^([+-]?\d+)(?:\.(\d+))?$/));
  if (!a || !b) return 0;
  const places = Math.max(a[2]?.length ?? 0, b[2]?.length ?? 0);
  const scaled = ([, whole = "", fraction = ""]: RegExpMatchArray) =>
    BigInt(whole.replace("+", "") + fraction.padEnd(places, "0"));
  const difference = scaled(a) - scaled(b);
  return difference === 0n ? 0 : difference > 0n ? 1 : -1;
}
