import { AIMessage, type BaseMessage, type MessageContent } from "@langchain/core/messages";

/** The text of a message, without its reasoning. */
export function textOf(message: BaseMessage): string {
  if (typeof message.content === "string") return message.content;
  return message.content
    .map((block) => (block.type === "text" && typeof block.text === "string" ? block.text : ""))
    .join("");
}

export const isBlank = (text: string): boolean => text.trim() === "";

/** The blocks in which a model hands over its thinking, to get them back with the next call of the turn. */
export function reasoningOf(content: MessageContent) {
  if (typeof content === "string") return [];
  return content.filter(({ type }) => type === "reasoning" || type === "reasoning_content");
}

export function withoutReasoning(message: BaseMessage): BaseMessage {
  if (!AIMessage.isInstance(message) || reasoningOf(message.content).length === 0) return message;
  const { id, tool_calls = [], response_metadata } = message;
  const fields = { content: textOf(message), tool_calls, response_metadata };
  return new AIMessage(id === undefined ? fields : { ...fields, id });
}
