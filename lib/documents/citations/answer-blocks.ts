import type { Range } from "./find-words.ts";

/** One paragraph, list item, heading, blockquote or row of a table. Offsets are those of the whole answer. */
export interface AnswerBlock extends Range {
  kind: "text" | "quote" | "row";
}

/**
 * Returns an answer of the same length in which nothing is left of its code and of the addresses of its links: they hold no
 * quotations and no numbers of the answer.
 */
export function withoutCode(text: string): string {
  const blank = (start: number, end: number) => text.slice(start, end).replace(/[^\n]/g, blanked);
  let result = "";
  let from = 0;
  for (const { start, end } of codeRanges(text)) {
    result += text.slice(from, start) + blank(start, end);
    from = end;
  }
  result += text.slice(from);
  return result
    .replace(
      /(\]\()((?:[^()\s]|\([^()\s]*\))+)(?=[\s)])/g,
      (_, opening: string, url: string) => opening + blanked.repeat(url.length),
    )
    .replace(/\bhttps?:\/\/[^\s<>)\]]+/g, (url) => blanked.repeat(url.length));
}

/** Of the Unicode class of unassigned private characters: no letter, no digit, no mark. */
const blanked = "\ue000";

/** Fenced blocks, and code in a line. */
function codeRanges(text: string): Range[] {
  const ranges: Range[] = [];
  let fence: { start: number; mark: string } | undefined;
  let paragraphStart = 0;
  let at = 0;
  const endParagraph = (end: number, next: number) => {
    ranges.push(...codeInParagraph(text, { start: paragraphStart, end }));
    paragraphStart = next;
  };
  for (const line of text.split("\n")) {
    const [start, end] = [at, at + line.length];
    at = end + 1;
    const mark = /^[ \t>]*(?:[-*+]\s+|\d{1,9}[.)]\s+)?(`{3,}(?=[^`]*$)|~{3,})/.exec(line)?.[1];
    if (fence) {
      const isClosed = mark?.startsWith(fence.mark) && line.trimEnd().endsWith(mark);
      if (!isClosed) continue;
      ranges.push({ start: fence.start, end });
      fence = undefined;
      paragraphStart = at;
    } else if (mark) {
      endParagraph(start, start);
      fence = { start, mark };
    } else if (line.trim() === "") {
      endParagraph(start, at);
    }
  }
  if (fence) ranges.push({ start: fence.start, end: text.length });
  else endParagraph(text.length, text.length);
  return ranges;
}

/** Code ends with as many backticks as it begins with. */
function codeInParagraph(text: string, { start, end }: Range): Range[] {
  const runs = [...text.slice(start, end).matchAll(/\\`|`+/g)].filter(
    ({ 0: run }) => run[0] === "`",
  );
  const ranges: Range[] = [];
  const unclosed = new Set<number>();
  for (let first = 0; first < runs.length; first += 1) {
    const opening = runs[first];
    if (!opening || unclosed.has(opening[0].length)) continue;
    let last = first + 1;
    while (last < runs.length && runs[last]?.[0].length !== opening[0].length) last += 1;
    const closing = runs[last];
    if (!closing) {
      unclosed.add(opening[0].length);
      continue;
    }
    ranges.push({ start: start + opening.index, end: start + closing.index + closing[0].length });
    first = last;
  }
  return ranges;
}

/** Returns the blocks of an answer without code, in order. */
export function answerBlocks(text: string): AnswerBlock[] {
  const blocks: AnswerBlock[] = [];
  let open: AnswerBlock | undefined;
  let at = 0;
  for (const line of text.split("\n")) {
    const [start, end] = [at, at + line.length];
    at = end + 1;
    const kind = kindOf(line);
    const continues = open && kind === open.kind && kind !== "row" && !startsBlock(line, kind);
    if (line.trim() === "" || line.trim() === ">") {
      // A blank line of a quote continues it; a line without its mark ends it.
      open = line.includes(">") && open?.kind === "quote" ? open : undefined;
    } else if (open && continues) {
      open.end = end;
    } else {
      open = { kind, start, end };
      blocks.push(open);
    }
    if (/^\s*#{1,6}\s/.test(line)) open = undefined;
  }
  return blocks;
}

const kindOf = (line: string): AnswerBlock["kind"] =>
  /^\s*(?:(?:[-*+•]|\d{1,9}[.)])\s+)?>/.test(line)
    ? "quote"
    : /^\s*\|.*\|\s*$/.test(line)
      ? "row"
      : "text";

const startsBlock = (line: string, kind: AnswerBlock["kind"]): boolean =>
  kind === "text" && /^\s*(?:[-*+•]|\d{1,9}[.)]|#{1,6})\s/.test(line);
