import {
  AIMessage,
  type BaseMessage,
  HumanMessage,
  type ToolCall,
  ToolMessage,
} from "@langchain/core/messages";
import { isBlank, reasoningOf, textOf } from "./message-content.ts";

/**
 * The same conversation as Converse accepts it: it begins with the person, roles alternate, nothing is
 * blank, every tool call is answered once and right after it. One crashed or stopped turn would
 * otherwise make every later request of the thread invalid.
 */
export function repairHistory(messages: BaseMessage[]): BaseMessage[] {
  const results = firstResults(messages);
  const used = new Set<string>();
  const repaired: BaseMessage[] = [];
  for (const message of messages) {
    const last = repaired.at(-1);
    if (HumanMessage.isInstance(message) && !isBlank(textOf(message))) {
      if (last && !AIMessage.isInstance(last)) repaired.push(new AIMessage(unanswered));
      repaired.push(message);
    } else if (AIMessage.isInstance(message) && last) {
      const answer = repairAnswer(message, used);
      if (!answer) continue;
      if (AIMessage.isInstance(last)) repaired.pop();
      repaired.push(AIMessage.isInstance(last) ? joinAnswers(last, answer) : answer);
      for (const call of answer.tool_calls ?? []) {
        repaired.push(results.get(call.id ?? "") ?? interruptedResult(call));
      }
    }
  }
  return repaired;
}

const unanswered = "(This message was not answered.)";

function firstResults(messages: BaseMessage[]): Map<string, ToolMessage> {
  const results = messages.filter((message) => ToolMessage.isInstance(message));
  return new Map(results.toReversed().map((result) => [result.tool_call_id, result]));
}

/** An answer without calls that were made before or cannot be sent; undefined when nothing is left of it. */
function repairAnswer(message: AIMessage, used: Set<string>): AIMessage | undefined {
  const calls = (message.tool_calls ?? []).flatMap((call) => {
    if (!call.id || used.has(call.id)) return [];
    used.add(call.id);
    return [{ ...call, name: sendableName(call.name), args: sendableInput(call.args) }];
  });
  if (calls.length === 0 && isBlank(textOf(message))) return undefined;
  return new AIMessage({ ...contentOf(message), tool_calls: calls });
}

/** In the order in which the protocol wants it: reasoning, then one text. */
function contentOf(message: AIMessage) {
  const text = textOf(message);
  const reasoning = reasoningOf(message.content);
  const { response_metadata } = message;
  if (reasoning.length === 0) return { content: text, response_metadata };
  const content = isBlank(text) ? reasoning : [...reasoning, { type: "text" as const, text }];
  return { content, response_metadata };
}

/** Two answers in a row become one. The first has no calls, for those are followed by their results. */
function joinAnswers(first: AIMessage, second: AIMessage): AIMessage {
  const content = [textOf(first), textOf(second)].filter((text) => !isBlank(text)).join("\n\n");
  return new AIMessage({ content, tool_calls: second.tool_calls ?? [] });
}

function interruptedResult(call: ToolCall): ToolMessage {
  return new ToolMessage({
    tool_call_id: call.id ?? "",
    name: call.name,
    status: "error",
    content: "Error: the tool call was interrupted before it finished.",
  });
}

/** Names that a model made up are kept readable within what the protocol allows. */
function sendableName(name: string): string {
  return name.replaceAll(/[^a-zA-Z0-9_-]/g, "_").slice(0, 64) || "unknown";
}

function sendableInput(input: unknown): Record<string, unknown> {
  return typeof input === "object" && input !== null && !Array.isArray(input) ? { ...input } : {};
}
