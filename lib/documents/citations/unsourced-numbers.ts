import type { UnsourcedNumber } from "#lib/contract/citation.ts";
import { withoutCode } from "./answer-blocks.ts";
import { numbersIn, valuesIn, type WrittenNumber } from "./number-values.ts";

/** How many numbers of one answer are marked. */
const maxNumbers = 100;

/**
 * Returns where an answer has numbers that none of the texts holds. The writing does not matter: 1,234.5 is 1.234,5. Skips what is no
 * statement: code, citations, list markers, ordinals, versions and codes.
 * @param texts what the turn has read: its message, the inputs and the outputs of its tools
 */
export function unsourcedNumbers(answer: string, texts: readonly string[]): UnsourcedNumber[] {
  const text = withoutLabels(withoutCode(answer));
  const numbers = numbersIn(text).filter((number) => !isCode(text, number));
  if (numbers.length === 0) return [];
  const known = new Set(
    texts.flatMap((one) => [...valuesIn(one.replace(citation, " ").replace(uuid, " "))]),
  );
  const isKnown = (number: WrittenNumber) =>
    number.values.some((value) => known.has(value)) || isKnownInParts(number, known);
  return numbers
    .filter((number) => !isKnown(number))
    .slice(0, maxNumbers)
    .map(({ start, end }) => ({ start, end }));
}

/** Digits with spaces between may be several numbers. A date is known by its day, month and year. */
const isKnownInParts = ({ text }: WrittenNumber, known: ReadonlySet<string>): boolean =>
  /^\d{1,2}\.\d{1,2}\.\d{2,4}$|[ \u00a0\u2009\u202f]/u.test(text) &&
  text.split(/\D/).every((part) => known.has(part.replace(/^0+(?=\d)/, "")));

/** Its digits say nothing. A tool's output names documents by such ids. */
const uuid = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;

const citation = /\[\d{1,3}(?:\s?[,;]\s?\d{1,3})*\]/g;

const labels = [
  citation,
  // Markers of lists, also in bold or in a quotation. "- 30 days" has none.
  /^[ \t>]*(?:[-*+•][ \t]+)?[*_]*\d{1,3}(?:\.\d{1,3})*[.):][*_]*(?=[ \t])/gm,
  // The numbers of headings.
  /^[ \t>]*#{1,6}[ \t]+[*_]*\d{1,3}(?:\.\d{1,3})*[.):]?[*_]*(?=[ \t])/gm,
  // A row's own number.
  /^[ \t]*\|[ \t]*\d{1,3}\.?[ \t]*(?=\|)/gm,
  /\b(?:step|option|point|phase|example|case|schritt|punkt|beispiel|fall)[ \u00a0]\d{1,3}\b/gi,
  /\[\^\d+\]/g,
  // The numbers of months: "29 November" is the same day as "2026-11-29".
  /(?<=\d{4}-)\d{2}(?=-\d{2})/g,
  /(?<=\b\d{1,2}[./])\d{1,2}(?=[./]\d{4}\b)/g,
  uuid,
];

/** Blanks numbers that only name a place of the answer itself. */
const withoutLabels = (text: string): string =>
  labels.reduce(
    (rest, label) => rest.replace(label, (found) => found.replace(/\d/g, "\ue000")),
    text,
  );

/** A part of a name or a code ("A4", "COVID-19", "7f3a"), an ordinal ("3rd"), or a version ("1.2.3"). */
function isCode(text: string, { start, end, values }: WrittenNumber): boolean {
  const before = text.slice(Math.max(0, start - 12), start);
  const after = text.slice(end, end + 12);
  return (
    values.length === 0 ||
    /[\p{L}_]$|\p{L}[-_.]$/u.test(before) ||
    /^(?:st|nd|rd|th|er|re|e|º|ª)\b|^\p{L}+[\d_]|^_/u.test(after)
  );
}
