import type { Citation, UnsourcedNumber } from "#lib/contract/citation.ts";

/** What the check of an answer says about some of its words. Offsets are UTF-16 units of the Markdown. */
export type WordMark =
  | { start: number; end: number; kind: "citation"; citation: Citation }
  | { start: number; end: number; kind: "number" };

/** What the check of a whole answer has found. An answer with nothing to check has neither. */
export interface CheckedAnswer {
  citations?: readonly Citation[] | undefined;
  unsourced_numbers?: readonly UnsourcedNumber[] | undefined;
}

/** A part of an answer, with the offset at which it begins. */
export interface CheckedPart extends CheckedAnswer {
  from: number;
}

/** Returns the marks of a part of an answer, with offsets in the part. A number within a quotation has no mark of its own. */
export function marksOfPart(
  { citations = [], unsourced_numbers: unsourcedNumbers = [], from }: CheckedPart,
  length: number,
): readonly WordMark[] {
  const quoted = citations.map((citation): WordMark => {
    const { start, end } = citation;
    return { start, end, kind: "citation", citation };
  });
  const numbers = unsourcedNumbers
    .filter((number) => !citations.some((citation) => overlap(number, citation)))
    .map(({ start, end }): WordMark => ({ start, end, kind: "number" }));
  const part = { start: from, end: from + length };
  const marks = [...quoted, ...numbers].filter((mark) => overlap(mark, part));
  return marks.map((mark) => ({ ...mark, start: mark.start - from, end: mark.end - from }));
}

interface Range {
  start: number;
  end: number;
}

export const overlap = (one: Range, other: Range): boolean =>
  one.start < other.end && one.end > other.start;
