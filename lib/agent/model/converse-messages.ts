import type { ContentBlock, Message } from "@aws-sdk/client-bedrock-runtime";
import { AIMessage, type BaseMessage, type ToolCall, ToolMessage } from "@langchain/core/messages";
import { type AnswerBlock, blocksOf, textOf } from "#lib/agent/history/message-content.ts";

/**
 * The messages of person, model and tools as Converse reads them: what the model said comes in its order,
 * and a tool that failed says so.
 */
export function toConverseMessages(messages: readonly BaseMessage[], modelId: string): Message[] {
  return messages.map((message) => {
    if (AIMessage.isInstance(message)) return { role: "assistant", content: answerOf(message) };
    const content = ToolMessage.isInstance(message)
      ? [resultOf(message, modelId)]
      : [{ text: textOf(message) }];
    return { role: "user", content };
  });
}

function answerOf(message: AIMessage): ContentBlock[] {
  const { tool_calls = [] } = message;
  const blocks = blocksOf(message);
  const marked = new Set(blocks.map((block) => block.type === "tool_call" && block.id));
  return [
    ...blocks.flatMap((block) => toContentBlocks(block, tool_calls)),
    ...tool_calls.filter(({ id = "" }) => !marked.has(id)).map(toToolUse),
  ];
}

function toContentBlocks(block: AnswerBlock, calls: readonly ToolCall[]): ContentBlock[] {
  switch (block.type) {
    case "text":
      return [{ text: block.text }];
    case "reasoning": {
      const { reasoning: text, signature } = block;
      const reasoningText = signature === undefined ? { text } : { text, signature };
      return [{ reasoningContent: { reasoningText } }];
    }
    case "reasoning_content": {
      const redactedContent = Buffer.from(block.redactedContent, "base64");
      return [{ reasoningContent: { redactedContent } }];
    }
    case "tool_call":
      return calls.filter(({ id }) => id === block.id).map(toToolUse);
  }
}

const toToolUse = ({ id, name, args }: ToolCall): ContentBlock => ({
  toolUse: { toolUseId: id, name, input: args },
});

function resultOf(message: ToolMessage, modelId: string): ContentBlock {
  const content = [{ text: textOf(message) }];
  const result = { toolUseId: message.tool_call_id, content };
  const isFailed = message.status === "error" && readsStatus(modelId);
  return { toolResult: isFailed ? { ...result, status: "error" } : result };
}

/** Converse's reference: the field "is only supported by Amazon Nova and Anthropic Claude 3 and 4 models". */
const readsStatus = (modelId: string): boolean => /amazon\.nova|anthropic\.claude/.test(modelId);
