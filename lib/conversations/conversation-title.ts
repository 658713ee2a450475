const maxLength = 80;

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/**
 * A conversation's first title: the first line of its first message, at most 80 UTF-16 units, cut between words.
 * The message has no blank line at its beginning.
 */
export function conversationTitle(message: string): string {
  const line = message.trim().split(/[\r\n\u2028\u2029]/, 1)[0] ?? "";
  if (line.length <= maxLength) return line;
  // One unit is left for the ellipsis, and one shows whether a word ends here.
  const lastSpace = line.slice(0, maxLength).search(/\s\S*$/);
  // Without a space in reach (a long link, Chinese) the line is cut anywhere between two characters.
  const cut = lastSpace > 0 ? line.slice(0, lastSpace) : wholeGraphemes(line, maxLength - 1);
  return `${cut.trimEnd()}…`;
}

/** As many whole characters, as a person counts them, as fit into `maxUnits` UTF-16 units. */
function wholeGraphemes(text: string, maxUnits: number): string {
  let end = 0;
  for (const { index, segment } of graphemes.segment(text)) {
    if (index + segment.length > maxUnits) break;
    end = index + segment.length;
  }
  if (end > 0) return text.slice(0, end);
  // A single character may have any number of marks; then the cut only spares surrogate pairs.
  const start = text.slice(0, maxUnits);
  return start.isWellFormed() ? start : start.slice(0, -1);
}
