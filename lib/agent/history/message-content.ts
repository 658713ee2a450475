import {
  AIMessage,
  type BaseMessage,
  type ContentBlock,
  type MessageContent,
} from "@langchain/core/messages";

/**
 * The blocks of an answer, in the order in which the model said them. A `tool_call` only marks where the
 * call of that id stands; calls without a mark stand at the end.
 */
export type AnswerBlock =
  | { type: "text"; text: string }
  | { type: "reasoning"; reasoning: string; signature?: string }
  /** Encrypted by the model's provider; base64. */
  | { type: "reasoning_content"; redactedContent: string }
  | { type: "tool_call"; id: string };

/** The text of a message, without its reasoning; texts that something else stands between are paragraphs. */
export function textOf(message: BaseMessage): string {
  if (typeof message.content === "string") return message.content;
  return message.content
    .map((block) => (block.type === "text" && typeof block.text === "string" ? block.text : ""))
    .filter((text) => !isBlank(text))
    .join("\n\n");
}

export const isBlank = (text: string): boolean => text.trim() === "";

/** The blocks of an answer that go back to the model; whatever else is stored does not. */
export function blocksOf({ content }: AIMessage): AnswerBlock[] {
  if (typeof content === "string") return isBlank(content) ? [] : [{ type: "text", text: content }];
  return content.flatMap(toAnswerBlock);
}

/** Blocks as a message holds them: a mere text is a string, marks at the end say nothing. */
export function toContent(blocks: AnswerBlock[]): MessageContent {
  const last = blocks.findLastIndex(({ type }) => type !== "tool_call");
  const [first, ...others] = blocks.slice(0, last + 1);
  if (!first) return "";
  return first.type === "text" && others.length === 0 ? first.text : [first, ...others];
}

export const isReasoning = ({ type }: AnswerBlock): boolean =>
  type === "reasoning" || type === "reasoning_content";

export function withoutReasoning(message: BaseMessage): BaseMessage {
  if (!AIMessage.isInstance(message)) return message;
  const blocks = blocksOf(message);
  if (!blocks.some(isReasoning)) return message;
  const { id, tool_calls = [], response_metadata } = message;
  const content = toContent(blocks.filter((block) => !isReasoning(block)));
  const fields = { content, tool_calls, response_metadata };
  return new AIMessage(id === undefined ? fields : { ...fields, id });
}

/** Thinking without a word goes back if it is signed: the signature holds it. */
function toAnswerBlock(block: ContentBlock): AnswerBlock[] {
  const { type, text, reasoning, signature, redactedContent, id } = block;
  if (type === "text" && typeof text === "string") return isBlank(text) ? [] : [{ type, text }];
  if (type === "reasoning" && typeof reasoning === "string") {
    if (typeof signature === "string") return [{ type, reasoning, signature }];
    return reasoning === "" ? [] : [{ type, reasoning }];
  }
  if (type === "reasoning_content" && typeof redactedContent === "string") {
    return [{ type, redactedContent }];
  }
  return type === "tool_call" && typeof id === "string" ? [{ type, id }] : [];
}
