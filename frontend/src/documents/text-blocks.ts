/** A piece of a document's text that the browser lays out by itself. `mark` is the quoted range in it, if there is one. */
export interface TextBlock {
  start: number;
  text: string;
  mark: { from: number; to: number } | null;
}

/** UTF-16 units. The browser does not lay out blocks that are out of sight. */
const longestBlock = 4_000;

/** Cuts a part's text into blocks at line ends. `start` is the part's place in the document, `range` a quoted range of it. */
export function textBlocks(
  text: string,
  start: number,
  range: { start: number; end: number } | null,
): TextBlock[] {
  const blocks: TextBlock[] = [];
  for (let from = 0; from < text.length; ) {
    const to = blockEnd(text, from);
    blocks.push({
      start: start + from,
      text: text.slice(from, to),
      mark: range && markIn(range, start + from, start + to),
    });
    from = to;
  }
  return blocks;
}

/** Returns the end of the block: the last line end within its length, else the first one after it. */
function blockEnd(text: string, from: number): number {
  if (text.length - from <= longestBlock) return text.length;
  const last = text.lastIndexOf("\n", from + longestBlock);
  if (last > from) return last + 1;
  const next = text.indexOf("\n", from + longestBlock);
  return next === -1 ? text.length : next + 1;
}

function markIn(range: { start: number; end: number }, from: number, to: number) {
  const mark = { from: Math.max(range.start, from) - from, to: Math.min(range.end, to) - from };
  return mark.from < mark.to ? mark : null;
}
