import { tableOf } from "#lib/documents/reading/office/table-block.ts";
import type { Block } from "#lib/documents/reading/read-document.ts";
import type { Area } from "./matrix.ts";
import { type Flow, median } from "./page-columns.ts";
import { type Line, lineText } from "./page-lines.ts";
import { tableAt } from "./table-rows.ts";

/** What all pages of a document have in common. */
export interface Typography {
  /** The size of most letters. */
  bodySize: number;
  /** Larger sizes, the largest first. */
  headingSizes: number[];
  /** In lower case: decides whether the hyphen at a line's end belongs to the word. */
  words: ReadonlySet<string>;
}

const marker =
  /^(?:([•◦▪▫‣·∙●○■□►➢✓❖–—*-])|(\(?(?:\d{1,3}|[a-zA-Z]|[ivxlcIVXLC]{1,6})[.)]|\d{1,2}(?:\.\d{1,2}){1,4}\.?))(?:\s+|$)(.*)$/u;

export function flowBlocks(lines: Flow, rules: Area[], typography: Typography): Block[] {
  const blocks: Block[] = [];
  const flow = lines.map(withoutMarkerGap);
  let open: Paragraph | undefined;
  const close = () => {
    if (open) blocks.push(paragraphBlock(open, typography));
    open = undefined;
  };
  const spacing = usualSpacing(flow);
  const left = Math.min(...flow.map((line) => line.left));
  for (let index = 0; index < flow.length; index++) {
    const line = flow[index];
    if (line === undefined) continue;
    const table = tableAt(flow, index, rules);
    const block = table && tableOf(table.rows);
    if (table && block) {
      close();
      blocks.push(block);
      index += table.lineCount - 1;
      continue;
    }
    const right = rightEdge(flow, index);
    if (open && continuesParagraph(open, line, { spacing, left, right })) open.lines.push(line);
    else {
      close();
      open = { lines: [line] };
    }
  }
  close();
  return withDepths(blocks, flow);
}

/** A header may reach further than the text, so the edge is that of the lines around. */
function rightEdge(flow: Flow, index: number): number {
  const size = flow[index]?.size ?? 0;
  const around = flow.slice(Math.max(0, index - 4), index + 5);
  const sameSize = around.filter((line) => Math.abs(line.size - size) < 0.1 * size);
  return Math.max(...sameSize.map((line) => line.right));
}

interface Paragraph {
  lines: Line[];
}

/** A marker stands apart from the text of its item, which is no table. */
function withoutMarkerGap(line: Line): Line {
  const inOrder = line.isRightToLeft ? line.segments.toReversed() : line.segments;
  const last = inOrder.at(-1);
  // Arabic text in a paragraph from the left to the right has its bullet on the left.
  const isBulletLast = line.isRightToLeft && inOrder.length === 2 && last?.text === "•";
  const [first, second, ...others] = isBulletLast ? inOrder.toReversed() : inOrder;
  if (first === undefined || second === undefined || !isMarkerAlone(first.text)) return line;
  const joined = {
    ...second,
    // A dash far from its text is a bullet.
    text: `${/^[-–—*]$/.test(first.text) ? "•" : first.text} ${second.text}`,
    left: Math.min(first.left, second.left),
    right: Math.max(first.right, second.right),
  };
  const segments = [joined, ...others];
  return { ...line, segments: line.isRightToLeft ? segments.toReversed() : segments };
}

const isMarkerAlone = (text: string): boolean => marker.exec(text)?.[3] === "";

interface FlowShape {
  /** From one baseline to the next. */
  spacing: number;
  left: number;
  right: number;
}

function continuesParagraph(
  { lines }: Paragraph,
  line: Line,
  { spacing, left, right }: FlowShape,
): boolean {
  const first = lines[0];
  const last = lines.at(-1);
  if (first === undefined || last === undefined) return false;
  const distance = line.baseline - last.baseline;
  const isSameType =
    Math.abs(line.size - last.size) < 0.08 * line.size && line.isBold === last.isBold;
  const isMixed = last.isBold && !line.isBold && lines.length === 1 && isFull(last, right);
  if (!isSameType && !(isMixed && Math.abs(line.size - last.size) < 0.08 * line.size)) return false;
  if (distance > 1.25 * Math.max(spacing, 1.1 * line.size) && distance > 1.3 * line.size)
    return false;
  const text = lineText(line);
  if (marker.test(text) && !/^[–—-]\s/.test(text)) return false;
  const isItem = marker.test(lineText(first));
  const size = line.size;
  if (isItem)
    return line.isRightToLeft || line.left >= first.left + 0.3 * size || isFull(last, right);
  if (isMoved(lines, line)) return false;
  // A first line stands further in.
  const edge = line.isRightToLeft ? right - line.right : line.left - left;
  const lastEdge = last.isRightToLeft ? right - last.right : last.left - left;
  if (
    edge > 0.8 * size &&
    edge < 5 * size &&
    lastEdge < 0.3 * size &&
    !/[-\u00ad]$/.test(lineText(last))
  )
    return false;
  if (isBrokenBefore(last, line, right)) return false;
  const isEnd = /[.!?:…。！？]["”»)\]]?$/.test(lineText(last));
  return (
    !(isEnd && !isFull(last, right) && distance > 1.05 * spacing) &&
    !(isEnd && isShort(last, left, right))
  );
}

/** A line that begins elsewhere, as the date of a letter does, is no part of the paragraph, unless both lines are centered. */
function isMoved(lines: Line[], line: Line): boolean {
  const last = lines.at(-1);
  if (last === undefined || line.isRightToLeft) return false;
  const isCentered = Math.abs(last.left + last.right - line.left - line.right) < line.size;
  const isAfterIndent =
    lines.length === 1 && last.left > line.left && last.left - line.left < 5 * line.size;
  return Math.abs(last.left - line.left) > 2 * line.size && !isCentered && !isAfterIndent;
}

/** The writer broke the line if the next word had room in it. Beside a picture, all lines are short. */
function isBrokenBefore(last: Line, line: Line, right: number): boolean {
  if (line.isRightToLeft) return false;
  const text = lineText(line);
  const [word = ""] = /^\S+/.exec(text) ?? [];
  const width = ((line.right - line.left) * word.length) / text.length;
  const isCentered = Math.abs(last.left - line.left) > 2 * line.size;
  const isNarrow =
    Math.abs(last.right - line.right) < 1.5 * line.size &&
    text.length > 40 &&
    lineText(last).length > 40;
  return !isNarrow && !isCentered && last.right + 0.4 * line.size + width < right - line.size;
}

const isFull = (line: Line, right: number): boolean => line.right > right - 4 * line.size;

const isShort = (line: Line, left: number, right: number): boolean =>
  line.right - line.left < 0.75 * (right - left);

function usualSpacing(lines: Line[]): number {
  const distances = lines.slice(1).flatMap((line, index) => {
    const above = lines[index];
    const distance = above === undefined ? 0 : line.baseline - above.baseline;
    return distance > 0 && distance < 2.2 * line.size ? [distance] : [];
  });
  return distances.length > 0 ? median(distances) : 1.2 * (lines[0]?.size ?? 10);
}

function paragraphBlock({ lines }: Paragraph, typography: Typography): Block {
  const text = joinLines(lines.map(lineText), typography.words);
  const [first] = lines;
  if (first === undefined) return { kind: "paragraph", text };
  const level = headingLevel(first, lines, text, typography);
  if (level !== undefined) return { kind: "heading", level, text };
  const [, bullet, number, rest] = marker.exec(text) ?? [];
  const isDashes = bullet !== undefined && /^[-–—*]/.test(bullet) && text.endsWith(bullet);
  if (rest === undefined || rest === "" || isDashes) return { kind: "paragraph", text };
  return {
    kind: "item",
    depth: Math.round(first.left),
    marker: bullet ? "•" : (number ?? ""),
    text: rest,
  };
}

function headingLevel(
  first: Line,
  lines: Line[],
  text: string,
  { bodySize, headingSizes }: Typography,
): number | undefined {
  if (lines.length > 3 || text.length > 200 || !/\p{L}/u.test(text)) return undefined;
  const size = headingSizes.findIndex((heading) => Math.abs(heading - first.size) < 0.3);
  if (size >= 0) return Math.min(size + 1, 6);
  const isBoldLine = first.isBold && lines.every((line) => line.isBold) && text.length < 100;
  const isSentence = /[.:;,]$/.test(text) && !/^\d+(\.\d+)*\.$/.test(text);
  if (!isBoldLine || isSentence || first.size < bodySize * 0.95) return undefined;
  return Math.min(headingSizes.length + 1, 6);
}

/** The depth of an item counts the distinct places, from the left, where items begin. */
function withDepths(blocks: Block[], flow: Flow): Block[] {
  const size = flow[0]?.size ?? 10;
  const places: number[] = [];
  for (const block of blocks.toSorted(byDepth)) {
    if (
      block.kind === "item" &&
      block.depth > (places.at(-1) ?? Number.NEGATIVE_INFINITY) + 0.8 * size
    )
      places.push(block.depth);
  }
  return blocks.map((block) => {
    if (block.kind !== "item") return block;
    const depth = places.findLastIndex((place) => place <= block.depth);
    return { ...block, depth: Math.max(depth, 0) };
  });
}

const byDepth = (a: Block, b: Block): number =>
  a.kind === "item" && b.kind === "item"
    ? a.depth - b.depth
    : Number(a.kind === "item") - Number(b.kind === "item");

const wide = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}　-〿＀-￯]/u;

/**
 * Joins the lines of a paragraph. A hyphen at a line's end is dropped before a small letter, unless the document has the word with
 * the hyphen elsewhere, and not without it. Chinese and Japanese have no blank between lines.
 */
export function joinLines(lines: string[], words: ReadonlySet<string>): string {
  let text = "";
  for (const line of lines) {
    if (text === "") text = line;
    else if (/\u00ad$/.test(text)) text = text.slice(0, -1) + line;
    else if (/\p{L}[-‐]$/u.test(text))
      text = isPartOfWord(text, line, words) ? text.slice(0, -1) + line : text + line;
    else if (wide.test(text.at(-1) ?? "") && wide.test(line.at(0) ?? "")) text += line;
    else text += ` ${line}`;
  }
  return text.replaceAll("\u00ad", "").replace(/\s+/g, " ").trim();
}

function isPartOfWord(text: string, line: string, words: ReadonlySet<string>): boolean {
  const [begin = ""] = /\S+$/u.exec(text) ?? [];
  // An address, or a word that has hyphens already.
  if (/[/@_.:\d]|-.*-/.test(begin)) return false;
  const [end = ""] = /^[\p{L}\p{M}]+/u.exec(line) ?? [];
  if (!/^\p{Ll}|^\p{Lo}/u.test(end)) return false;
  const word = begin.replace(/^[^\p{L}]+/u, "");
  const withHyphen = (word + end).toLowerCase();
  const without = (word.slice(0, -1) + end).toLowerCase();
  return words.has(without) || !words.has(withHyphen);
}
