import { AIMessage, type BaseMessage, HumanMessage } from "@langchain/core/messages";
import { tokensOfText } from "#lib/platform/estimate-tokens.ts";
import { textOf, withoutReasoning } from "./message-content.ts";

/**
 * Returns the newest whole turns that fit into `maxTokens`. The last turn always stays, because message, model calls,
 * tool calls and tool output have limits of their own. Only the last turn keeps its reasoning: models do not want older
 * reasoning back.
 */
export function boundHistory(messages: BaseMessage[], maxTokens: number): BaseMessage[] {
  const lastStart = messages.findLastIndex((message) => HumanMessage.isInstance(message));
  if (lastStart === -1) return messages;
  const first = startOfNewestTurns(messages, maxTokens);
  return [...messages.slice(first, lastStart).map(withoutReasoning), ...messages.slice(lastStart)];
}

/** Returns the index of the oldest turn that fits together with all newer turns. The last turn always fits. */
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

/** Returns the index after the newest turn that fits together with all older turns. The first turn always fits. */
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

/** Each turn estimates all messages of its thread several times, and a message never changes. */
const estimated = new WeakMap<BaseMessage, number>();

function tokensOf(message: BaseMessage): number {
  const known = estimated.get(message);
  if (known !== undefined) return known;
  const calls = AIMessage.isInstance(message) ? (message.tool_calls ?? []) : [];
  const text = calls.length > 0 ? textOf(message) + JSON.stringify(calls) : textOf(message);
  const tokens = tokensOfText(text);
  estimated.set(message, tokens);
  return tokens;
}
