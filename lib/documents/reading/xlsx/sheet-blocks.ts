import { tableOf } from "#lib/documents/reading/office/table-block.ts";
import type { Block } from "#lib/documents/reading/read-document.ts";

/**
 * Returns the blocks of a sheet: empty rows that are shown separate its tables. A row with one cell above or below a table is a
 * paragraph.
 */
export function sheetBlocks(
  rows: ReadonlyMap<number, string[]>,
  isHiddenRow: (row: number) => boolean,
): Block[] {
  const regions: string[][][] = [];
  let previous = Number.NaN;
  for (const [number, row] of rows) {
    let next = previous + 1;
    while (next < number && isHiddenRow(next)) next += 1;
    if (next === number) regions.at(-1)?.push(row);
    else regions.push([row]);
    previous = number;
  }
  return regions.flatMap(regionBlocks);
}

function regionBlocks(rows: string[][]): Block[] {
  const isSingle = (row: string[]) => row.filter((cell) => cell !== "").length === 1;
  const first = rows.findIndex((row) => !isSingle(row));
  const last = rows.findLastIndex((row) => !isSingle(row));
  const paragraphs = (some: string[][]): Block[] =>
    some.map((row) => ({ kind: "paragraph", text: row.find((cell) => cell !== "") ?? "" }));
  if (first === -1) return paragraphs(rows);
  const table = tableOf(rows.slice(first, last + 1));
  return [
    ...paragraphs(rows.slice(0, first)),
    ...(table ? [table] : []),
    ...paragraphs(rows.slice(last + 1)),
  ];
}
