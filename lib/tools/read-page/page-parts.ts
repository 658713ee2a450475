import type { Block } from "./block-writer.ts";

/** The gate cuts an output for the model at 8 KB. The rest is for the lines above a part. */
export const maxPartBytes = 7 * 1024;

/** Joins blocks to parts of at most `maxBytes`. Cuts between blocks, and inside a block only if it alone is longer. */
export function partsOf(blocks: readonly Block[], maxBytes = maxPartBytes): string[] {
  const parts: string[] = [];
  let pieces: string[] = [];
  let bytes = 0;
  for (const block of blocks) {
    for (const [index, text] of cutBlock(block.text, maxBytes).entries()) {
      const separator = block.isTight || index > 0 ? "\n" : "\n\n";
      const added = Buffer.byteLength(text);
      if (pieces.length > 0 && bytes + separator.length + added > maxBytes) {
        parts.push(ownText(pieces));
        pieces = [];
        bytes = 0;
      }
      if (pieces.length > 0) {
        pieces.push(separator);
        bytes += separator.length;
      }
      pieces.push(text);
      bytes += added;
    }
  }
  if (pieces.length > 0) parts.push(ownText(pieces));
  return parts;
}

/** Copies the text: a piece that was cut from a text keeps all of it in memory. */
const ownText = (pieces: readonly string[]): string => Buffer.from(pieces.join("")).toString();

/** Returns the number, from 1, of the part that holds most of the words, or undefined if none holds any. */
export function partWith(parts: readonly string[], words: string): number | undefined {
  const wanted = [...new Set(folded(words).split(/\s+/))].filter((word) => word !== "");
  let best: { number: number; found: number } | undefined;
  for (const [index, part] of parts.entries()) {
    const text = folded(part);
    const found = wanted.filter((word) => text.includes(word)).length;
    if (found > (best?.found ?? 0)) best = { number: index + 1, found };
  }
  return best?.number;
}

/** Without case and accents. */
const folded = (text: string): string =>
  text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** Cuts at the end of a line, else of a word, else of a character. */
function cutBlock(text: string, maxBytes: number): string[] {
  if (text.length <= maxBytes && Buffer.byteLength(text) <= maxBytes) return [text];
  const pieces: string[] = [];
  let rest = text;
  while (rest !== "") {
    const fitting = startWithin(rest, maxBytes);
    const end = fitting.length === rest.length ? rest.length : endOfCut(fitting);
    pieces.push(rest.slice(0, end));
    rest = rest.slice(end).replace(/^[ \n]/, "");
  }
  return pieces;
}

/** Returns the longest start of a text that has at most this many bytes, without half a character. */
function startWithin(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text.slice(0, maxBytes));
  return new TextDecoder().decode(bytes.subarray(0, maxBytes), { stream: bytes.length > maxBytes });
}

function endOfCut(text: string): number {
  const line = text.lastIndexOf("\n");
  if (line > text.length / 2) return line;
  const word = text.lastIndexOf(" ");
  return word > text.length / 2 ? word : text.length;
}
