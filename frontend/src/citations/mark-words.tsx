import type { Nodes, PhrasingContent, Text } from "mdast";
import type { ReactNode } from "react";
import { type Blocks, parsedFrom, readBlocks } from "#frontend/chat/markdown/markdown-blocks.ts";
import type { MarkedWords } from "#frontend/chat/markdown/marked-words-node.ts";
import { alignedOffsets } from "./aligned-offsets.ts";
import { CheckedWords, CheckResult } from "./checked-words.tsx";
import { type CheckedPart, marksOfPart, overlap, type WordMark } from "./word-marks.ts";

/** Returns the blocks of a part of a whole answer, with what the check of the answer has found. */
export const markChecked = (text: string, checked: CheckedPart): Blocks =>
  markWords(text, marksOfPart(checked, text.length));

/** Returns the blocks of a text in which the checked words are nodes of their own. */
function markWords(text: string, marks: readonly WordMark[]): Blocks {
  // A growing answer is parsed in pieces, with positions that count from the beginning of each piece.
  const read = readBlocks(text);
  const ends = new Map<WordMark, MarkedWords>();
  for (const block of read.blocks) markIn(block, { text, marks, ends });
  for (const [mark, end] of ends) end.draw = () => <CheckResult mark={mark} />;
  return read;
}

interface Marking {
  text: string;
  marks: readonly WordMark[];
  /** The node after the last words of each mark: a quotation may have several paragraphs. */
  ends: Map<WordMark, MarkedWords>;
}

function markIn(node: Nodes, marking: Marking): void {
  if (node.type === "paragraph" || node.type === "heading" || node.type === "tableCell") {
    node.children = markPhrasing(node.children, marking);
  } else if ("children" in node) {
    for (const child of node.children) markIn(child, marking);
  }
}

interface Piece {
  node: PhrasingContent;
  mark?: WordMark | undefined;
}

/** Puts neighbours with the same mark into one node, so that words with emphasis between them are one link. */
function markPhrasing(children: PhrasingContent[], marking: Marking): PhrasingContent[] {
  const nodes: PhrasingContent[] = [];
  const pieces = children.flatMap((child) => cut(child, marking));
  for (let index = 0; index < pieces.length; ) {
    const mark = pieces[index]?.mark;
    const next = pieces.findIndex((piece, at) => at > index && piece.mark !== mark);
    const end = mark === undefined ? index + 1 : next === -1 ? pieces.length : next;
    const words = pieces.slice(index, end).map((piece) => piece.node);
    index = end;
    if (mark === undefined) {
      nodes.push(...words);
      continue;
    }
    const draw = (all: ReactNode) => <CheckedWords mark={mark}>{all}</CheckedWords>;
    const result: MarkedWords = { type: "markedWords", children: [], draw: () => null };
    nodes.push({ type: "markedWords", children: words, draw }, ...takeQuotationMark(pieces[index]));
    nodes.push(result);
    marking.ends.set(mark, result);
  }
  return nodes;
}

/** Takes the closing quotation mark off the text that follows checked words: what the check has found stands behind it. */
function takeQuotationMark(piece: Piece | undefined): PhrasingContent[] {
  if (piece?.mark !== undefined || piece?.node.type !== "text") return [];
  const quotationMark = /^["'”“’»«」』]/.exec(piece.node.value)?.[0];
  if (quotationMark === undefined) return [];
  piece.node = { ...piece.node, value: piece.node.value.slice(quotationMark.length) };
  return [{ type: "text", value: quotationMark }];
}

/** Cuts a node where marks begin and end. Code and formulas stay whole: only a mark around them marks them. */
function cut(node: PhrasingContent, marking: Marking): Piece[] {
  const range = rangeOf(node);
  const marks = marking.marks.filter((mark) => range !== null && overlap(mark, range));
  if (range === null || marks.length === 0) return [{ node }];
  const around = marks.find(({ start, end }) => start <= range.start && end >= range.end);
  if (around !== undefined) return [{ node, mark: around }];
  if (node.type === "text") return cutText(node, range, { ...marking, marks });
  if ("children" in node) node.children = markPhrasing(node.children, { ...marking, marks });
  return [{ node }];
}

function cutText(node: Text, range: { start: number; end: number }, marking: Marking): Piece[] {
  const source = marking.text.slice(range.start, range.end);
  const offsets = alignedOffsets(node.value, source);
  /** Returns the index of the first character that comes from this offset or a later one. */
  const indexOf = (offset: number) => {
    const index = offsets.findIndex((each) => each >= offset - range.start);
    return index === -1 ? node.value.length : index;
  };
  const pieces: Piece[] = [];
  let from = 0;
  const add = (to: number, mark?: WordMark) => {
    if (to > from) pieces.push({ node: { ...node, value: node.value.slice(from, to) }, mark });
    from = Math.max(from, to);
  };
  for (const mark of marking.marks.toSorted((one, other) => one.start - other.start)) {
    add(indexOf(mark.start));
    add(indexOf(mark.end), mark);
  }
  add(node.value.length);
  return pieces;
}

/** Returns where a node stands in the answer; null for a node that the parser's extensions made without a position. */
function rangeOf({ position }: PhrasingContent): { start: number; end: number } | null {
  const start = position?.start.offset;
  const end = position?.end.offset;
  if (start === undefined || end === undefined) return null;
  return { start: start - parsedFrom, end: end - parsedFrom };
}
