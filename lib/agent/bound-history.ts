import { AIMessage, type BaseMessage, HumanMessage } from "@langchain/core/messages";
import { textOf, withoutReasoning } from "./message-content.ts";

interface Bounds {
  maxMessages: number;
  maxTokens: number;
}

/** About 20 plain turns; at the default model's price less than a cent per call. */
const defaultBounds: Bounds = { maxMessages: 40, maxTokens: 24_000 };

/**
 * The newest turns that fit, whole ones only. The last turn always stays: it is bounded by the caps on
 * steps, tool calls and tool output. Reasoning is kept for the last turn alone, models want it no longer.
 */
export function boundHistory(messages: BaseMessage[], bounds = defaultBounds): BaseMessage[] {
  const starts = messages.flatMap((message, index) =>
    HumanMessage.isInstance(message) ? [index] : [],
  );
  const lastStart = starts.at(-1);
  if (lastStart === undefined) return messages;
  const first = starts.find((start) => fits(messages.slice(start), bounds)) ?? lastStart;
  return [...messages.slice(first, lastStart).map(withoutReasoning), ...messages.slice(lastStart)];
}

function fits(messages: BaseMessage[], { maxMessages, maxTokens }: Bounds): boolean {
  if (messages.length > maxMessages) return false;
  return messages.reduce((sum, message) => sum + estimateTokens(message), 0) <= maxTokens;
}

/** Four bytes are about one token: four letters of English, two of Cyrillic, one character of Chinese or an emoji. */
function estimateTokens(message: BaseMessage): number {
  const calls = AIMessage.isInstance(message) ? (message.tool_calls ?? []) : [];
  const words = calls.length > 0 ? textOf(message) + JSON.stringify(calls) : textOf(message);
  return Math.ceil(Buffer.byteLength(words) / 4);
}
