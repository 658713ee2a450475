import type { Nodes } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";

/** A part of a message: text as it was typed, or the code between two fences. */
export type MessagePart =
  | { kind: "text"; text: string }
  | { kind: "code"; text: string; language: string };

/** Divides a message into text and fenced code. All other Markdown stays as it was typed: people do not write Markdown. */
export function messageParts(text: string): MessagePart[] {
  // Most messages have no fence and need no parser.
  if (!/`{3}|~{3}/.test(text)) return [{ kind: "text", text }];
  const parts: MessagePart[] = [];
  let from = 0;
  const addText = (to: number) => {
    const words = text.slice(from, to).replace(/^\n|\n$/g, "");
    if (words.trim() !== "") parts.push({ kind: "text", text: words });
  };
  for (const { start, end, code, language } of fencesIn(fromMarkdown(text), text)) {
    addText(start);
    parts.push({ kind: "code", text: code, language });
    from = end;
  }
  addText(text.length);
  return parts;
}

interface Fence {
  start: number;
  end: number;
  code: string;
  language: string;
}

function fencesIn(node: Nodes, text: string): Fence[] {
  if (node.type === "code") {
    const { start, end } = node.position ?? {};
    if (start?.offset === undefined || end?.offset === undefined) return [];
    // Only Markdown takes indented lines for code.
    if (!/^[`~]/.test(text.slice(start.offset))) return [];
    const { value: code, lang } = node;
    return [{ start: start.offset, end: end.offset, code, language: lang ?? "" }];
  }
  return "children" in node ? node.children.flatMap((child) => fencesIn(child, text)) : [];
}
