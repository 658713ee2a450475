import { type AnyNode, type Element, isTag, isText } from "domhandler";
import { parseDocument } from "htmlparser2";
import { raisedText } from "#lib/documents/reading/office/raised-text.ts";
import { tableOf } from "#lib/documents/reading/office/table-block.ts";
import type { Block } from "#lib/documents/reading/read-document.ts";
import { readMark } from "./block-mark.ts";

/** Returns the blocks of mammoth's HTML, which has paragraphs and tables. */
export function htmlBlocks(html: string): Block[] {
  return parseDocument(html).children.filter(isTag).flatMap(blocksOf);
}

function blocksOf(element: Element): Block[] {
  if (element.name === "table") return tableBlocks(element);
  const { mark, text } = readMark(inlineText(element));
  const shown = tidy(text);
  if (shown === "") return [];
  if (mark?.kind === "item") return [{ ...mark, text: shown }];
  if (mark?.kind === "heading") {
    const heading = mark.marker === "" ? shown : `${mark.marker} ${shown}`;
    return [{ kind: "heading", level: mark.level, text: heading.replaceAll("\n", " ") }];
  }
  return [{ kind: "paragraph", text: shown }];
}

function inlineText(node: AnyNode): string {
  if (isText(node)) return node.data;
  if (!isTag(node)) return "";
  if (node.name === "br") return "\n";
  if (node.name === "input") return node.attribs.checked === undefined ? "☐" : "☒";
  const text = node.children.map(inlineText).join("");
  return node.name === "sup" ? raisedText(text) : text;
}

/** Runs of blanks and tabs are layout. Soft hyphens are not shown. */
const tidy = (text: string): string =>
  text
    .replaceAll("\u00ad", "")
    .replace(/[^\S\n]+/g, " ")
    .replace(/ ?\n ?/g, "\n")
    .trim();

/** A table of one column is a frame around its text. */
function tableBlocks(table: Element): Block[] {
  const rows = rowsOf(table);
  const cells = rows.flatMap(({ cells }) => cells);
  const isFrame = rows.every(({ cells }) => cells.length <= 1);
  if (isFrame) return cells.flatMap((cell) => cell.children.filter(isTag).flatMap(blocksOf));
  const texts = spread(rows.map(({ cells }) => cells));
  const marked = rows.findIndex(({ isHeader }) => !isHeader);
  const block = tableOf(texts);
  if (block?.kind !== "table" || marked !== 1 || block.header) return block ? [block] : [];
  const [header = [], ...others] = block.rows;
  return [{ kind: "table", header, rows: others }];
}

function rowsOf(table: Element): { isHeader: boolean; cells: Element[] }[] {
  return table.children.filter(isTag).flatMap((child) => {
    if (child.name !== "tr") return rowsOf(child);
    const cells = child.children.filter(isTag);
    return [{ isHeader: cells.some(({ name }) => name === "th"), cells }];
  });
}

/** A merged cell has its text once. The other cells that it covers are empty, so that the columns stay in line. */
function spread(rows: Element[][]): string[][] {
  const grid: string[][] = rows.map(() => []);
  rows.forEach((cells, row) => {
    let column = 0;
    for (const cell of cells) {
      while (grid[row]?.[column] !== undefined) column += 1;
      const width = Number(cell.attribs.colspan ?? 1);
      const height = Number(cell.attribs.rowspan ?? 1);
      for (let down = row; down < Math.min(row + height, rows.length); down++) {
        for (let right = column; right < column + width; right++) {
          const line = grid[down];
          if (line) line[right] = down === row && right === column ? cellText(cell) : "";
        }
      }
    }
  });
  return grid.map((line) => Array.from(line, (text) => text ?? ""));
}

function cellText(cell: Element): string {
  const lines = cell.children.filter(isTag).flatMap(blocksOf).map(lineOf);
  return lines.join(" ").replace(/\s+/g, " ").trim();
}

function lineOf(block: Block): string {
  if (block.kind === "item") return `${block.marker} ${block.text}`;
  if (block.kind !== "table") return block.text;
  return [block.header ?? [], ...block.rows].flat().filter(Boolean).join(", ");
}
