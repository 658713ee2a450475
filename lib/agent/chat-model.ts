import type { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import type { AIMessageChunk, BaseMessage } from "@langchain/core/messages";
import { OrderedConverse } from "./ordered-converse.ts";
import { type Tool, toToolSpecification } from "./tools/tool.ts";
import { untraced } from "./untraced.ts";

/** One model with the tools that it may call. */
export interface ChatModel {
  readonly id: string;
  /** One attempt: a whole answer or an error, no retry. */
  stream(messages: BaseMessage[], signal: AbortSignal): Promise<AsyncIterable<AIMessageChunk>>;
}

interface ChatModelOptions {
  modelId: string;
  region: string;
  client: BedrockRuntimeClient;
  tools: readonly Tool[];
}

/** A model of Amazon Bedrock. */
export function createChatModel(options: ChatModelOptions): ChatModel {
  const { modelId, region, client } = options;
  const tools = options.tools.map(toToolSpecification);
  const model = new OrderedConverse({
    model: modelId,
    region,
    client,
    maxTokens: 1_024,
    temperature: 0,
    // Before the first piece of an answer, and between two.
    streamIdleTimeout: 30_000,
  });
  return {
    id: modelId,
    stream: (messages, signal) => model.stream(messages, { ...untraced, tools, signal }),
  };
}
