import type { Range } from "./find-words.ts";

/** A passage as the model has read it. `start` and `end` say where it stands in the document's whole text. */
export interface ReceivedPassage extends Range {
  versionId: string;
  text: string;
}

interface NumberedPassage extends ReceivedPassage {
  index: number;
}

/** A text that a turn has read in one piece. */
export interface ReceivedText {
  text: string;
  /** Returns where a range of the text stands in the document, and the number of the passage that holds it: a cited one if possible. */
  placeOf(range: Range, cited: readonly number[]): Range & { index: number };
}

/** Between two blocks of a document. */
const longestBreak = 2;

/**
 * Returns the texts of one document's passages. Passages that follow one another are one text, because a quotation may begin in
 * one and end in the next. A passage that repeats the header of its table is a text of its own as well.
 */
export function receivedTexts(passages: readonly NumberedPassage[]): ReceivedText[] {
  const ordered = passages.toSorted((one, other) => one.start - other.start || other.end - one.end);
  const withHeader = ordered.filter((passage) => headerUnits(passage) > 0).map(ownText);
  return [...joinedTexts(ordered), ...withHeader];
}

/** A chunk of a table begins with the table's header, which stands elsewhere in the document. */
const headerUnits = ({ text, start, end }: ReceivedPassage): number =>
  Math.max(0, text.length - (end - start));

const bodyOf = (passage: ReceivedPassage): string => passage.text.slice(headerUnits(passage));

function joinedTexts(ordered: readonly NumberedPassage[]): ReceivedText[] {
  const groups: { text: string; start: number; members: NumberedPassage[] }[] = [];
  for (const passage of ordered) {
    const group = groups.at(-1);
    const gap = group
      ? passage.start - (group.start + group.text.length)
      : Number.POSITIVE_INFINITY;
    if (group && gap <= longestBreak) {
      group.text += gap > 0 ? "\n".repeat(gap) + bodyOf(passage) : bodyOf(passage).slice(-gap);
      group.members.push(passage);
    } else groups.push({ text: bodyOf(passage), start: passage.start, members: [passage] });
  }
  return groups.map(({ text, start, members }) => ({
    text,
    placeOf(range, cited) {
      const place = { start: start + range.start, end: start + range.end };
      const holding = members.filter((one) => one.start < place.end && place.start < one.end);
      const whole = holding.filter((one) => one.start <= place.start && place.end <= one.end);
      const isCited = ({ index }: NumberedPassage) => cited.includes(index);
      const best = whole.find(isCited) ?? holding.find(isCited) ?? whole[0] ?? holding[0];
      return { ...place, index: best?.index ?? 0 };
    },
  }));
}

/** Words of the repeated header are shown at the rows under it. */
function ownText(passage: NumberedPassage): ReceivedText {
  const header = headerUnits(passage);
  return {
    text: passage.text,
    placeOf: ({ start, end }) => ({
      index: passage.index,
      start: passage.start + Math.max(0, start - header),
      end: end > header ? passage.start + end - header : passage.end,
    }),
  };
}
