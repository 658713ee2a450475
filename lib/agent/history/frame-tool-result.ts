import type { ToolMessage } from "@langchain/core/messages";
import { textOf } from "./message-content.ts";

/** Begins each line that a tool wrote. The system prompt says what the mark means. */
const lineMark = "> ";

/** Every sign that a model may read as the end of a line. */
export const lineBreak = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/g;

/**
 * Returns a tool's result as the model is sent it. Each line begins with a mark, so that no result can end its frame or
 * write a line of its own outside. A delimiter could be repeated, and a secret one would change every request's prefix,
 * which the prompt cache needs unchanged.
 */
export function frameToolResult(message: ToolMessage): string {
  const text = textOf(message);
  if (message.additional_kwargs.own_words === true) return text;
  return lineMark + text.replaceAll(lineBreak, `\n${lineMark}`);
}

/** The field of a tool message that holds this system's own words, which need no frame. No tool can set it. */
export const ownWordsField = { own_words: true };
