import { type ComparableText, comparableText, gapsAgree, minus } from "./comparable-text.ts";
import { hasNegation, isNegationAfter, isNegationBefore } from "./negation.ts";

/** Where words stand in a text, in UTF-16 units. */
export interface Range {
  start: number;
  end: number;
}

export interface QuotedWords {
  whole: ComparableText;
  /** An ellipsis leaves words out between two of them. The source itself may have an ellipsis. */
  pieces: ComparableText[];
  /** The answer negates in its own words, outside the quotation marks. */
  isNegated: boolean;
}

export type Finding =
  | ({ outcome: "found" } & Range)
  /** The words stand there, but the source negates them directly before or after. The range includes the negation. */
  | ({ outcome: "negated" } & Range)
  | { outcome: "missing" };

const ellipsis = /[[(]?(?:\u2026|\.{3,}|\. \. \.)[\])]?/u;

/** @param around the answer's sentence outside the quotation marks */
export function quotedWords(quotation: string, around: string): QuotedWords {
  const pieces = quotation
    .split(ellipsis)
    .map(comparableText)
    .filter(({ units }) => /[\p{L}\p{N}]/u.test(units));
  return { whole: comparableText(quotation), pieces, isNegated: hasNegation(around) };
}

const scriptsWithoutSpaces =
  "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}";
const wordsOf = new RegExp(`[${scriptsWithoutSpaces}]{4}|[\\p{L}\\p{M}\\p{N}]+`, "gu");
const unspaced = new RegExp(`[${scriptsWithoutSpaces}]`, "u");

/**
 * Whether the words are a quotation: two words, or a number. One word is a term, which stands in nearly every passage or is the
 * author's own.
 */
export const isQuotation = (words: string): boolean =>
  /\p{Nd}/u.test(words) || countWords(words) > 1;

function countWords(words: string): number {
  const parts = words.match(wordsOf) ?? [];
  // Four characters of a script without spaces are about two words.
  return parts.reduce((sum, part) => sum + (unspaced.test(part) && part.length >= 4 ? 2 : 1), 0);
}

/**
 * Looks for a quotation in a source. Its pieces must come in their order, and each of several needs two words: single words could
 * make any sentence.
 */
export function findWords(quoted: QuotedWords, source: ComparableText): Finding {
  const { whole, pieces, isNegated } = quoted;
  if (pieces.length === 0) return { outcome: "missing" };
  if (pieces.length > 1) {
    const found = findInOrder([whole], source, isNegated);
    if (found.outcome === "found") return found;
    if (pieces.some((piece) => countWords(spaced(piece, 0, piece.units.length)) < 2))
      return { outcome: "missing" };
  }
  return findInOrder(pieces, source, isNegated);
}

function findInOrder(
  pieces: readonly ComparableText[],
  source: ComparableText,
  isNegated: boolean,
): Finding {
  let from = 0;
  let start: number | undefined;
  let end = 0;
  for (const [position, piece] of pieces.entries()) {
    const found = findPiece(piece, source, from, { mayChangeCase: position === 0, isNegated });
    if (found.outcome === "missing") return found;
    if (found.outcome === "negated") return { outcome: "negated", ...rangeIn(source, found) };
    start ??= found.start;
    from = found.end;
    end = found.end;
  }
  return { outcome: "found", ...rangeIn(source, { start: start ?? 0, end }) };
}

const rangeIn = (source: ComparableText, { start, end }: Range): Range => ({
  start: source.starts[start] ?? 0,
  end: source.ends[end - 1] ?? 0,
});

interface PieceOptions {
  /** The first letter of a quotation may be changed to fit its sentence. */
  mayChangeCase: boolean;
  isNegated: boolean;
}

/** Positions are those of units. */
function findPiece(
  piece: ComparableText,
  source: ComparableText,
  from: number,
  { mayChangeCase, isNegated }: PieceOptions,
): Finding {
  let negated: Finding = { outcome: "missing" };
  for (const words of formsOf(piece, mayChangeCase)) {
    for (
      let start = source.units.indexOf(words, from);
      start !== -1;
      start = source.units.indexOf(words, start + 1)
    ) {
      const end = start + words.length;
      if (!hasSameGaps(piece, source, start, words.length) || cutsWord(source, start, end))
        continue;
      const wide = isNegated ? undefined : withNegation(source, start, end);
      if (!wide) return { outcome: "found", start, end };
      negated = { outcome: "negated", ...wide };
    }
  }
  return negated;
}

/** A comma or a full stop may belong to the sentence around the quotation. */
function* formsOf({ units }: ComparableText, mayChangeCase: boolean): Generator<string> {
  for (const words of new Set([units, units.replace(/[.,;:]$/, "")])) {
    yield words;
    const [first = ""] = words;
    if (!mayChangeCase) continue;
    for (const other of new Set([first.toLowerCase(), first.toUpperCase()])) {
      if (other !== first && other.length === first.length) yield other + words.slice(first.length);
    }
  }
}

function hasSameGaps(
  piece: ComparableText,
  source: ComparableText,
  start: number,
  length: number,
): boolean {
  for (let at = 1; at < length; at += 1) {
    const one = piece.gaps[at] ?? "none";
    const other = source.gaps[start + at] ?? "none";
    if (!gapsAgree(one, other) && !isLoose(piece.units, at)) return false;
  }
  return true;
}

/** Languages differ in the space before these marks: "5 %" and "5%", "quoi ?" and "quoi?". */
const isLoose = (units: string, at: number): boolean =>
  /[%‰°€$£¥§?!;:()']/.test(units.slice(at - 1, at + 1));

/**
 * Whether the range begins or ends inside a word or a number: "5 days" is not in "15 days", in "1.5 days" or in "-5 days", and "five
 * days" is not in "twenty-five days".
 */
function cutsWord(source: ComparableText, start: number, end: number): boolean {
  const { units, gaps } = source;
  const isGlued = (at: number) => at > 0 && at < units.length && gaps[at] === "none";
  const isWord = (at: number) => wordUnit.test(units[at] ?? "") && !unspaced.test(units[at] ?? "");
  if (isGlued(start) && isWord(start - 1) && isWord(start)) return true;
  if (isGlued(end) && isWord(end - 1) && isWord(end)) return true;
  if (/^hyphen/.test(gaps[start] ?? "") || /^hyphen/.test(gaps[end] ?? "")) return true;
  // A mark belongs to the letter before.
  if (mark.test(units[end] ?? "")) return true;

  if (units[start - 1] === minus) return true;
  const near = 12;
  const before = spaced(source, Math.max(0, start - near), start);
  const after = spaced(source, end, Math.min(units.length, end + near));
  if (digit.test(units[start] ?? "")) {
    if (/[<≤≥≠] ?$/.test(before)) return true;
    if (isGlued(start) && /\p{Nd}[.,'/:-]$/u.test(before)) return true;
    const hasThree = /^ ?\p{Nd}{3}(?!\p{Nd})/u.test(spaced(source, start, start + 4));
    if (!isGlued(start) && hasThree && /\p{Nd}$/u.test(before)) return true;
  }
  if (digit.test(units[end - 1] ?? "")) {
    if (/^(?:[.,'/:-]\p{Nd}| ?[%‰])/u.test(after)) return true;
    if (/^ \p{Nd}{3}(?!\p{Nd})/u.test(after)) return true;
  }
  return false;
}

/** Returns units with a space in each gap. */
function spaced({ units, gaps }: ComparableText, start: number, end: number): string {
  let text = "";
  for (let at = start; at < end; at += 1) {
    text += (gaps[at] === "none" ? "" : " ") + (units[at] ?? "");
  }
  return text;
}

/** Returns the range with the negation that stands directly before or after it, or undefined if there is none. */
function withNegation(source: ComparableText, start: number, end: number): Range | undefined {
  const { units, gaps } = source;
  let first = start;
  while (
    first > 0 &&
    wordUnit.test(units[first - 1] ?? "") &&
    (first === start || gaps[first] === "none")
  )
    first -= 1;
  // An apostrophe and the letters before it: "don't".
  if (units[first - 1] === "'" && gaps[first] === "none" && first > 1) {
    first -= 1;
    while (first > 0 && wordUnit.test(units[first - 1] ?? "") && gaps[first] === "none") first -= 1;
  }
  let last = end;
  while (
    last < units.length &&
    /[\p{L}\p{M}\p{N}']/u.test(units[last] ?? "") &&
    (last === end || gaps[last] === "none")
  )
    last += 1;
  const before = units.slice(first, start);
  const after = units.slice(end, last);
  if (isNegationBefore(before)) return { start: first, end };
  if (isNegationAfter(after, gaps[end] === "dash")) return { start, end: last };
  return undefined;
}

const wordUnit = /[\p{L}\p{M}\p{N}]/u;
const mark = /\p{M}/u;
const digit = /\p{Nd}/u;
