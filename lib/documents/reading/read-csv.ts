import papaparse from "papaparse";
import { decodeDocument } from "./decode-document.ts";
import { moreThan } from "./document-file.ts";
import type { Block, Reader } from "./read-document.ts";

/**
 * Reads a table of comma-separated values. An empty line ends a table. A row with one cell before a table is a paragraph:
 * the title of an export.
 */
export const readCsv: Reader = async ({ bytes, name }, limits) => {
  const { text, notes } = decodeDocument(bytes);
  if (text.length > limits.characters) throw moreThan(limits.characters, "characters");
  // Excel's way to name the delimiter.
  const named = /^sep=(.)\r?\n/i.exec(text);
  const body = named ? text.slice(named[0].length) : text;
  const delimiter = named?.[1] ?? delimiterOf(body, name);
  const { rows, isOpen } = parseRows(body, delimiter, limits.cells);
  return {
    parts: [{ number: 1, kind: "section", blocks: tablesOf(rows).flatMap(blocksOf) }],
    notes: isOpen
      ? [...notes, "A quotation mark is not closed. All of them were read as text."]
      : notes,
  };
};

/** @throws DocumentFault beyond `maxCells` */
function parseRows(
  text: string,
  delimiter: string,
  maxCells: number,
): { rows: string[][]; isOpen: boolean } {
  const parse = (quoteChar: string) => {
    const rows: string[][] = [];
    let cells = 0;
    let isOpen = false;
    papaparse.parse<string[]>(text, {
      delimiter,
      quoteChar,
      step({ data, errors }, parser) {
        rows.push(data.map((cell) => cell.trim()));
        cells += data.length;
        isOpen ||= errors.some(({ code }) => code === "MissingQuotes");
        if (cells > maxCells) parser.abort();
      },
    });
    if (cells > maxCells) throw moreThan(maxCells, "cells");
    return { rows, isOpen };
  };
  const read = parse('"');
  // The rest of the file would be one cell.
  return read.isOpen ? { ...parse(noQuotes), isOpen: true } : read;
}

/** A character that no text holds: Unicode keeps it for programs. */
const noQuotes = "\uFFFF";
/** The first of two that are as likely is taken: decimal commas look like delimiters, the others do not occur in numbers. */
const delimiters = ["\t", ";", "|", ","];
const sampleLength = 50_000;
const sampleRows = 100;

/** Returns the delimiter by which the most rows have as many cells as the first rows have. */
function delimiterOf(text: string, name: string): string {
  const sample = text.slice(0, sampleLength);
  if (/\.tsv$/i.test(name) && sample.includes("\t")) return "\t";
  const candidates = delimiters.map((delimiter) => ({
    delimiter,
    score: regularityOf(sample, delimiter),
  }));
  return candidates.reduce((best, one) => (one.score > best.score ? one : best)).delimiter;
}

/** Returns the share of rows that have the most frequent number of cells, from 0 to 1; 0 if that is one cell. */
function regularityOf(sample: string, delimiter: string): number {
  const { data } = papaparse.parse<string[]>(sample, {
    delimiter,
    preview: sampleRows,
    skipEmptyLines: true,
  });
  // The sample may end within the last row.
  const rows = data.length > 2 ? data.slice(0, -1) : data;
  const counts = new Map<number, number>();
  for (const { length } of rows) counts.set(length, (counts.get(length) ?? 0) + 1);
  const [length, count] = [...counts].reduce(
    (most, one) => (one[1] > most[1] ? one : most),
    [1, 0],
  );
  return length === 1 ? 0 : count / rows.length;
}

/** Splits the rows at empty ones. */
function tablesOf(rows: readonly string[][]): string[][][] {
  const tables: string[][][] = [[]];
  for (const row of rows) {
    if (row.every((cell) => cell === "")) tables.push([]);
    else tables.at(-1)?.push(row);
  }
  return tables.filter((table) => table.length > 0);
}

function blocksOf(rows: readonly string[][]): Block[] {
  const width = rows.reduce((most, row) => Math.max(most, filledLength(row)), 0);
  const isTitle = (row: readonly string[]) => row.filter((cell) => cell !== "").length === 1;
  const start = width === 1 ? 0 : rows.findIndex((row) => !isTitle(row));
  const titles = rows
    .slice(0, start)
    .map((row): Block => ({ kind: "paragraph", text: row.join("") }));
  const [first = [], ...rest] = rows.slice(start).map((row) => row.slice(0, width));
  const table: Block = isHeader(first, rest)
    ? { kind: "table", header: first, rows: rest }
    : { kind: "table", rows: [first, ...rest] };
  return [...titles, table];
}

/** Without the empty cells at a row's end, which spreadsheets write. */
const filledLength = (row: readonly string[]): number =>
  row.findLastIndex((cell) => cell !== "") + 1;

/** A header names its columns: with texts that differ. */
function isHeader(row: readonly string[], rest: readonly string[][]): boolean {
  const names = row.filter((cell) => cell !== "");
  return (
    rest.length > 0 &&
    names.length >= 2 &&
    new Set(names).size === names.length &&
    names.every((name) => /\p{L}/u.test(name) && name.length <= 80)
  );
}
