import { AIMessage, type BaseMessage, HumanMessage } from "@langchain/core/messages";
import { textOf, withoutReasoning } from "./message-content.ts";

/**
 * The newest turns that fit, whole ones only. The last turn always stays: it is bounded by the caps on the message,
 * steps, tool calls and tool output. Reasoning is kept for the last turn alone, models want it no longer.
 */
export function boundHistory(messages: BaseMessage[], maxTokens: number): BaseMessage[] {
  const lastStart = messages.findLastIndex((message) => HumanMessage.isInstance(message));
  if (lastStart === -1) return messages;
  const first = startOfNewestTurns(messages, maxTokens);
  return [...messages.slice(first, lastStart).map(withoutReasoning), ...messages.slice(lastStart)];
}

/** Index of the oldest turn that fits together with all newer ones. The last turn always fits. */
export function startOfNewestTurns(messages: BaseMessage[], maxTokens: number): number {
  let start = messages.length;
  let tokens = 0;
  for (let index = messages.length - 1; index >= 0; index -= 1) {
    const message = messages[index] as BaseMessage;
    tokens += tokensOf(message);
    if (tokens > maxTokens && start < messages.length) break;
    if (HumanMessage.isInstance(message)) start = index;
  }
  return start === messages.length ? 0 : start;
}

/** Index after the newest turn that fits together with all older ones. The first turn always fits. */
export function endOfOldestTurns(messages: BaseMessage[], maxTokens: number): number {
  let end = 0;
  let tokens = 0;
  for (const [index, message] of messages.entries()) {
    if (HumanMessage.isInstance(message)) end = index;
    tokens += tokensOf(message);
    if (tokens > maxTokens && end > 0) return end;
  }
  return messages.length;
}

export function estimateTokens(messages: BaseMessage[]): number {
  return messages.reduce((sum, message) => sum + tokensOf(message), 0);
}

function tokensOf(message: BaseMessage): number {
  const calls = AIMessage.isInstance(message) ? (message.tool_calls ?? []) : [];
  const words = calls.length > 0 ? textOf(message) + JSON.stringify(calls) : textOf(message);
  return tokensOfText(words);
}

/** Four bytes are about one token: four letters of English, two of Cyrillic, one character of Chinese or an emoji. */
export const tokensOfText = (text: string): number => Math.ceil(Buffer.byteLength(text) / 4);
