import { tokensOfText } from "#lib/platform/estimate-tokens.ts";
import { type Span, trimmed } from "./split-sentences.ts";

/** Where a text that is too long is cut, best first: between lines, clauses, cells, words, ideographs' clauses. */
const cuts = [/\n/g, /[.!?;:]\s/g, / \| /g, /,\s/g, /\s/g, /[。！？；：、，।؛؟]/g];

/** Finds words in Chinese, Japanese and Thai, too. */
const words = new Intl.Segmenter("und", { granularity: "word" });

/**
 * Cuts the part of a text between two offsets into spans of at most `maxTokens`, for a sentence, a row or a line that is
 * longer than a chunk. Returns the whole part if it is not too long.
 */
export function splitLongText(text: string, { start, end }: Span, maxTokens: number): Span[] {
  const spans: Span[] = [];
  let first = start;
  while (first < end) {
    const cut = cutBefore(text, first, end, maxTokens);
    const span = trimmed(text, first, cut);
    if (span.start < span.end) spans.push(span);
    first = cut;
  }
  return spans;
}

/** Returns where the span that begins at `start` ends: behind it and not behind `end`. */
function cutBefore(text: string, start: number, end: number, maxTokens: number): number {
  // A token has at most four units, so more of them never fit.
  const window = text.slice(start, Math.min(end, start + maxTokens * 4));
  const fitting = fittingLength(window, maxTokens);
  if (start + fitting >= end) return end;
  const fits = window.slice(0, fitting);
  for (const cut of cuts) {
    const last = [...fits.matchAll(cut)].findLast(({ index }) => index >= fitting / 2);
    if (last) return start + last.index + last[0].length;
  }
  return start + lastWord(fits);
}

function fittingLength(window: string, maxTokens: number): number {
  if (tokensOfText(window) <= maxTokens) return window.length;
  let fits = 0;
  let tooLong = window.length;
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2);
    if (tokensOfText(window.slice(0, middle)) <= maxTokens) fits = middle;
    else tooLong = middle;
  }
  return Math.max(1, fits);
}

/** Returns where the last word begins, which may be cut in half. Does not cut a surrogate pair. */
function lastWord(text: string): number {
  const tail = text.slice(-64);
  const at = words.segment(tail).containing(tail.length - 1)?.index ?? 0;
  const cut = text.length - tail.length + at;
  if (cut > text.length / 2) return cut;
  return text.length > 1 && !text.isWellFormed() ? text.length - 1 : text.length;
}
