import type { Excerpt, Mark } from "#lib/contract/conversation.ts";
import { foldedText } from "./folded-text.ts";

interface Passage {
  text: string;
  /** Whether the whole text begins or ends with the passage. */
  isStart: boolean;
  isEnd: boolean;
}

const unitsBefore = 40;
const maxUnits = 160;
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** A line of about 160 UTF-16 units around the first of the words, and where the words are in it. The words are folded. */
export function excerptOf(passage: Passage, words: string[]): Omit<Excerpt, "turn_id"> {
  const marks = findWords(passage.text, words);
  const first = marks[0] ?? { start: 0, end: 0 };
  const start = startOfLine(passage.text, first);
  const end = endOfLine(passage.text, Math.max(start + maxUnits, first.end));
  const before = start === 0 && passage.isStart ? "" : "…";
  const after = end === passage.text.length && passage.isEnd ? "" : "…";
  // One sign for one, so that the places stay.
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

/** Where the words are, in order, without overlaps. A mark covers whole characters as a person sees them. */
export function findWords(text: string, words: string[]): Mark[] {
  let folded = "";
  /** For each unit of the folded text, which units of the text it comes from. */
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
  return joined(found.toSorted((a, b) => a.start - b.start));
}

function joined(marks: Mark[]): Mark[] {
  const joined: Mark[] = [];
  for (const mark of marks) {
    const last = joined.at(-1);
    if (last === undefined || mark.start > last.end) joined.push({ ...mark });
    else last.end = Math.max(last.end, mark.end);
  }
  return joined;
}

/** At the beginning of a word where there is one in reach, else of a character. */
function startOfLine(text: string, { start }: Mark): number {
  const from = start - unitsBefore;
  if (from <= 0) return 0;
  const space = text.slice(from, start).search(/\s\S/);
  return space >= 0 ? from + space + 1 : boundaryAt(text, from);
}

function endOfLine(text: string, to: number): number {
  if (to >= text.length) return text.length;
  const space = text.slice(0, to + 1).search(/\s\S*$/);
  return to - space <= unitsBefore && space > 0 ? space : boundaryAt(text, to);
}

const boundaryAt = (text: string, unit: number): number =>
  graphemes.segment(text).containing(unit)?.index ?? unit;
