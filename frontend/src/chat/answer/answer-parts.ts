import type { ToolCall } from "#lib/contract/chat.ts";

/** A stretch of an answer: words, with their place in its text, or the tools that were called after them. */
export type AnswerPart =
  | { kind: "text"; from: number; text: string }
  | { kind: "tools"; tools: ToolCall[] };

/** Returns an answer's words and tool calls in the order in which they came. */
export function answerParts(text: string, tools: ToolCall[]): AnswerPart[] {
  const parts: AnswerPart[] = [];
  let from = 0;
  const addText = (to: number) => {
    const words = text.slice(from, to);
    if (words.trim() !== "") parts.push({ kind: "text", from, text: words });
    from = to;
  };
  for (const tool of [...tools].sort((one, other) => offsetOf(one) - offsetOf(other))) {
    // A follower learns of a call before it has the words that came before the call.
    addText(Math.min(offsetOf(tool), text.length));
    const last = parts.at(-1);
    if (last?.kind === "tools") last.tools.push(tool);
    else parts.push({ kind: "tools", tools: [tool] });
  }
  addText(text.length);
  return parts;
}

const offsetOf = ({ text_offset = 0 }: ToolCall) => text_offset;
