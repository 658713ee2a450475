import type { Citation } from "#lib/contract/citation.ts";
import type { Source } from "#lib/contract/source.ts";
import { type ComparableText, comparableText } from "./comparable-text.ts";
import { findQuotations, type Quotation } from "./find-quotations.ts";
import { findWords, quotedWords, type Range } from "./find-words.ts";
import { longestRun } from "./longest-run.ts";
import { type ReceivedPassage, type ReceivedText, receivedTexts } from "./received-texts.ts";

/** How many quotations of one answer are checked and stored. */
const maxCitations = 100;
/** The longest run of words is found for so many. */
const maxRuns = 20;

/** What a turn has read, by the number of the source. Null: the passage was deleted before it could be read again. */
export type Passages = ReadonlyMap<number, ReceivedPassage | null>;

/**
 * Looks up each quotation of an answer in the passages that its turn has read. A quotation that stands in another passage of the
 * same document is verified, and its index is that passage's. A quotation of another document is not: the answer names the wrong one.
 */
export function checkCitations(
  answer: string,
  sources: readonly Source[],
  passages: Passages,
): Citation[] {
  const textsOf = rememberTexts(passages);
  let runs = 0;
  const citations = findQuotations(answer).flatMap((quotation): Citation[] => {
    const place = placeOf(quotation, textsOf);
    if (place.outcome === "found") return [verified(quotation, place, sources)];

    const { start, end, indexes } = quotation;
    const cited = { index: indexes[0] ?? 0, start, end };
    const kinds = indexes.map((index) => kindOf(index, sources, passages));
    if (kinds.includes("removed")) return [{ ...cited, state: "removed" }];
    // Of a page of the web the turn has no more than an excerpt.
    if (kinds.includes("other")) return [];
    runs += 1;
    const run =
      place.outcome === "negated" ? place.words : runs <= maxRuns && runOf(quotation, passages);
    return [{ ...cited, state: "unverified", ...(run && { longest_run: run }) }];
  });
  return citations.slice(0, maxCitations);
}

function verified(
  { start, end }: Quotation,
  place: Range & { index: number },
  sources: readonly Source[],
): Citation {
  const { document_id, version_id, part } =
    sources.find(({ index }) => index === place.index) ?? {};
  return {
    ...{ index: place.index, start, end, state: "verified", document_id, version_id, part },
    ...{ document_start: place.start, document_end: place.end },
  };
}

const runOf = ({ words, indexes }: Quotation, passages: Passages): string | undefined =>
  longestRun(
    words,
    indexes.flatMap((index) => passages.get(index)?.text ?? []),
  );

/** A number that the turn gave to no source is a passage that nobody can read: "missing". */
function kindOf(index: number, sources: readonly Source[], passages: Passages) {
  const source = sources.find((one) => one.index === index);
  if (!source) return "missing";
  if (source.chunk_id === undefined) return "other";
  return passages.get(index) === null ? "removed" : "passage";
}

type Place =
  | ({ outcome: "found"; index: number } & Range)
  | { outcome: "negated"; words: string }
  | { outcome: "missing" };

interface Searchable extends ReceivedText {
  comparable: ComparableText;
}

function placeOf(quotation: Quotation, textsOf: (index: number) => readonly Searchable[]): Place {
  const words = quotedWords(quotation.words, quotation.around);
  let negated: Place = { outcome: "missing" };
  for (const index of quotation.indexes) {
    for (const text of textsOf(index)) {
      const found = findWords(words, text.comparable);
      if (found.outcome === "found") {
        return { outcome: "found", ...text.placeOf(found, quotation.indexes) };
      }
      if (found.outcome === "negated") {
        negated = {
          outcome: "negated",
          words: text.text.slice(found.start, found.end).slice(0, 300).toWellFormed(),
        };
      }
    }
  }
  return negated;
}

/** The texts of a document are made comparable once, and only if an answer quotes them. */
function rememberTexts(passages: Passages): (index: number) => readonly Searchable[] {
  const byVersion = new Map<string, Searchable[]>();
  return (index) => {
    const versionId = passages.get(index)?.versionId;
    if (versionId === undefined) return [];
    let texts = byVersion.get(versionId);
    if (!texts) {
      const ofVersion = [...passages].flatMap(([number, passage]) =>
        passage?.versionId === versionId ? [{ index: number, ...passage }] : [],
      );
      texts = receivedTexts(ofVersion).map((text) => ({
        ...text,
        comparable: comparableText(text.text),
      }));
      byVersion.set(versionId, texts);
    }
    return texts;
  };
}
