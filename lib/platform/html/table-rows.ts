import { type Element, isTag, isText, type ParentNode } from "domhandler";

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

export interface TableOptions {
  isHidden: (element: Element) => boolean;
  /** Returns the text of a cell, on one line. */
  textOf: (cell: Element) => string;
}

export interface TableRow {
  texts: string[];
  isHeader: boolean;
}

type Visibility = Pick<TableOptions, "isHidden">;

/**
 * Returns whether a table is there for the layout: it holds another table, or text between its rows or between the cells of a
 * row, or only one column.
 */
export function isLayoutTable(table: Element, { isHidden }: Visibility): boolean {
  return (
    /^(presentation|none)$/.test(table.attribs.role ?? "") ||
    rowsOf(table, isHidden).every((row) => cellsOf(row, isHidden).length < 2) ||
    holdsOther(table, isHidden) ||
    holdsTable(table)
  );
}

export const captionsOf = (table: Element, { isHidden }: Visibility): Element[] =>
  childrenOf(table, isHidden, "caption");

/** Returns the rows that are not empty. A short text stands in each row that its cell spans. */
export function* tableRows(table: Element, options: TableOptions): Generator<TableRow> {
  const { isHidden } = options;
  let above: (Cell | undefined)[] = [];
  for (const [index, row] of rowsOf(table, isHidden).entries()) {
    const cells = fillRow(row, above, options);
    const texts = cells.map((cell) => cell?.text ?? "");
    above = cells.map((cell, column) => cell && withRepeatedText(cell, column));
    if (texts.every((text) => text === "")) continue;
    yield { texts, isHeader: index === 0 && isHeader(row, isHidden) };
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

/** Returns the cells of a row, also those that begin in a row above. */
function fillRow(
  row: Element,
  above: readonly (Cell | undefined)[],
  { isHidden, textOf }: TableOptions,
): (Cell | undefined)[] {
  const cells = above.map((cell) =>
    cell && cell.rowsLeft > 0 ? { ...cell, rowsLeft: cell.rowsLeft - 1 } : undefined,
  );
  let column = 0;
  for (const element of cellsOf(row, isHidden)) {
    while (cells[column]) column += 1;
    const text = textOf(element);
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

const spanOf = (text: string | undefined): number =>
  text !== undefined && /^\s*[1-9]\d{0,2}\s*$/.test(text) ? Number(text) : 1;

const isHeader = (row: Element, isHidden: Visibility["isHidden"]): boolean =>
  cellsOf(row, isHidden).every(({ name }) => name === "th") ||
  (row.parent !== null && isTag(row.parent) && row.parent.name === "thead");

const rowGroups = ["thead", "tbody", "tfoot"];

const rowsOf = (table: Element, isHidden: Visibility["isHidden"]): Element[] =>
  childrenOf(table, isHidden, "tr", ...rowGroups).flatMap((part) =>
    part.name === "tr" ? part : childrenOf(part, isHidden, "tr"),
  );

/** Whether there is something between the rows or between the cells of a row, which a browser shows before the table. */
const holdsOther = (table: Element, isHidden: Visibility["isHidden"]): boolean =>
  [table, ...childrenOf(table, isHidden, ...rowGroups)].some((part) =>
    hasChildBeside(tableParts, part, isHidden),
  ) || rowsOf(table, isHidden).some((row) => hasChildBeside(cellNames, row, isHidden));

const tableParts = new Set(["caption", "colgroup", "col", "tr", ...rowGroups]);
const cellNames = new Set(["td", "th"]);

const hasChildBeside = (
  parts: ReadonlySet<string>,
  { children }: Element,
  isHidden: Visibility["isHidden"],
): boolean =>
  children.some(
    (child) =>
      (isText(child) && child.data.trim() !== "") ||
      (isTag(child) && !parts.has(child.name) && !isHidden(child)),
  );

const cellsOf = (row: Element, isHidden: Visibility["isHidden"]): Element[] =>
  childrenOf(row, isHidden, ...cellNames);

const childrenOf = (
  node: ParentNode,
  isHidden: Visibility["isHidden"],
  ...names: string[]
): Element[] =>
  node.children.filter(
    (child): child is Element => isTag(child) && names.includes(child.name) && !isHidden(child),
  );

function holdsTable(node: ParentNode): boolean {
  return node.children.some(
    (child) => isTag(child) && (child.name === "table" || holdsTable(child)),
  );
}
