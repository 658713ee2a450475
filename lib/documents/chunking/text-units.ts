import { partText } from "#lib/documents/reading/part-text.ts";
import type { Block, Part } from "#lib/documents/reading/read-document.ts";
import { tokensOfText } from "#lib/platform/estimate-tokens.ts";
import { shorten } from "#lib/platform/shorten.ts";
import { splitLongText } from "./split-long-text.ts";
import { type Span, splitSentences } from "./split-sentences.ts";

/** What a chunk is made of: a heading, a sentence, an item, a row, a line of code, or a part of one that is too long. */
export interface TextUnit extends Span {
  kind: "heading" | "sentence" | "item" | "row" | "code";
  tokens: number;
  /** The number of the document's part. */
  part: number;
  /** The headings above it, and for a heading itself as well. */
  headingPath: string[];
  /** The block that the unit belongs to. */
  block: Block;
  /** Of a row that is not the first of its table. */
  tableHeader?: Span & { tokens: number };
  /** A chunk ends before it: a new slide, sheet or section. */
  beginsPart: boolean;
}

/** A part of the document as it is stored. */
export interface TextPart {
  number: number;
  label?: string;
  kind: Part["kind"];
  /** In the document's whole text, in UTF-16 units. */
  start: number;
  text: string;
}

/** Between two parts. */
export const partSeparator = "\n\n";
/** A header row that is longer is not repeated. */
const maxHeaderTokens = 150;
/** In UTF-16 units. */
const maxHeadingLength = 200;

/** Returns the parts' texts, and all units in order with their offsets in the whole text. */
export function unitsOf(
  parts: readonly Part[],
  language: string,
  maxTokens: number,
): { parts: TextPart[]; units: TextUnit[] } {
  const textParts: TextPart[] = [];
  const units: TextUnit[] = [];
  let start = 0;
  let path: { level: number; text: string }[] = [];
  for (const { number, label, kind, blocks } of parts) {
    const { text, pieces } = partText(blocks);
    textParts.push({ number, ...(label === undefined ? {} : { label }), kind, start, text });
    // A sentence goes on on the next page, and a chapter does. Nothing goes on on the next slide.
    let beginsPart = kind !== "page";
    if (beginsPart) path = label === undefined ? [] : [{ level: 0, text: label }];
    let header: TextUnit["tableHeader"];
    let table: Block | undefined;
    for (const piece of pieces) {
      const { block, isHeader } = piece;
      if (block.kind === "heading") {
        path = [
          ...path.filter(({ level }) => level < block.level),
          { level: block.level, text: headingText(block.text) },
        ];
      }
      const isFirstRow = block !== table;
      if (isFirstRow) header = undefined;
      table = block;
      const unit = {
        kind: kindOf(block),
        part: number,
        headingPath: path.map((heading) => heading.text),
        block,
        ...(header ? { tableHeader: header } : {}),
      };
      for (const span of spansOf(text, piece, unit.kind, language, maxTokens)) {
        const tokens = tokensOfText(text.slice(span.start, span.end));
        units.push({
          ...unit,
          start: start + span.start,
          end: start + span.end,
          tokens,
          beginsPart,
        });
        beginsPart = false;
      }
      if (isHeader) {
        const tokens = tokensOfText(text.slice(piece.start, piece.end));
        const span = { start: start + piece.start, end: start + piece.end, tokens };
        header = tokens <= maxHeaderTokens ? span : undefined;
      }
    }
    start += text.length + partSeparator.length;
  }
  return { parts: textParts, units };
}

const kindOf = (block: Block): TextUnit["kind"] => {
  if (block.kind === "paragraph") return "sentence";
  return block.kind === "table" ? "row" : block.kind;
};

function spansOf(
  text: string,
  { start, end }: Span,
  kind: TextUnit["kind"],
  language: string,
  maxTokens: number,
): Span[] {
  const piece = text.slice(start, end);
  // A short item or heading stays whole. A row is no text of sentences.
  const isSplit = kind === "sentence" || (kind === "item" && tokensOfText(piece) > maxTokens / 2);
  const spans = isSplit ? splitSentences(piece, language) : linesOf(piece, kind);
  return spans
    .map((span) => ({ start: start + span.start, end: start + span.end }))
    .flatMap((span) => splitLongText(text, span, maxTokens));
}

function linesOf(piece: string, kind: TextUnit["kind"]): Span[] {
  if (kind !== "code") return [{ start: 0, end: piece.length }];
  return [...piece.matchAll(/[^\n]*\S[^\n]*/g)].map(({ index, 0: line }) => ({
    start: index,
    end: index + line.length,
  }));
}

/** Returns a heading or a title as one line, and the beginning of one that is too long for a list or for the search. */
export const headingText = (text: string): string =>
  shorten(text.replace(/\s+/g, " ").trim(), maxHeadingLength);
