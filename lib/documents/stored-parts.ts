/** What `document_parts` and `document_chunks` store of a document that was read. */
import type { ChunkedDocument } from "./chunking/chunk-document.ts";

interface PartRow {
  number: number;
  kind: string;
  label: string | null;
  start: number;
  text: string;
}

interface ChunkRow {
  ordinal: number;
  text: string;
  heading_path: string[];
  part: number;
  start_unit: number;
  end_unit: number;
}

/** Short enough that a page of a document's text has several rows. */
const longestRow = 65_536;

/** Returns a row for each part. A longer part becomes several rows that follow each other without a gap. */
export function partRows(parts: ChunkedDocument["parts"]): PartRow[] {
  return parts.flatMap(({ number, kind, label, start, text }) => {
    const rows: PartRow[] = [];
    let from = 0;
    do {
      const to = endOfRow(text, from);
      const piece = storable(text.slice(from, to));
      rows.push({
        number,
        kind,
        label: label === undefined ? null : storable(label),
        start: start + from,
        text: piece,
      });
      from = to;
    } while (from < text.length);
    return rows;
  });
}

/** At the end of a line, if the second half of the row has one; never inside a surrogate pair. */
function endOfRow(text: string, from: number): number {
  const most = from + longestRow;
  if (most >= text.length) return text.length;
  const line = text.lastIndexOf("\n", most - 1) + 1;
  if (line > from + longestRow / 2) return line;
  const isInsidePair = (text.charCodeAt(most) & 0xfc00) === 0xdc00;
  return isInsidePair ? most - 1 : most;
}

export const chunkRows = (chunks: ChunkedDocument["chunks"]): ChunkRow[] =>
  chunks.map(({ ordinal, text, headingPath, part, start, end }) => ({
    ordinal,
    text: storable(text),
    heading_path: headingPath.map(storable),
    part,
    start_unit: start,
    end_unit: end,
  }));

/** What PostgreSQL cannot store becomes U+FFFD, so that all places in the text stay. */
export const storable = (text: string) => text.replaceAll("\u0000", "\ufffd").toWellFormed();
