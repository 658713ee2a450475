import type { Nodes, Table, TableCell, TableRow } from "mdast";
import type { ReactNode } from "react";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import { CopyButton } from "#frontend/ui/copy-button.tsx";
import { ScrollBox } from "#frontend/ui/scroll-box.tsx";
import { useReadingTools } from "../reading/use-reading-tools.ts";
import styles from "./markdown.module.css";

/** What a person can do with a table, once its script has loaded. */
export interface TableTools {
  orderOf: (column: number) => "ascending" | "descending" | undefined;
  sortButton: (head: TableCell, column: number) => ReactNode;
  toCsv: () => string;
}

/** A table that scrolls if it is wider than the page. A person can sort and copy it. */
export function AnswerTable({
  table,
  renderCell,
}: {
  table: Table;
  renderCell: (cell: TableCell) => ReactNode;
}) {
  const texts = useTexts();
  const tools = useReadingTools();
  const draw = ({ align, children: [head, ...rows] }: Table, of?: TableTools) => {
    const cells = (row: TableRow | undefined, Cell: "th" | "td") => {
      // Fills short rows and keeps cells beyond the width of the head, which GitHub drops.
      const count = Math.max(align?.length ?? 0, row?.children.length ?? 0);
      return Array.from({ length: count }, (_, index) => {
        const cell = row?.children[index];
        const side = align?.[index];
        const isHead = Cell === "th";
        return (
          <Cell
            // biome-ignore lint/suspicious/noArrayIndexKey: an answer only grows at its end
            key={index}
            className={widthClassOf(cell)}
            style={side ? { textAlign: side } : undefined}
            aria-sort={isHead ? of?.orderOf(index) : undefined}
          >
            {cell && renderCell(cell)}
            {cell && isHead && of?.sortButton(cell, index)}
          </Cell>
        );
      });
    };
    return (
      <>
        <ScrollBox label={texts.markdown.table}>
          <table>
            <thead>
              <tr>{cells(head, "th")}</tr>
            </thead>
            {rows.length > 0 && (
              <tbody>
                {rows.map((row, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: an answer only grows at its end
                  <tr key={index}>{cells(row, "td")}</tr>
                ))}
              </tbody>
            )}
          </table>
        </ScrollBox>
        {/* Keeps its room, so that nothing moves when the tools have loaded. */}
        <div className={styles.tableTools}>
          {of && <CopyButton text={of.toCsv} label={texts.copy.csv} />}
        </div>
      </>
    );
  };
  return tools ? <tools.SortableTable table={table} draw={draw} /> : draw(table);
}

/** Returns the class of a cell. A long text gets a wide cell, so that it needs few lines on a phone too. */
function widthClassOf(cell: TableCell | undefined): string | undefined {
  const width = cell === undefined ? 0 : widthOf(cell);
  if (width <= 24) return undefined;
  return width <= 120 ? styles.longCell : styles.longestCell;
}

/** Returns the width in Latin letters. A Chinese, Japanese or Korean character is as wide as two. */
function widthOf(node: Nodes): number {
  if ("children" in node) return node.children.reduce((sum, child) => sum + widthOf(child), 0);
  if (!("value" in node)) return 0;
  const wideCharacters = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]/g;
  return node.value.length + (node.value.match(wideCharacters)?.length ?? 0);
}
