/**
 * The whole sentences in `text` after position `from`, as they should be spoken, and the position after them.
 * A sentence is whole when something follows its end; `isComplete` says that nothing follows any more.
 */
export function nextSentences(
  text: string,
  from: number,
  isComplete: boolean,
): { spoken: string; to: number } {
  const rest = text.slice(from);
  const end = isComplete ? rest.length : lastSentenceEnd(rest);
  return { spoken: withoutMarks(rest.slice(0, end)), to: from + end };
}

function lastSentenceEnd(text: string): number {
  let end = 0;
  for (const match of text.matchAll(/[.!?:…。！？](?=\s)|\n/g)) end = match.index + match[0].length;
  return end;
}

/** Markdown's signs are for the eye. */
function withoutMarks(text: string): string {
  return text
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/[*_`#>|~]+/g, "")
    .replace(/\s+/g, " ")
    .trim();
}
