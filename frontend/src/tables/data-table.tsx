import { type ClipboardEvent, memo, useId, useMemo, useState } from "react";
import { chooseLocale } from "#frontend/texts/locale.ts";
import { useResultTexts } from "#frontend/texts/use-result-texts.ts";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import { FoldButton } from "#frontend/ui/fold-button.tsx";
import { ScrollBox } from "#frontend/ui/scroll-box.tsx";
import type { Table } from "#lib/contract/table.ts";
import { columnFormat } from "./column-format.ts";
import { copiedCells } from "./copied-cells.ts";
import styles from "./data-table.module.css";
import { type Sorting, sortRows } from "./sort-rows.ts";

/** A longer table is folded: the rest of the answer stays in sight. */
const foldedRows = 10;
/** Folding hides more than this many rows, or none. */
const leastHidden = 3;

/** Rows that a person can sort by each column. Shows formatted values and copies exact ones. */
export function DataTable({ table, label }: { table: Table; label: string }) {
  const texts = useResultTexts();
  const { language } = useTexts();
  const id = useId();
  const locale = chooseLocale(language, navigator.languages);
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const [isFolded, setIsFolded] = useState(true);
  const { columns, rows } = table;

  const sorted = useMemo(
    () => (sorting === null ? rows : sortRows({ columns, rows }, sorting, language)),
    [columns, rows, sorting, language],
  );
  const formats = useMemo(
    () =>
      columns.map((column, index) =>
        columnFormat(
          column,
          rows.map((row) => row[index]),
          locale,
          texts,
        ),
      ),
    [columns, rows, locale, texts],
  );
  const canFold = rows.length >= foldedRows + leastHidden;
  const shown = canFold && isFolded ? sorted.slice(0, foldedRows) : sorted;
  return (
    <>
      <ScrollBox label={label}>
        <table className={styles.table} id={id} onCopy={copyExactly}>
          <thead>
            <tr>
              {columns.map(({ name, type }, index) => (
                <th
                  // biome-ignore lint/suspicious/noArrayIndexKey: two columns may have the same name
                  key={index}
                  data-type={type}
                  scope="col"
                  aria-sort={sorting?.column === index ? sorting.direction : "none"}
                >
                  <button
                    className={styles.head}
                    type="button"
                    onClick={() => setSorting(nextSorting(sorting, index))}
                  >
                    <span dir="auto">{name}</span>
                    <span className={styles.arrow} aria-hidden="true">
                      {sorting?.column === index && arrows[sorting.direction]}
                    </span>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a row has no name of its own
              <Row key={index} row={row} columns={columns} formats={formats} />
            ))}
            {shown.length < rows.length && (
              <tr className={styles.more}>
                <td colSpan={columns.length}>…</td>
              </tr>
            )}
            {rows.length === 0 && (
              <tr>
                <td className={styles.nothing} colSpan={columns.length}>
                  {texts.noRows}
                </td>
              </tr>
            )}
          </tbody>
        </table>
      </ScrollBox>
      {canFold && (
        <FoldButton
          className={styles.fold}
          controls={id}
          isFolded={isFolded}
          onFold={setIsFolded}
          labels={[texts.showRows(rows.length), texts.showFewer]}
        />
      )}
    </>
  );
}

const arrows = { ascending: "↑", descending: "↓" };

/** A press sorts upwards, the next one downwards, and a third one restores the order of the result. */
function nextSorting(sorting: Sorting | null, column: number): Sorting | null {
  if (sorting?.column !== column) return { column, direction: "ascending" };
  return sorting.direction === "ascending" ? { column, direction: "descending" } : null;
}

const Row = memo(function Row({
  row,
  columns,
  formats,
}: {
  row: Table["rows"][number];
  columns: Table["columns"];
  formats: ReturnType<typeof columnFormat>[];
}) {
  return (
    <tr>
      {columns.map(({ type }, index) => {
        const cell = row[index] ?? null;
        return (
          <td
            // biome-ignore lint/suspicious/noArrayIndexKey: two columns may have the same name
            key={index}
            data-type={type}
            data-value={cell ?? ""}
            data-empty={cell === null || undefined}
            dir="auto"
          >
            {formats[index]?.(cell)}
          </td>
        );
      })}
    </tr>
  );
});

function copyExactly(event: ClipboardEvent<HTMLTableElement>): void {
  const selection = document.getSelection();
  const text = selection && copiedCells(event.currentTarget, selection);
  if (text === null) return;
  event.preventDefault();
  event.clipboardData.setData("text/plain", text);
}
