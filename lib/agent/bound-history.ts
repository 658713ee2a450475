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

/** Four characters of English are about one token. */
function estimateTokens(message: BaseMessage): number {
  const calls = AIMessage.isInstance(message) ? (message.tool_calls ?? []) : [];
  const callLength = calls.length > 0 ? JSON.stringify(calls).length : 0;
  return Math.ceil((textOf(message).length + callLength) / 4);
}
