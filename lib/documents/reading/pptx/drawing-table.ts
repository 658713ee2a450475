import { tableOf } from "#lib/documents/reading/office/table-block.ts";
import { childAt, childrenNamed, type XmlElement } from "#lib/documents/reading/office/xml-tree.ts";
import type { Block } from "#lib/documents/reading/read-document.ts";
import { runsText } from "./paragraph-reader.ts";

/** Returns a table of a slide. A merged cell has its text once. */
export function drawingTable(table: XmlElement): Block | undefined {
  const rows = childrenNamed(table, "a:tr").map((row) => childrenNamed(row, "a:tc").map(cellText));
  const block = tableOf(rows);
  const hasHeader = /^(1|true)$/.test(childAt(table, "a:tblPr")?.attributes.firstRow ?? "");
  if (block?.kind !== "table" || block.header || !hasHeader || block.rows.length < 2) return block;
  const [header = [], ...others] = block.rows;
  return { kind: "table", header, rows: others };
}

function cellText(cell: XmlElement): string {
  const isCovered = [cell.attributes.hMerge, cell.attributes.vMerge].some((value) =>
    /^(1|true)$/.test(value ?? ""),
  );
  if (isCovered) return "";
  return childrenNamed(childAt(cell, "a:txBody"), "a:p")
    .map((paragraph) => runsText(paragraph, () => false))
    .filter(Boolean)
    .join(" ")
    .replaceAll("\n", " ");
}
