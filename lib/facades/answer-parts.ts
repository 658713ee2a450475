import type { ToolCall } from "#lib/contract/chat.ts";

/** A piece of an answer. All texts joined are the answer's text. */
export type AnswerPart = { type: "text"; text: string } | { type: "tool"; tool: ToolCall };

/**
 * Returns an answer's text and tool calls in the order of their arrival. A call whose text has not arrived comes after the
 * text that has. White space between two calls goes to the text after them, so that no text is white space alone except at
 * the end of the answer.
 */
export function answerParts(text: string, tools: readonly ToolCall[]): AnswerPart[] {
  const parts: AnswerPart[] = [];
  let from = 0;
  for (const tool of tools.toSorted((one, other) => offsetOf(one) - offsetOf(other))) {
    const before = text.slice(from, offsetOf(tool));
    if (before.trim() !== "") {
      parts.push({ type: "text", text: before });
      from += before.length;
    }
    parts.push({ type: "tool", tool });
  }
  const rest = text.slice(from);
  if (rest !== "") parts.push({ type: "text", text: rest });
  return parts;
}

/** Turns from before the field existed have their calls first. */
export const offsetOf = ({ text_offset = 0 }: ToolCall) => text_offset;
