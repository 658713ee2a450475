import { splitSentences } from "#lib/documents/chunking/split-sentences.ts";
import { type AnswerBlock, answerBlocks, withoutCode } from "./answer-blocks.ts";
import { isQuotation, type Range } from "./find-words.ts";

/** Words that an answer quotes, where they stand in the answer, and the numbers of the sources that it names for them. */
export interface Quotation extends Range {
  words: string;
  indexes: number[];
  /** The sentence of the answer around the quotation. */
  around: string;
}

/**
 * Returns the quotations of an answer that name a source: words in quotation marks or in a blockquote, with `[n]` after them in the
 * same sentence. docs/citations.md lists the cases.
 */
export function findQuotations(answer: string): Quotation[] {
  const text = withoutCode(answer);
  const blocks = answerBlocks(text);
  return blocks.flatMap((block, position) =>
    block.kind === "quote"
      ? quotationsOfBlockquote(answer, text, block, blocks[position - 1], blocks[position + 1])
      : quotationsOfText(answer, text, block),
  );
}

interface Cited extends Range {
  indexes: number[];
}

/** `[1]` or `[1, 2]`, and not `[1](address)`. */
const citation = /\[\d{1,3}(?:\s?[,;]\s?\d{1,3})*\](?!\()/g;

/** Returns the citations of a range. Several after one another are one. */
function citationsIn(text: string, { start, end }: Range): Cited[] {
  const all: Cited[] = [];
  for (const found of text.slice(start, end).matchAll(citation)) {
    const at = start + found.index;
    const next = { start: at, end: at + found[0].length, indexes: numbersOf(found[0]) };
    const last = all.at(-1);
    if (last && /^\s?[,;]?\s?(?:(?:and|und|&) )?$/.test(text.slice(last.end, at))) {
      last.end = next.end;
      last.indexes = [...new Set([...last.indexes, ...next.indexes])];
    } else all.push(next);
  }
  return all;
}

const numbersOf = (text: string): number[] => [...new Set((text.match(/\d+/g) ?? []).map(Number))];

function quotationsOfText(answer: string, text: string, block: AnswerBlock): Quotation[] {
  const marked = markedWords(text, block);
  if (marked.length === 0) return [];
  const masked = withoutWords(text, marked);
  const cited = citationsIn(masked, block);
  const sentences = block.kind === "row" ? [block] : sentencesOf(masked, block);
  return marked.flatMap((range) => {
    const sentence = sentences.find(({ end }) => end > range.start) ?? block;
    const own = citationsIn(text, range).at(-1);
    const endsQuotation = own && /^[\s.,;:!?]*$/.test(text.slice(own.end, range.end));
    const found =
      cited.find(({ start }) => start >= range.end && start < sentence.end) ??
      (endsQuotation ? own : undefined) ??
      cited.findLast(
        ({ start, end }) =>
          start >= sentence.start &&
          end <= range.start &&
          (block.kind === "row" || introduces(masked.slice(end, range.start))),
      );
    if (!found) return [];
    const words = found === own ? { start: range.start, end: own.start } : range;
    const before = masked.slice(Math.max(sentence.start, range.start - nearby), range.start);
    const after = masked.slice(range.end, Math.min(sentence.end, range.end + nearby));
    const around = before + after;
    return quotationOf(answer, words, found.indexes, around);
  });
}

/** An answer's own negation stands near the quotation. */
const nearby = 200;
/** A letter, so that a sentence may begin with a quotation. */
const inside = "\u4e2d";

/** Hides the quoted words: a full stop or a number in them belongs to them. Only their last full stop may end a sentence. */
function withoutWords(text: string, marked: readonly Range[]): string {
  let masked = "";
  let from = 0;
  for (const { start, end } of marked) {
    const last = text.slice(end - 1, end);
    const kept = /[.!?]/.test(last) ? last : inside;
    masked += text.slice(from, start) + inside.repeat(Math.max(0, end - start - 1)) + kept;
    from = end;
  }
  return masked + text.slice(from);
}

/** "According to [1]: “…”", "[2] says that “…”". */
const introduces = (between: string): boolean =>
  /^,?(?:\s+\p{L}+){0,3}[\s,:]*["“„«»”「『‘'*_]*$/u.test(between);

function quotationOf(answer: string, range: Range, indexes: number[], around: string): Quotation[] {
  const words = answer.slice(range.start, range.end);
  const start = range.start + (words.length - words.trimStart().length);
  const trimmed = words.trim();
  if (!isQuotation(trimmed)) return [];
  return [{ words: trimmed, start, end: start + trimmed.length, indexes, around }];
}

/** Returns the sentences of a block. A citation after a full stop belongs to the sentence before. */
const sentencesOf = (masked: string, block: Range): Range[] =>
  splitSentences(masked.slice(block.start, block.end), "english").map(({ start, end }) => ({
    start: block.start + start,
    end: endWithCitation(masked, block.start + end, block.end),
  }));

/** "It is “three months”. [1] The next sentence" */
function endWithCitation(masked: string, end: number, blockEnd: number): number {
  const after = /^\s*\[\d{1,3}[\],;]/.exec(masked.slice(end, Math.min(blockEnd, end + 20)));
  return after ? end + after[0].length : end;
}

/** The marks that end a quotation, by the mark that begins it. */
const closing: Record<string, string> = {
  "“": "”“",
  "„": '“”"',
  "‟": "”",
  "”": "”",
  "«": "»",
  "»": "«»",
  "‹": "›",
  "›": "‹",
  "「": "」",
  "『": "』",
  "〝": "〞〟",
  "＂": "＂",
  '"': '"',
  "‘": "’",
  "‚": "‘’",
  "'": "'",
};
/** These also stand inside words, or end what they may begin. */
const ambiguous = new Set(["”", "»", "›", '"', "‘", "'", "＂"]);

/** In one block, so that no answer takes long. */
const mostQuotations = 500;
const longestQuotation = 4_000;
const deepestQuotation = 4;

/** Returns the outermost words in quotation marks, without the marks. */
function markedWords(text: string, block: Range): Range[] {
  const found: Range[] = [];
  /** The next mark that may end a quotation, by its closing marks. Many marks that nothing closes must not cost a search each. */
  const nextEnds = new Map<string, number>();
  for (let at = block.start; at < block.end && found.length < mostQuotations; at += 1) {
    const closings = mayBegin(text, at, block) ? closing[text[at] ?? ""] : undefined;
    if (closings === undefined) continue;
    let nextEnd = nextEnds.get(closings) ?? at;
    while (nextEnd < block.end && (nextEnd <= at || !ends(text, nextEnd, closings))) nextEnd += 1;
    nextEnds.set(closings, nextEnd);
    const limit = Math.min(block.end, at + longestQuotation);
    const end = nextEnd < limit ? closingOf(text, at, limit, closings) : undefined;
    if (end === undefined) continue;
    found.push({ start: at + 1, end });
    at = end;
  }
  return found;
}

function mayBegin(text: string, at: number, block: Range): boolean {
  const mark = text[at] ?? "";
  if (!Object.hasOwn(closing, mark)) return false;
  const before = at > block.start ? (text[at - 1] ?? "") : "";
  const after = text[at + 1] ?? "";
  if (!ambiguous.has(mark)) return true;
  return !/[\p{L}\p{N}.,;:!?]/u.test(before) && /\S/.test(after);
}

/** Returns where the quotation ends that begins at `at`. A quotation inside it has marks of its own. */
function closingOf(text: string, at: number, end: number, closings: string): number | undefined {
  const open: string[] = [closings];
  for (let next = at + 1; next < end; next += 1) {
    const mark = text[next] ?? "";
    const level = open.findLastIndex((marks) => ends(text, next, marks));
    // The German closing mark begins an English quotation.
    const begins =
      level === -1 && mayBegin(text, next, { start: at, end }) && !isOnlyApostrophe(mark);
    if (level === 0) return next;
    if (level > 0) open.length = level;
    else if (begins && open.push(closing[mark] ?? "") > deepestQuotation) return undefined;
  }
  return undefined;
}

const ends = (text: string, at: number, closings: string): boolean =>
  closings.includes(text[at] ?? "") && mayEnd(text, at);

const isOnlyApostrophe = (mark: string) => mark === "'";

/** An apostrophe inside a word ends nothing, nor does a mark after a space. */
function mayEnd(text: string, at: number): boolean {
  const mark = text[at] ?? "";
  const [before = "", after = ""] = [text[at - 1], text[at + 1]];
  if (mark === "’" || mark === "'") return /\S/.test(before) && !/[\p{L}\p{N}]/u.test(after);
  if (mark === '"' || mark === "＂") return !/[\p{L}\p{N}]/u.test(after);
  // This mark ends a German quotation, and begins an English one.
  if (mark === "“") return !/[\p{L}\p{N}]/u.test(after);
  return true;
}

/** A line such as "— Handbook, p. 3 [1]". */
const attribution = /^[\s>*_]*(?:[—–-]|\[\d)[^\n]{0,120}$/u;

function quotationsOfBlockquote(
  answer: string,
  text: string,
  block: AnswerBlock,
  before: AnswerBlock | undefined,
  after: AnswerBlock | undefined,
): Quotation[] {
  const within = citationsIn(text, block);
  const cited =
    within.length > 0
      ? within
      : [citedBeside(text, before, after)].filter((one) => one !== undefined);
  const last = cited.at(-1);
  if (!last) return [];
  const quotations: Quotation[] = [];
  let from = block.start;
  for (const one of [...within, { start: block.end, end: block.end, indexes: last.indexes }]) {
    const range = withoutAttribution(text, { start: from, end: one.start });
    quotations.push(...quotationOf(answer, withoutMarks(text, range), one.indexes, ""));
    from = one.end;
  }
  return quotations;
}

/** The paragraph after the blockquote begins with its citation, or the sentence before it ends with it. */
function citedBeside(
  text: string,
  before: AnswerBlock | undefined,
  after: AnswerBlock | undefined,
): Cited | undefined {
  const next = after && after.kind === "text" ? citationsIn(text, after)[0] : undefined;
  if (next && after && isAttribution(text.slice(after.start, next.start), after)) return next;
  const previous = before && before.kind === "text" ? citationsIn(text, before).at(-1) : undefined;
  const introduction = previous && before ? text.slice(previous.end, before.end) : "-";
  return /^[^.!?\n]{0,80}:?\s*$/.test(introduction) ? previous : undefined;
}

/** "[1] says so.", "— Handbook [1]", "Source: [1]" */
const isAttribution = (before: string, { start, end }: Range): boolean =>
  before.trim() === "" || (end - start <= 120 && before.length <= 60 && !/[.!?]\s/.test(before));

function withoutAttribution(text: string, range: Range): Range {
  const words = text.slice(range.start, range.end);
  const lineStart = words.lastIndexOf("\n", words.trimEnd().length - 1) + 1;
  const endsWithOne = lineStart > 0 && attribution.test(words.slice(lineStart).trimEnd());
  const start = range.start + (/^[\s>.,;:]*/.exec(words)?.[0].length ?? 0);
  return { start, end: Math.max(start, endsWithOne ? range.start + lineStart : range.end) };
}

/** A blockquote may have quotation marks as well. */
function withoutMarks(text: string, { start, end }: Range): Range {
  const words = text.slice(start, end);
  const leading = /^[\s>*_]*/.exec(words)?.[0].length ?? 0;
  const [marked] = markedWords(text, { start: start + leading, end });
  const isWhole =
    marked?.start === start + leading + 1 && /^[\s>.,*_]*$/.test(text.slice(marked.end + 1, end));
  return marked && isWhole ? marked : { start, end };
}
