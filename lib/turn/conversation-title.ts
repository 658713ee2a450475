const maxLength = 80;

/** A conversation's first title: its first message's first line, at most 80 characters, cut between words. */
export function conversationTitle(message: string): string {
  const line = message.trim().split(/[\r\n]/, 1)[0] ?? "";
  if (line.length <= maxLength) return line;
  const start = line.slice(0, maxLength); // one left for the ellipsis, one to see whether a word ends here
  const lastSpace = start.search(/\s\S*$/);
  // Without a space in reach (a long link, Chinese) it is cut anywhere, yet never inside a surrogate pair.
  const cut = lastSpace > 0 ? start.slice(0, lastSpace) : withoutHalfPair(start.slice(0, -1));
  return `${cut.trimEnd()}…`;
}

function withoutHalfPair(text: string): string {
  return text.isWellFormed() ? text : text.slice(0, -1);
}
