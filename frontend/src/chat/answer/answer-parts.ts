import type { ToolCall } from "#lib/contract/chat.ts";

/** A part of an answer: text with its offset (UTF-16 units), or the tools that were called after the text. */
export type AnswerPart =
  | { kind: "text"; from: number; text: string }
  | { kind: "tools"; tools: ToolCall[] };

/** Returns an answer's text and tool calls in order of arrival. */
export function answerParts(text: string, tools: ToolCall[]): AnswerPart[] {
  const parts: AnswerPart[] = [];
  let from = 0;
  const addText = (to: number) => {
    const words = text.slice(from, to);
    if (words.trim() !== "") parts.push({ kind: "text", from, text: words });
    from = to;
  };
  for (const tool of [...tools].sort((one, other) => offsetOf(one) - offsetOf(other))) {
    // A follower may receive a call before the text that precedes the call.
    addText(Math.min(offsetOf(tool), text.length));
    const last = parts.at(-1);
    if (last?.kind === "tools") last.tools.push(tool);
    else parts.push({ kind: "tools", tools: [tool] });
  }
  addText(text.length);
  return parts;
}

const offsetOf = ({ text_offset = 0 }: ToolCall) => text_offset;
