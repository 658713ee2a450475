import { type Element, isTag, isText, type ParentNode } from "domhandler";
import { isHidden } from "#lib/platform/html/hidden-elements.ts";
import { BlockWriter, type TextRoom } from "./block-writer.ts";

/** How far a cell may span, and what of it may be repeated. A hostile page must not become much longer than it is. */
const maxSpannedColumns = 50;
const maxRepetitions = 30;
const maxRepeatedColumns = 10;
const maxRepeatedLength = 40;

interface Cell {
  text: string;
  /** How many further rows have this cell, too. */
  rowsLeft: number;
}

/** Writes what a node holds. */
type WriteChildren = (writer: BlockWriter, node: ParentNode) => void;

/** Writes a table as rows of cells. A table that holds another, or only one cell, is there for the layout: its cells are text. */
export function writeTable(
  writer: BlockWriter,
  table: Element,
  writeChildren: WriteChildren,
): void {
  const rows = rowsOf(table);
  const isLayout =
    /^(presentation|none)$/.test(table.attribs.role ?? "") ||
    rows.every((row) => cellsOf(row).length < 2) ||
    holdsOther(table) ||
    holdsTable(table);
  writer.endBlock();
  if (isLayout) {
    writeChildren(writer, table);
    writer.endBlock();
    return;
  }
  for (const caption of childrenOf(table, "caption")) {
    writeChildren(writer, caption);
    writer.endBlock();
  }
  writer.tight(() => writeRows(writer, rows, writeChildren));
}

function writeRows(
  writer: BlockWriter,
  rows: readonly Element[],
  writeChildren: WriteChildren,
): void {
  let above: (Cell | undefined)[] = [];
  for (const [index, row] of rows.entries()) {
    if (writer.isFull) return;
    const cells = fillRow(writer, row, above, writeChildren);
    const texts = cells.map((cell) => cell?.text ?? "");
    above = cells.map((cell, column) => cell && withRepeatedText(cell, column));
    if (texts.every((text) => text === "")) continue;
    writeRow(writer, texts);
    if (index === 0 && isHeader(row)) writeRow(writer, Array(texts.length).fill("---"));
  }
}

/** A long text, and a cell over many rows, stand in their first row only. */
function withRepeatedText(cell: Cell, column: number): Cell {
  const isShort =
    cell.text.length <= maxRepeatedLength &&
    cell.rowsLeft < maxRepetitions &&
    column < maxRepeatedColumns;
  return isShort ? cell : { ...cell, text: "" };
}

function writeRow(writer: BlockWriter, texts: readonly string[]): void {
  writer.written(`| ${texts.join(" | ")} |`);
}

/** Returns the cells of a row, also those that begin in a row above. A short text stands in each row that it spans. */
function fillRow(
  { room }: BlockWriter,
  row: Element,
  above: readonly (Cell | undefined)[],
  writeChildren: WriteChildren,
): (Cell | undefined)[] {
  const cells = above.map((cell) =>
    cell && cell.rowsLeft > 0 ? { ...cell, rowsLeft: cell.rowsLeft - 1 } : undefined,
  );
  let column = 0;
  for (const element of cellsOf(row)) {
    while (cells[column]) column += 1;
    const text = textOf(element, room, writeChildren);
    const width = spanOf(element.attribs.colspan);
    const height = spanOf(element.attribs.rowspan);
    for (let end = column + width; column < end; column += 1) {
      const isFirst = column === end - width;
      if (!isFirst && column >= maxSpannedColumns) break;
      cells[column] ??= {
        text: isFirst ? text : "",
        rowsLeft: column < maxSpannedColumns ? height - 1 : 0,
      };
    }
  }
  return cells;
}

function textOf(cell: Element, room: TextRoom, writeChildren: WriteChildren): string {
  // The row that holds the text takes the room.
  const writer = new BlockWriter({ ...room });
  writeChildren(writer, cell);
  writer.endBlock();
  const text = writer.blocks.map((block) => block.text).join(" ");
  return text.replace(/\s+/g, " ").replaceAll("|", "\\|");
}

const spanOf = (text: string | undefined): number =>
  text !== undefined && /^\s*[1-9]\d{0,2}\s*$/.test(text) ? Number(text) : 1;

const isHeader = (row: Element): boolean =>
  cellsOf(row).every(({ name }) => name === "th") ||
  (row.parent !== null && isTag(row.parent) && row.parent.name === "thead");

const rowGroups = ["thead", "tbody", "tfoot"];

const rowsOf = (table: Element): Element[] =>
  childrenOf(table, "tr", ...rowGroups).flatMap((part) =>
    part.name === "tr" ? part : childrenOf(part, "tr"),
  );

/** Whether there is text between the rows, which a browser shows before the table. */
const holdsOther = (table: Element): boolean =>
  [table, ...childrenOf(table, ...rowGroups)].some((part) =>
    part.children.some(
      (child) =>
        (isText(child) && child.data.trim() !== "") ||
        (isTag(child) && !tableParts.has(child.name) && !isHidden(child)),
    ),
  );

const tableParts = new Set(["caption", "colgroup", "col", "tr", ...rowGroups]);

const cellsOf = (row: Element): Element[] => childrenOf(row, "td", "th");

const childrenOf = (node: ParentNode, ...names: string[]): Element[] =>
  node.children.filter(
    (child): child is Element => isTag(child) && names.includes(child.name) && !isHidden(child),
  );

function holdsTable(node: ParentNode): boolean {
  return node.children.some(
    (child) => isTag(child) && (child.name === "table" || holdsTable(child)),
  );
}
