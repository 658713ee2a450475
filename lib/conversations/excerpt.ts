import type { Excerpt, Mark } from "#lib/contract/conversation.ts";
import { foldedText } from "./folded-text.ts";

/** A part of a longer text. */
interface Passage {
  text: string;
  /** The longer text begins, or ends, with the passage. */
  isStart: boolean;
  isEnd: boolean;
}

const unitsBefore = 40;
const maxUnits = 160;
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/**
 * Returns a line of about 160 UTF-16 units around the first match, and the marks of all matches in the line.
 * @param words folded, see `foldedText`
 */
export function excerptOf(passage: Passage, words: string[]): Omit<Excerpt, "turn_id"> {
  const marks = findWords(passage.text, words);
  const first = marks[0] ?? { start: 0, end: 0 };
  const start = startOfLine(passage.text, first);
  const end = endOfLine(passage.text, Math.max(start + maxUnits, first.end));
  const before = start === 0 && passage.isStart ? "" : "…";
  const after = end === passage.text.length && passage.isEnd ? "" : "…";
  // Replaces one unit by one unit, so that the marks stay valid.
  const line = passage.text.slice(start, end).replaceAll(/\s/g, " ");
  return {
    text: `${before}${line}${after}`,
    marks: marks
      .filter((mark) => mark.start >= start && mark.end <= end)
      .map((mark) => ({
        start: mark.start - start + before.length,
        end: mark.end - start + before.length,
      })),
  };
}

/**
 * Returns the marks of all matches, in order and without overlaps. A mark covers whole characters as a person sees them.
 * @param words folded, see `foldedText`
 */
export function findWords(text: string, words: string[]): Mark[] {
  let folded = "";
  /** For each unit of the folded text, the character of the text that it comes from. */
  const origins: Mark[] = [];
  for (const { segment, index } of graphemes.segment(text)) {
    const piece = foldedText(segment);
    folded += piece;
    for (let i = 0; i < piece.length; i += 1) {
      origins.push({ start: index, end: index + segment.length });
    }
  }
  const found: Mark[] = [];
  for (const word of words) {
    for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + 1)) {
      const [from, to] = [origins[at], origins[at + word.length - 1]];
      if (from && to) found.push({ start: from.start, end: to.end });
    }
  }
  return mergeOverlaps(found.toSorted((a, b) => a.start - b.start));
}

function mergeOverlaps(marks: Mark[]): Mark[] {
  const merged: Mark[] = [];
  for (const mark of marks) {
    const last = merged.at(-1);
    if (last === undefined || mark.start > last.end) merged.push({ ...mark });
    else last.end = Math.max(last.end, mark.end);
  }
  return merged;
}

/** Cuts before a word if one begins within reach, and otherwise before a character. */
function startOfLine(text: string, { start }: Mark): number {
  const earliest = start - unitsBefore;
  if (earliest <= 0) return 0;
  const space = text.slice(earliest, start).search(/\s\S/);
  return space >= 0 ? earliest + space + 1 : characterBoundary(text, earliest);
}

function endOfLine(text: string, latest: number): number {
  if (latest >= text.length) return text.length;
  const space = text.slice(0, latest + 1).search(/\s\S*$/);
  return latest - space <= unitsBefore && space > 0 ? space : characterBoundary(text, latest);
}

const characterBoundary = (text: string, unit: number): number =>
  graphemes.segment(text).containing(unit)?.index ?? unit;
