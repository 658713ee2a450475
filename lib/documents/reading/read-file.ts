import { refuseOtherFormat } from "./check-format.ts";
import { type DocumentFile, moreThan, type ReadLimits } from "./document-file.ts";
import { partText } from "./part-text.ts";
import type { ReadDocument } from "./read-document.ts";
import { readers } from "./readers.ts";

/**
 * Reads a file in this thread.
 * @throws DocumentFault if the file is of another format, damaged or beyond a limit, and whatever a parser throws
 */
export async function readFile(file: DocumentFile, limits: ReadLimits): Promise<ReadDocument> {
  refuseOtherFormat(file);
  const read = await readers[file.format]();
  const document = await read(file, limits);
  refuseBeyond(document, limits);
  return document;
}

/** Readers stop early where a file could become much larger in memory. This holds for all of them. */
function refuseBeyond({ parts }: ReadDocument, limits: ReadLimits): void {
  if (parts.length > limits.pages) throw moreThan(limits.pages, "pages");
  let cells = 0;
  let characters = 0;
  for (const { blocks } of parts) {
    for (const block of blocks) {
      if (block.kind === "table") cells += block.rows.reduce((sum, row) => sum + row.length, 0);
    }
    characters += partText(blocks).text.length;
  }
  if (cells > limits.cells) throw moreThan(limits.cells, "cells");
  if (characters > limits.characters) throw moreThan(limits.characters, "characters");
}
