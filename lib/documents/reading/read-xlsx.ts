import { type CellObject, type DenseWorkSheet, type Range, read, utils } from "@e965/xlsx";
import { zipSync } from "fflate";
import { DocumentFault, moreThan, type ReadLimits } from "./document-file.ts";
import { type OfficePackage, openPackage } from "./office/office-package.ts";
import { childAt, childrenNamed } from "./office/xml-tree.ts";
import type { Part, Reader } from "./read-document.ts";
import { cellText } from "./xlsx/cell-text.ts";
import { sheetBlocks } from "./xlsx/sheet-blocks.ts";
import { type SheetSource, scanSheet, unseenStyles } from "./xlsx/sheet-source.ts";

/** Reads a workbook: the visible cells of each visible sheet, with the values that they show. */
export const readXlsx: Reader = async ({ bytes }, limits) => {
  const file = openPackage(bytes, limits, { product: "workbook", usualMain: "xl/workbook.xml" });
  if (!file.main.endsWith(".xml"))
    throw new DocumentFault("The workbook is in the binary format. Save it as .xlsx.");
  const parts = readParts(file, limits);
  const sources = sheetSources(file, parts);
  const workbook = parseWorkbook(parts);
  const sheets = workbook.SheetNames.map((name, index) => ({
    name,
    number: index + 1,
    isHidden: Boolean(workbook.Workbook?.Sheets?.[index]?.Hidden),
    sheet: workbook.Sheets[name] as DenseWorkSheet | undefined,
    source: sources[index] ?? { formulasWithoutResult: 0, unseenCells: new Set<string>() },
  }));
  if (sheets.length > limits.pages) throw moreThan(limits.pages, "sheets");

  const notes: string[] = [];
  const read: Part[] = [];
  const hidden = sheets.filter(({ isHidden }) => isHidden).map(({ name }) => `“${name}”`);
  if (hidden.length === 1) notes.push(`The hidden sheet ${hidden[0]} was left out.`);
  if (hidden.length > 1) notes.push(`The hidden sheets ${hidden.join(", ")} were left out.`);
  for (const { name, number, isHidden, sheet, source } of sheets) {
    if (isHidden || sheet === undefined) continue;
    const { rows, hasHiddenCells, hasUnseenCells } = visibleRows(sheet, source);
    const withoutResult = source.formulasWithoutResult;
    if (hasHiddenCells) notes.push(`Hidden rows and columns of the sheet “${name}” were left out.`);
    if (hasUnseenCells) notes.push(`White text of the sheet “${name}” was left out.`);
    if (withoutResult > 0)
      notes.push(
        `The file stores no result for ${withoutResult} ${withoutResult === 1 ? "formula" : "formulas"} of the sheet “${name}”.`,
      );
    const blocks = sheetBlocks(rows, (row) => isHiddenRow(sheet, row));
    if (blocks.length > 0) read.push({ number, label: name, kind: "sheet", blocks });
  }
  if (read.length === 0) throw new DocumentFault("The workbook holds no text in visible cells.");
  return { parts: read, notes };
};

/** Inflates what holds cells, and counts the cells. The size that a sheet states for itself may be wrong. */
function readParts({ zip }: OfficePackage, { cells }: ReadLimits): Map<string, Uint8Array> {
  const parts = new Map<string, Uint8Array>();
  let count = 0;
  for (const name of zip.names) {
    if (
      !/\.(xml|rels)$/i.test(name) ||
      /\/(media|drawings|charts|embeddings|pivot\w*)\//i.test(name)
    )
      continue;
    const content = zip.read(name);
    if (content === undefined) continue;
    parts.set(name, content);
    count += countCells(content, cells - count);
    if (count > cells) throw moreThan(cells, "cells");
  }
  return parts;
}

/** Counts elements named c, with any prefix. Stops after `most`. */
function countCells(content: Uint8Array, most: number): number {
  const isEnd = (byte: number | undefined) =>
    byte === 0x20 || byte === 0x3e || byte === 0x2f || byte === 0x0a || byte === 0x0d;
  let count = 0;
  for (let at = content.indexOf(0x63); at !== -1; at = content.indexOf(0x63, at + 1)) {
    const before = content[at - 1];
    if ((before === 0x3c || before === 0x3a) && isEnd(content[at + 1])) count += 1;
    if (count > most) return count;
  }
  return count;
}

function parseWorkbook(parts: Map<string, Uint8Array>) {
  const zip = zipSync(Object.fromEntries(parts), { level: 0 });
  try {
    return read(zip, {
      type: "array",
      dense: true,
      cellDates: true,
      cellNF: true,
      cellStyles: true,
      cellFormula: false,
    });
  } catch (error) {
    throw new DocumentFault("The file is damaged: its sheets cannot be read.", { cause: error });
  }
}

/** Returns what the file itself says about its sheets, in their order. */
function sheetSources(file: OfficePackage, parts: Map<string, Uint8Array>): SheetSource[] {
  const related = file.relationships(file.main);
  const styles = related.find(({ type }) => type === "styles");
  const unseen = unseenStyles(styles && file.xml(styles.target));
  const none = new Uint8Array();
  return childrenNamed(childAt(file.xml(file.main), "sheets"), "sheet").map(({ attributes }) => {
    const target = related.find(({ id }) => id === attributes["r:id"])?.target;
    return scanSheet(parts.get(target ?? "") ?? none, unseen);
  });
}

interface VisibleRows {
  rows: Map<number, string[]>;
  hasHiddenCells: boolean;
  hasUnseenCells: boolean;
}

const isHiddenRow = (sheet: DenseWorkSheet, row: number): boolean =>
  Boolean(sheet["!rows"]?.[row]?.hidden);

function visibleRows(sheet: DenseWorkSheet, { unseenCells }: SheetSource): VisibleRows {
  const isHiddenColumn = (column: number) => Boolean(sheet["!cols"]?.[column]?.hidden);
  const covered = coveredCells(sheet["!merges"] ?? []);
  const visible: VisibleRows = { rows: new Map(), hasHiddenCells: false, hasUnseenCells: false };
  // Both arrays have holes, which forEach skips.
  (sheet["!data"] ?? []).forEach((cells, row) => {
    cells?.forEach((cell: CellObject | undefined, column) => {
      if (cell === undefined || covered.isCovered(row, column)) return;
      const text = cellText(cell);
      if (text === "") return;
      if (unseenCells.size > 0 && unseenCells.has(utils.encode_cell({ r: row, c: column }))) {
        visible.hasUnseenCells = true;
        return;
      }
      const place = covered.firstVisible(
        row,
        column,
        (one) => isHiddenRow(sheet, one),
        isHiddenColumn,
      );
      if (place === undefined) {
        visible.hasHiddenCells = true;
        return;
      }
      const line = visible.rows.get(place.row) ?? [];
      visible.rows.set(place.row, line);
      line[place.column] = text;
    });
  });
  const sorted = [...visible.rows].toSorted(([a], [b]) => a - b);
  visible.rows = new Map(
    sorted.map(([row, line]) => [row, Array.from(line, (text) => text ?? "")]),
  );
  return visible;
}

/** A merged range shows its first cell. Old values may lie under it. */
function coveredCells(merges: Range[]) {
  const byRow = new Map<number, Range[]>();
  let rows = 0;
  for (const merge of merges) {
    // A merge of whole columns covers a million rows.
    for (let row = merge.s.r; row <= merge.e.r && rows < 2_000_000; row++, rows++) {
      const ranges = byRow.get(row);
      if (ranges) ranges.push(merge);
      else byRow.set(row, [merge]);
    }
  }
  const rangeAt = (row: number, column: number) =>
    byRow.get(row)?.find(({ s, e }) => column >= s.c && column <= e.c);
  return {
    isCovered(row: number, column: number): boolean {
      const range = rangeAt(row, column);
      return range !== undefined && (range.s.r !== row || range.s.c !== column);
    },
    /** A merged range is shown as long as one of its rows and columns is. */
    firstVisible(
      row: number,
      column: number,
      isHiddenRow: (row: number) => boolean,
      isHiddenColumn: (column: number) => boolean,
    ): { row: number; column: number } | undefined {
      const end = rangeAt(row, column)?.e ?? { r: row, c: column };
      let atRow = row;
      let atColumn = column;
      while (atRow <= end.r && isHiddenRow(atRow)) atRow += 1;
      while (atColumn <= end.c && isHiddenColumn(atColumn)) atColumn += 1;
      return atRow > end.r || atColumn > end.c ? undefined : { row: atRow, column: atColumn };
    },
  };
}
