import type { Block } from "./read-document.ts";
import { shownText } from "./shown-text.ts";

/** A piece of a part's text that is never cut for its structure: a block, or a row of a table. */
export interface TextPiece {
  block: Block;
  isHeader: boolean;
  /** In UTF-16 units from the part's beginning. */
  start: number;
  end: number;
}

/**
 * Returns the text of a part, as it is stored and shown, and where its pieces stand. A blank line separates blocks, except
 * neighbouring items of a list. Rows of a table stand below each other, and their cells are separated by " | ".
 */
export function partText(blocks: readonly Block[]): { text: string; pieces: TextPiece[] } {
  const pieces: TextPiece[] = [];
  let text = "";
  let previous: Block | undefined;
  for (const block of blocks) {
    for (const { line, isHeader } of linesOf(block)) {
      if (line === "") continue;
      if (previous !== undefined) text += isTight(previous, block) ? "\n" : "\n\n";
      pieces.push({ block, isHeader, start: text.length, end: text.length + line.length });
      text += line;
      previous = block;
    }
  }
  return { text, pieces };
}

function linesOf(block: Block): { line: string; isHeader: boolean }[] {
  if (block.kind === "table") {
    const header = block.header ? [{ line: rowText(block.header), isHeader: true }] : [];
    return [...header, ...block.rows.map((row) => ({ line: rowText(row), isHeader: false }))];
  }
  if (block.kind === "code") return [{ line: shownText(block.text).trimEnd(), isHeader: false }];
  const text = shownText(block.text).trim();
  if (block.kind !== "item" || text === "") return [{ line: text, isHeader: false }];
  const indentation = "  ".repeat(block.depth);
  const marker = block.marker === "" ? "" : `${block.marker} `;
  return [{ line: `${indentation}${marker}${text}`, isHeader: false }];
}

const isTight = (previous: Block, block: Block): boolean =>
  previous === block || (previous.kind === "item" && block.kind === "item");

/** Returns an empty text for a row of empty cells. */
function rowText(cells: readonly string[]): string {
  const texts = cells.map((cell) => shownText(cell).replace(/\s+/g, " ").trim());
  return texts.every((text) => text === "") ? "" : texts.join(" | ");
}
