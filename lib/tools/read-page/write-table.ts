import type { Element, ParentNode } from "domhandler";
import { isHiddenOrNavigation } from "#lib/platform/html/hidden-elements.ts";
import { captionsOf, isLayoutTable, tableRows } from "#lib/platform/html/table-rows.ts";
import { BlockWriter, type TextRoom } from "./block-writer.ts";

/** Writes what a node holds. */
type WriteChildren = (writer: BlockWriter, node: ParentNode) => void;

const visibility = { isHidden: isHiddenOrNavigation };

/** Writes a table as rows of cells. A table that is there for the layout is text. */
export function writeTable(
  writer: BlockWriter,
  table: Element,
  writeChildren: WriteChildren,
): void {
  writer.endBlock();
  if (isLayoutTable(table, visibility)) {
    writeChildren(writer, table);
    writer.endBlock();
    return;
  }
  for (const caption of captionsOf(table, visibility)) {
    writeChildren(writer, caption);
    writer.endBlock();
  }
  writer.tight(() => writeRows(writer, table, writeChildren));
}

function writeRows(writer: BlockWriter, table: Element, writeChildren: WriteChildren): void {
  const textOf = (cell: Element) => textOfCell(cell, writer.room, writeChildren);
  for (const { texts, isHeader } of tableRows(table, { ...visibility, textOf })) {
    writeRow(writer, texts);
    if (isHeader) writeRow(writer, Array(texts.length).fill("---"));
    if (writer.isFull) return;
  }
}

function writeRow(writer: BlockWriter, texts: readonly string[]): void {
  writer.written(`| ${texts.join(" | ")} |`);
}

function textOfCell(cell: Element, room: TextRoom, writeChildren: WriteChildren): string {
  // The row that holds the text takes the room.
  const writer = new BlockWriter({ ...room });
  writeChildren(writer, cell);
  writer.endBlock();
  const text = writer.blocks.map((block) => block.text).join(" ");
  return text.replace(/\s+/g, " ").replaceAll("|", "\\|");
}
