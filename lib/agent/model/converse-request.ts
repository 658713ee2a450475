import { AIMessage, type BaseMessage, type ToolCall, ToolMessage } from "@langchain/core/messages";
import { frameToolResult } from "#lib/agent/history/frame-tool-result.ts";
import { type AnswerBlock, blocksOf, textOf } from "#lib/agent/history/message-content.ts";
import { acceptsToolResultStatus } from "./model-support.ts";

/**
 * The body of a ConverseStream request.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
 */
export interface ConverseRequest {
  system: ({ text: string } | CachePoint)[];
  messages: ConverseMessage[];
  inferenceConfig?: { maxTokens: number; temperature?: number };
  toolConfig?: { tools: object[] };
  /** What only this model knows. */
  additionalModelRequestFields?: object;
}

interface CachePoint {
  cachePoint: { type: "default" };
}

/** What stands before it is the same in later requests, which read it from the model's cache at a lower price. */
export const cachePoint: CachePoint = { cachePoint: { type: "default" } };

export interface ConverseMessage {
  role: "user" | "assistant";
  content: ConverseBlock[];
}

export type ConverseBlock =
  | { text: string }
  | { reasoningContent: { reasoningText: { text: string; signature?: string } } }
  /** Base64. */
  | { reasoningContent: { redactedContent: string } }
  | { toolUse: { toolUseId: string | undefined; name: string; input: object } }
  | { toolResult: { toolUseId: string; content: { text: string }[]; status?: "error" } };

/** Returns a message as Converse reads it: an answer's blocks in their order, and a failed tool result marked. */
export function toConverseMessage(message: BaseMessage, modelId: string): ConverseMessage {
  if (AIMessage.isInstance(message)) return { role: "assistant", content: answerContent(message) };
  const content = ToolMessage.isInstance(message)
    ? [resultBlock(message, modelId)]
    : [{ text: textOf(message) }];
  return { role: "user", content };
}

function answerContent(message: AIMessage): ConverseBlock[] {
  const { tool_calls = [] } = message;
  const blocks = blocksOf(message);
  const marked = new Set(blocks.map((block) => block.type === "tool_call" && block.id));
  return [
    ...blocks.flatMap((block) => toConverseBlocks(block, tool_calls)),
    ...tool_calls.filter(({ id = "" }) => !marked.has(id)).map(toToolUse),
  ];
}

function toConverseBlocks(block: AnswerBlock, calls: readonly ToolCall[]): ConverseBlock[] {
  switch (block.type) {
    case "text":
      return [{ text: block.text }];
    case "reasoning": {
      const { reasoning: text, signature } = block;
      const reasoningText = signature === undefined ? { text } : { text, signature };
      return [{ reasoningContent: { reasoningText } }];
    }
    case "reasoning_content":
      return [{ reasoningContent: { redactedContent: block.redactedContent } }];
    case "tool_call":
      return calls.filter(({ id }) => id === block.id).map(toToolUse);
  }
}

const toToolUse = ({ id, name, args }: ToolCall): ConverseBlock => ({
  toolUse: { toolUseId: id, name, input: args },
});

function resultBlock(message: ToolMessage, modelId: string): ConverseBlock {
  const content = [{ text: frameToolResult(message) }];
  const result = { toolUseId: message.tool_call_id, content };
  const isFailed = message.status === "error" && acceptsToolResultStatus(modelId);
  return { toolResult: isFailed ? { ...result, status: "error" } : result };
}
