import type { Nodes, RootContent } from "mdast";
import { parseMarkdown } from "./markdown-syntax.ts";

declare module "mdast" {
  interface DefinitionData {
    /** The definition's Markdown. */
    source?: string;
  }
}

/** An answer's blocks, which render independently. A block keeps its identity if a longer answer does not change it. */
export interface Blocks {
  text: string;
  blocks: RootContent[];
  /** The labels of all definitions, such as `[1]` and `[^1]`. */
  labels: string[];
  /** The start of the text, which no continuation can change. */
  settled: { length: number; blocks: RootContent[]; labels: string[] };
}

/** The offset that the parser gives to the first unit of a text that is parsed whole. */
export const parsedFrom = 1;

/** Parses `text`. If the text continues `before`, parses only the part that may still change. */
export function readBlocks(text: string, before?: Blocks): Blocks {
  const nothing = { length: 0, blocks: [], labels: [] };
  if (before === undefined || !text.startsWith(before.text.slice(0, before.settled.length))) {
    return readAfter(nothing, text);
  }
  const read = readAfter(before.settled, text);
  // A new definition turns plain text of other blocks into references, so that all blocks must be parsed again.
  const isSame = read.labels.join("\n") === before.labels.join("\n");
  return isSame ? read : readAfter(nothing, text);
}

function readAfter(settled: Blocks["settled"], text: string): Blocks {
  const end = settled.length === 0 ? text.replace(/^\ufeff/, " ") : text.slice(settled.length);
  const parts = parsePart(end, settled.labels);
  const blocks = parts.map(({ block }) => block);
  const labels = [...settled.labels, ...labelsIn(blocks)];
  // micromark 4.0.3 lets a heading that follows a definition without an empty line begin where the definition begins.
  const beginsAfterTheBlockBefore = (index: number) =>
    index > 0 && (parts[index]?.start ?? 0) > (parts[index - 1]?.start ?? 0);
  const count = parts.findLastIndex(
    ({ start }, index) => beginsAfterTheBlockBefore(index) && isFinalCut(end, start),
  );
  const more = blocks.slice(0, Math.max(0, count));
  return {
    text,
    blocks: [...settled.blocks, ...blocks],
    labels: [...new Set(labels)],
    settled: {
      length: settled.length + lineStart(end, parts[count]?.start ?? 0),
      blocks: [...settled.blocks, ...more],
      labels: [...new Set([...settled.labels, ...labelsIn(more)])],
    },
  };
}

/** Returns the blocks of a text with their offsets. Adds definitions for `labels`, so that references to them are found. */
function parsePart(text: string, labels: string[]): { block: RootContent; start: number }[] {
  // micromark 4.0.3 drops a byte order mark at the beginning without counting it: positions would be off by one.
  if (nestsTooDeep.test(text)) return [{ block: plainBlock(text), start: 0 }];
  const definitions = `${labels.map((label) => `${label}: #\n\n`).join("")}\n`;
  const input = definitions + text;
  const { children } = parseMarkdown(input);
  return children.flatMap((block) => {
    const start = (block.position?.start.offset ?? 0) - definitions.length;
    keepSources(block, input);
    return start < 0 ? [] : [{ block, start }];
  });
}

/** 50 nested quotes or lists. The parser's time grows with the square of the depth, and rendering overflows the stack. */
const nestsTooDeep = /^(?:[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])[ \t])){50}/m;

const plainBlock = (text: string): RootContent => ({
  type: "paragraph",
  children: [{ type: "text", value: text }],
});

/**
 * Returns whether no continuation can change the text before the block at `start`. An empty line before the block ends every
 * paragraph and definition, and the complete first line shows that the block is not part of a list or note before it.
 */
function isFinalCut(text: string, start: number): boolean {
  const lineBegin = lineStart(text, start);
  const linesToBlock = text.slice(lineStart(text, lineBegin - 1), start);
  return /^[ \t]*\r?\n[ \t]*$/.test(linesToBlock) && text.includes("\n", start);
}

const lineStart = (text: string, offset: number) =>
  offset <= 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;

function labelsIn(nodes: Nodes[]): string[] {
  return nodes.flatMap((node) => {
    if (node.type === "definition") return [`[${node.identifier}]`];
    if (node.type === "footnoteDefinition") {
      return [`[^${node.identifier}]`, ...labelsIn(node.children)];
    }
    const isContainer =
      node.type === "blockquote" || node.type === "list" || node.type === "listItem";
    return isContainer ? labelsIn(node.children) : [];
  });
}

function keepSources(node: Nodes, input: string): void {
  if (node.type === "definition") {
    const { start, end } = node.position ?? {};
    node.data = { source: input.slice(start?.offset, end?.offset) };
  } else if (node.type !== "paragraph" && node.type !== "heading" && "children" in node) {
    for (const child of node.children) keepSources(child, input);
  }
}
