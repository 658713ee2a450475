import { raisedText } from "#lib/documents/reading/office/raised-text.ts";
import { isRightToLeft, logicalOrder } from "./logical-order.ts";
import type { PageWords } from "./page-words.ts";
import type { Word } from "./word.ts";

/** Words of a line without a wide gap between them. Between two segments of a line there may be a column's edge. */
export interface Segment {
  text: string;
  left: number;
  right: number;
  baseline: number;
  size: number;
  isBold: boolean;
}

/** From the left to the right. */
export interface Line {
  segments: Segment[];
  left: number;
  right: number;
  baseline: number;
  size: number;
  isBold: boolean;
  isRightToLeft: boolean;
}

/** In parts of the size of the text. Justified text has gaps of up to one, which are all alike. */
const segmentGap = 1.1;
/** A gap that is twice as wide as another one of its line. */
const unevenGap = 0.55;

/** Returns the segments of a page's upright text, and those of text that is turned. */
export function pageSegments({ words }: PageWords): { upright: Segment[]; turned: Segment[] } {
  const ofTurn = (turn: number) => segmentsOf(words.filter((word) => word.turn === turn));
  return { upright: ofTurn(0), turned: [90, 270, 180].flatMap(ofTurn) };
}

function segmentsOf(words: Word[]): Segment[] {
  return groupByLine(words).flatMap((line) => {
    const size = commonSize(line);
    const base = line.find((word) => Math.abs(word.size - size) < 0.01 * size) ?? line[0];
    const baseline = base?.baseline ?? 0;
    const spaced = joinSpacedLetters(line.toSorted((a, b) => a.left - b.left));
    const groups: Word[][] = [];
    const widest = widestGap(spaced, size);
    for (const word of spaced) {
      const last = groups.at(-1)?.at(-1);
      if (last && word.left - last.right < widest) groups.at(-1)?.push(word);
      else groups.push([word]);
    }
    return groups.map((group) => segmentOf(group, size, baseline));
  });
}

/** Returns the widest gap inside a segment of this line. */
function widestGap(words: Word[], size: number): number {
  const gaps = words.slice(1).map((word, index) => word.left - (words[index]?.right ?? 0));
  const blanks = gaps.filter((gap) => gap > 0.15 * size);
  const least = blanks.length > 1 ? Math.min(...blanks) : 0;
  return Math.min(segmentGap * size, Math.max(unevenGap * size, 2 * least));
}

function segmentOf(words: Word[], size: number, baseline: number): Segment {
  let text = "";
  let previous: Word | undefined;
  for (const word of words) {
    const isRaised = word.size < 0.85 * size && baseline - word.baseline > 0.15 * size;
    const shown = isRaised ? raisedText(word.text) : word.text;
    const isRepeated = previous !== undefined && isOverprint(previous, word);
    if (isRepeated) continue;
    const isApart =
      previous !== undefined &&
      word.left - previous.right >= 0.15 * Math.min(size, word.size * 1.2);
    const isDivided =
      previous?.hasBlankAfter &&
      word.left > previous.left &&
      word.left - previous.right > -0.1 * size;
    text += isApart || isDivided ? ` ${shown}` : shown;
    previous = word;
  }
  const letters = (some: Word[]) => some.reduce((sum, word) => sum + word.text.length, 0);
  return {
    text: logicalOrder(text),
    left: Math.min(...words.map(({ left }) => left)),
    right: Math.max(...words.map(({ right }) => right)),
    baseline,
    size: commonSize(words),
    isBold: letters(words.filter(({ isBold }) => isBold)) > 0.8 * letters(words),
  };
}

/** Some producers print a word twice, a little apart, for bold type or a shadow. */
const isOverprint = (first: Word, second: Word): boolean =>
  first.text === second.text &&
  Math.abs(first.left - second.left) < 0.12 * first.size &&
  Math.abs(first.right - second.right) < 0.12 * first.size;

/**
 * Joins letters that stand apart: Q U A R T E R L Y. A gap that is much wider than those between the letters divides words.
 */
function joinSpacedLetters(words: Word[]): Word[] {
  const joined: Word[] = [];
  let at = 0;
  while (at < words.length) {
    let end = at;
    while (end < words.length && isLetter(words[end])) end += 1;
    const letters = words.slice(at, end);
    if (letters.length >= 4) joined.push(...joinLetters(letters));
    else joined.push(...words.slice(at, Math.max(end, at + 1)));
    at = Math.max(end, at + 1);
  }
  return joined;
}

const isLetter = (word: Word | undefined): boolean =>
  word !== undefined &&
  /^\p{L}\p{M}*$/u.test(word.text) &&
  !/\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}/u.test(word.text);

function joinLetters(letters: Word[]): Word[] {
  const gaps = letters.slice(1).map((letter, index) => letter.left - (letters[index]?.right ?? 0));
  const usual = gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 3)] ?? 0;
  const first = letters[0];
  // Letters beside each other in a table or a formula are far apart.
  if (first === undefined || usual > 1.5 * first.size) return letters;
  const words: Word[] = [{ ...first }];
  letters.slice(1).forEach((letter, index) => {
    const last = words.at(-1);
    if (last && (gaps[index] ?? 0) < 1.5 * usual + 0.1 * letter.size) {
      last.text += letter.text;
      last.right = letter.right;
      last.hasBlankAfter = letter.hasBlankAfter;
    } else words.push({ ...letter });
  });
  return words;
}

/** Returns the size that most letters have. */
function commonSize(words: { text: string; size: number }[]): number {
  const letters = new Map<number, number>();
  for (const { text, size } of words) {
    const rounded = Math.round(size * 10) / 10;
    letters.set(rounded, (letters.get(rounded) ?? 0) + text.length);
  }
  return [...letters].toSorted(([sizeA, a], [sizeB, b]) => b - a || sizeB - sizeA)[0]?.[0] ?? 1;
}

/** Returns lines from the top to the bottom. */
export function linesOf(segments: Segment[]): Line[] {
  return groupByLine(segments).map((group) => {
    const sorted = group.toSorted((a, b) => a.left - b.left);
    const text = sorted.map(({ text }) => text).join(" ");
    return {
      segments: sorted,
      left: Math.min(...sorted.map(({ left }) => left)),
      right: Math.max(...sorted.map(({ right }) => right)),
      baseline: Math.max(...sorted.map(({ baseline }) => baseline)),
      size: commonSize(sorted),
      isBold: sorted.every(({ isBold }) => isBold),
      isRightToLeft: isRightToLeft(text),
    };
  });
}

/** Returns a line's text as a person reads it, with its segments joined by blanks. */
export const lineText = ({ segments, isRightToLeft: isReversed }: Line): string =>
  (isReversed ? segments.toReversed() : segments).map(({ text }) => text).join(" ");

const wordBox = ({ baseline, size }: { baseline: number; size: number }) => ({
  top: baseline - 0.75 * size,
  bottom: baseline + 0.2 * size,
});

/** Groups what overlaps in height by more than half of the smaller height. */
function groupByLine<Item extends { baseline: number; size: number }>(items: Item[]): Item[][] {
  const lines: { top: number; bottom: number; size: number; items: Item[] }[] = [];
  for (const item of items.toSorted((a, b) => a.baseline - b.baseline)) {
    const box = wordBox(item);
    const line = lines.slice(-4).findLast((candidate) => {
      const shared = Math.min(box.bottom, candidate.bottom) - Math.max(box.top, candidate.top);
      const least = Math.min(box.bottom - box.top, candidate.bottom - candidate.top);
      return shared > 0.5 * least;
    });
    if (line === undefined) lines.push({ ...box, size: item.size, items: [item] });
    else {
      line.items.push(item);
      // A raised number does not move the line of the text that it belongs to.
      if (item.size > line.size * 1.1) Object.assign(line, box, { size: item.size });
    }
  }
  return lines.toSorted((a, b) => a.bottom - b.bottom).map(({ items: grouped }) => grouped);
}
