import type { Table, TableCell, TableRow } from "mdast";
import { type ReactNode, useMemo, useState } from "react";
import type { Sorting } from "#frontend/tables/sort-rows.ts";
import { toCsv } from "#frontend/tables/to-csv.ts";
import { useReadingTexts } from "#frontend/texts/use-reading-texts.ts";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import { LateIcon } from "#frontend/ui/late-icon.tsx";
import type { TableTools } from "../markdown/answer-table.tsx";
import { plainTextOf } from "./plain-text-of.ts";
import { readColumn } from "./read-column.ts";
import styles from "./reading-tools.module.css";

/** A table in the order that the person has chosen. */
export function SortableTable({
  table,
  draw,
}: {
  table: Table;
  draw: (table: Table, tools: TableTools) => ReactNode;
}) {
  const { language } = useTexts();
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const sorted = useMemo(
    () => (sorting === null ? table : sortTable(table, sorting, language)),
    [table, sorting, language],
  );
  const orderOf = (column: number) => (sorting?.column === column ? sorting.direction : undefined);
  return draw(sorted, {
    orderOf,
    sortButton: (head, column) =>
      table.children.length > 2 && (
        <SortButton head={head} column={column} order={orderOf(column)} onSort={setSorting} />
      ),
    toCsv: () => tableToCsv(sorted),
  });
}

/** Sorts by one column: upwards, then downwards, then as the answer has the rows. */
function SortButton({
  head,
  column,
  order,
  onSort,
}: {
  head: TableCell;
  column: number;
  order: Sorting["direction"] | undefined;
  onSort: (sorting: Sorting | null) => void;
}) {
  const { table: texts } = useReadingTexts();
  const label = texts.sortBy(textOfCell(head) || texts.unnamed(column + 1));
  const next = { ascending: "descending", descending: null, none: "ascending" } as const;
  const direction = next[order ?? "none"];
  return (
    <button
      className={styles.sort}
      type="button"
      aria-label={label}
      title={label}
      data-on={order && ""}
      onClick={() => onSort(direction && { column, direction })}
    >
      <LateIcon name={icons[order ?? "none"]} />
    </button>
  );
}

const icons = { ascending: "chevronUp", descending: "chevronDown", none: "sort" } as const;

/** Returns the table with its rows in another order. Equal rows keep theirs. */
export function sortTable(table: Table, { column, direction }: Sorting, language: string): Table {
  const [head, ...rows] = table.children;
  if (head === undefined) return table;
  const texts = rows.map((row) => textOfCell(row.children[column]).replace(citations, ""));
  const compare = readColumn(texts, language);
  const order = [...rows.keys()].toSorted((one, other) => compare(one, other, direction));
  return { ...table, children: [head, ...order.flatMap((index) => rows[index] ?? [])] };
}

const citations = /\s*\[\d{1,3}(?:[,;] ?\d{1,3})*\]/g;

/** Returns the table without its Markdown. */
export function tableToCsv({ children: [head, ...rows] }: Table): string {
  if (head === undefined) return "";
  const width = Math.max(...[head, ...rows].map(({ children }) => children.length));
  const cellsOf = ({ children }: TableRow) =>
    Array.from({ length: width }, (_, index) => textOfCell(children[index]));
  return toCsv({
    columns: cellsOf(head).map((name) => ({ name, type: "text" })),
    rows: rows.map((row) => cellsOf(row).map((text) => text || null)),
  });
}

const textOfCell = (cell: TableCell | undefined) =>
  cell === undefined ? "" : plainTextOf(cell).trim();
