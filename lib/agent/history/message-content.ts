import {
  AIMessage,
  type BaseMessage,
  type ContentBlock,
  type MessageContent,
} from "@langchain/core/messages";

/**
 * One block of an answer, in the order in which the model wrote the blocks. A `tool_call` block only marks the position
 * of the call with that id; calls without a mark come last.
 */
export type AnswerBlock =
  | { type: "text"; text: string }
  | { type: "reasoning"; reasoning: string; signature?: string }
  /** Base64. The model's provider has encrypted the reasoning. */
  | { type: "reasoning_content"; redactedContent: string }
  | { type: "tool_call"; id: string };

/** Returns the text of a message without its reasoning. Texts with another block between them become paragraphs. */
export function textOf(message: BaseMessage): string {
  if (typeof message.content === "string") return message.content;
  return message.content
    .map((block) => (block.type === "text" && typeof block.text === "string" ? block.text : ""))
    .filter((text) => !isBlank(text))
    .join("\n\n");
}

export const isBlank = (text: string): boolean => text.trim() === "";

/**
 * Returns the turn of a message. A turn's messages have the ids `<turn>` (the human message), `<turn>:m1`,
 * `<turn>:t:<call>` and `<turn>:a`.
 */
export function turnIdOf({ id = "" }: BaseMessage): string {
  const end = id.indexOf(":");
  return end < 0 ? id : id.slice(0, end);
}

/** Returns the model that wrote an answer, from the answer's metadata. */
export function modelIdOf(answer: AIMessage | undefined): string | undefined {
  const modelId: unknown = answer?.response_metadata.model_id;
  return typeof modelId === "string" ? modelId : undefined;
}

/** Returns the blocks of an answer that may be sent to the model. Drops every other stored block. */
export function blocksOf({ content }: AIMessage): AnswerBlock[] {
  if (typeof content === "string") return isBlank(content) ? [] : [{ type: "text", text: content }];
  return content.flatMap(toAnswerBlock);
}

/** Returns blocks as the content of a message: a single text as a string, and no marks at the end. */
export function toContent(blocks: AnswerBlock[]): MessageContent {
  const last = blocks.findLastIndex(({ type }) => type !== "tool_call");
  const [first, ...others] = blocks.slice(0, last + 1);
  if (!first) return "";
  return first.type === "text" && others.length === 0 ? first.text : [first, ...others];
}

export const isReasoning = ({ type }: AnswerBlock): boolean =>
  type === "reasoning" || type === "reasoning_content";

export function withoutReasoning(message: BaseMessage): BaseMessage {
  if (typeof message.content === "string" || !AIMessage.isInstance(message)) return message;
  const blocks = blocksOf(message);
  if (!blocks.some(isReasoning)) return message;
  const { id, tool_calls = [], response_metadata } = message;
  const content = toContent(blocks.filter((block) => !isReasoning(block)));
  const fields = { content, tool_calls, response_metadata };
  return new AIMessage(id === undefined ? fields : { ...fields, id });
}

/** Keeps empty reasoning if it is signed, because the signature holds the reasoning. */
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
