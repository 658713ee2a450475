import type { ContentBlock, Message } from "@aws-sdk/client-bedrock-runtime";
import { ChatBedrockConverse } from "@langchain/aws";
import {
  AIMessage,
  type BaseMessage,
  SystemMessage,
  type ToolCall,
  ToolMessage,
} from "@langchain/core/messages";
import { type AnswerBlock, blocksOf, textOf } from "#lib/agent/history/message-content.ts";
import { acceptsToolResultStatus } from "./model-support.ts";

/**
 * A ChatBedrockConverse that sends our own messages. @langchain/aws 1.4.5 moves tool calls behind all other content,
 * joins redacted reasoning, and drops signed reasoning without text and the status of a tool result.
 */
export class OrderedConverse extends ChatBedrockConverse {
  override async *_streamResponseChunks(messages: BaseMessage[], ...[options, runs]: Rest) {
    const withoutSystem = messages.filter((message) => !isSystem(message));
    const orderedMessages = toConverseMessages(withoutSystem, this.model);
    const ordered = { ...options, orderedMessages };
    yield* super._streamResponseChunks(messages.filter(isSystem), ordered, runs);
  }

  /** The base class spreads the returned parameters over its own request, so our messages replace its messages. */
  override invocationParams(options?: Options) {
    const params = super.invocationParams(options);
    return options?.orderedMessages ? { ...params, messages: options.orderedMessages } : params;
  }
}

type Streaming = Parameters<ChatBedrockConverse["_streamResponseChunks"]>;
type Rest = Streaming extends [unknown, ...infer Others] ? Others : never;
type Options = NonNullable<Parameters<ChatBedrockConverse["invocationParams"]>[0]> & {
  orderedMessages?: Message[];
};

const isSystem = (message: BaseMessage): boolean => SystemMessage.isInstance(message);

/** Returns the messages as Converse reads them: an answer's blocks in their order, and failed tool results marked. */
export function toConverseMessages(messages: readonly BaseMessage[], modelId: string): Message[] {
  return messages.map((message) => {
    if (AIMessage.isInstance(message)) {
      return { role: "assistant", content: answerContent(message) };
    }
    const content = ToolMessage.isInstance(message)
      ? [resultBlock(message, modelId)]
      : [{ text: textOf(message) }];
    return { role: "user", content };
  });
}

function answerContent(message: AIMessage): ContentBlock[] {
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

function resultBlock(message: ToolMessage, modelId: string): ContentBlock {
  const content = [{ text: textOf(message) }];
  const result = { toolUseId: message.tool_call_id, content };
  const isFailed = message.status === "error" && acceptsToolResultStatus(modelId);
  return { toolResult: isFailed ? { ...result, status: "error" } : result };
}
