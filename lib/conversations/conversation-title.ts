import { isBlank } from "#lib/contract/blank-text.ts";

const maxLength = 80;

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/**
 * Returns a conversation's first title: the first line of a message, cut between words to at most 80 UTF-16 units.
 * Expects a message without blank lines at the beginning.
 */
export function conversationTitle(message: string): string {
  const line = message.trim().split(/[\r\n\u2028\u2029]/, 1)[0] ?? "";
  if (line.length <= maxLength) return line;
  // Searches 80 units for the last space. The text before that space leaves one unit for the ellipsis.
  const lastSpace = line.slice(0, maxLength).search(/\s\S*$/);
  const words = line.slice(0, Math.max(0, lastSpace));
  // A line without a space in reach (a long link, Chinese) is cut between two characters.
  const cut = isBlank(words) ? wholeGraphemes(line, maxLength - 1) : words;
  return `${cut.trimEnd()}…`;
}

/** Returns as many whole characters, as a person counts them, as fit into `maxUnits` UTF-16 units. */
function wholeGraphemes(text: string, maxUnits: number): string {
  let end = 0;
  for (const { index, segment } of graphemes.segment(text)) {
    if (index + segment.length > maxUnits) break;
    end = index + segment.length;
  }
  if (end > 0) return text.slice(0, end);
  // A single character may carry any number of marks. Such a character is cut, but not inside a surrogate pair.
  const start = text.slice(0, maxUnits);
  return start.isWellFormed() ? start : start.slice(0, -1);
}
