import { moreThan } from "#lib/documents/reading/document-file.ts";
import type { Block, ReadDocument } from "#lib/documents/reading/read-document.ts";
import { type DocumentLanguage, languageOf } from "./document-language.ts";
import { headingText, partSeparator, type TextPart, type TextUnit, unitsOf } from "./text-units.ts";

export interface ChunkedDocument {
  language: DocumentLanguage;
  title: string | undefined;
  /** Their texts, joined by a blank line, are the document's whole text. */
  parts: TextPart[];
  /** In order. Together they hold the whole text except white space. */
  chunks: Chunk[];
  /** Sentences for the person. */
  notes: string[];
}

/** A passage that search finds and the model reads. */
export interface Chunk {
  /** From 0. */
  ordinal: number;
  /** The whole text from `start` to `end`. A chunk that begins inside a table has the table's header row above it. */
  text: string;
  /** The headings above the chunk's first sentence. */
  headingPath: string[];
  /** The number of the part where the chunk begins. */
  part: number;
  /** In the whole text, in UTF-16 units. */
  start: number;
  end: number;
}

/** In estimated tokens. */
const targetTokens = 300;
/** The end of a section that would be a small chunk of its own makes the chunk before it longer. */
const mostTokens = 400;
/** A section with less text shares a chunk with the next section. */
const leastSectionTokens = 40;
/** A table that fits into one chunk is not cut, if the chunk before it has at least so much text. */
const leastTokensBeforeBlock = 100;
const overlapTokens = 60;
const maxChunks = 20_000;
/** Every unit has at least one token. */
const maxUnits = 2 * targetTokens;

/**
 * Cuts a document into chunks of about 300 tokens, at headings, between rows and items, and between sentences. A chunk
 * within a section repeats the last sentences of the chunk before it.
 * @throws DocumentFault for a document of more than 20,000 chunks
 */
export function chunkDocument({ title, parts, notes }: ReadDocument): ChunkedDocument {
  const sample = parts.map(({ blocks }) => sampleOf(blocks)).join("\n");
  const language = languageOf(sample);
  const { parts: textParts, units } = unitsOf(parts, language.code, targetTokens);
  const text = textParts.map((part) => part.text).join(partSeparator);
  const isEmpty = units.length === 0;
  return {
    language: language.configuration,
    title:
      (title && headingText(title)) ||
      units.find(({ kind }) => kind === "heading")?.headingPath.at(-1),
    parts: textParts,
    chunks: chunksOf(text, units),
    notes: isEmpty ? [...notes, "The document holds no text."] : notes,
  };
}

function sampleOf(blocks: readonly Block[]): string {
  return blocks
    .map((block) => (block.kind === "table" ? block.rows.flat().join(" ") : block.text))
    .join("\n");
}

function chunksOf(text: string, units: readonly TextUnit[]): Chunk[] {
  const outline = outlineOf(units);
  const chunks: Chunk[] = [];
  let previous = 0;
  for (let first = 0; first < units.length; ) {
    if (chunks.length === maxChunks) throw moreThan(maxChunks, "passages");
    const next = endOfChunk(units, first, outline);
    const from = outline[first]?.beginsSection ? first : overlapStart(units, previous, first);
    const begin = units[from] as TextUnit;
    const taken = units.slice(first, next);
    const { start, part } = begin;
    const end = (taken.at(-1) ?? begin).end;
    const header = begin.tableHeader;
    const heading = header ? `${text.slice(header.start, header.end)}\n` : "";
    chunks.push({
      ordinal: chunks.length,
      text: heading + text.slice(start, end),
      headingPath: (taken.find(({ kind }) => kind !== "heading") ?? begin).headingPath,
      part,
      start,
      end,
    });
    previous = first;
    first = next;
  }
  return chunks;
}

/** What decides the chunks' ends, for each unit. */
interface OutlineEntry {
  /** A heading with text below it, and no heading directly above it. */
  beginsSection: boolean;
  /** From this unit to the end of its section. */
  tokensToEnd: number;
  /** Of the whole table or piece of code that the unit begins. */
  blockTokens: number;
}

function outlineOf(units: readonly TextUnit[]): OutlineEntry[] {
  const blockTokens = new Map<Block, number>();
  for (const { block, tokens } of units) {
    blockTokens.set(block, (blockTokens.get(block) ?? 0) + tokens);
  }
  const outline: OutlineEntry[] = [];
  let tokensToEnd = 0;
  let isTextBelow = false;
  for (const [index, unit] of [...units.entries()].reverse()) {
    const previous = units[index - 1];
    const isHeading = unit.kind === "heading";
    if (!isHeading) isTextBelow = true;
    const beginsSection =
      isHeading && isTextBelow && (unit.beginsPart || previous?.kind !== "heading");
    const beginsBlock =
      (unit.kind === "row" || unit.kind === "code") && previous?.block !== unit.block;
    outline[index] = {
      beginsSection,
      tokensToEnd: tokensToEnd + unit.tokens,
      blockTokens: beginsBlock ? (blockTokens.get(unit.block) ?? 0) : 0,
    };
    tokensToEnd = beginsSection || unit.beginsPart ? 0 : tokensToEnd + unit.tokens;
    if (unit.beginsPart) isTextBelow = false;
  }
  return outline;
}

/** Returns the first unit behind the chunk that begins with the unit `first`. */
function endOfChunk(
  units: readonly TextUnit[],
  first: number,
  outline: readonly OutlineEntry[],
): number {
  let tokens = units[first]?.tableHeader?.tokens ?? 0;
  let textTokens = 0;
  let next = first;
  for (const unit of units.slice(first, first + maxUnits)) {
    const { beginsSection, tokensToEnd, blockTokens } = outline[next] as OutlineEntry;
    if (next > first) {
      if (unit.beginsPart) return next;
      if (beginsSection && textTokens >= leastSectionTokens) return next;
      const fitsToEnd = tokens + tokensToEnd <= mostTokens;
      // A heading stays with the text below it.
      const limit = textTokens === 0 ? 2 * targetTokens : fitsToEnd ? mostTokens : targetTokens;
      const breaksBlock = blockTokens <= targetTokens && tokens + blockTokens > limit;
      if (tokens + unit.tokens > limit || (breaksBlock && textTokens >= leastTokensBeforeBlock)) {
        break;
      }
    }
    tokens += unit.tokens;
    if (unit.kind !== "heading") textTokens += unit.tokens;
    next += 1;
  }
  const isHeading = (index: number) => units[index]?.kind === "heading";
  let end = next;
  while (end > first && end < units.length && isHeading(end - 1)) end -= 1;
  return end > first ? end : next;
}

/** Returns the unit where the chunk that continues with the unit `first` begins: whole sentences and items before it. */
function overlapStart(units: readonly TextUnit[], previous: number, first: number): number {
  const continued = units[first];
  if (!continued || continued.beginsPart || continued.tableHeader) return first;
  let start = first;
  let tokens = 0;
  for (let index = first - 1; index > previous; index -= 1) {
    const unit = units[index];
    tokens += unit?.tokens ?? 0;
    if (!unit || (unit.kind !== "sentence" && unit.kind !== "item") || tokens > overlapTokens) {
      break;
    }
    start = index;
  }
  return start;
}
