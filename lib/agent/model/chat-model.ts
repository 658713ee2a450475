import type { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import type { AIMessageChunk, BaseMessage } from "@langchain/core/messages";
import { untraced } from "#lib/agent/graph/untraced.ts";
import { type Tool, toToolSpecification } from "#lib/tools/tool.ts";
import { OrderedConverse } from "./ordered-converse.ts";
import { defaultPatience, type Patience, withPatience } from "./patience.ts";
import { takesTemperature } from "./sampling.ts";

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
  /** From 0 to 1; without it the model's own. Models that refuse the parameter are never sent it. */
  temperature?: number | undefined;
  patience?: Patience | undefined;
  /** Of one answer; 1,024 without it. */
  maxTokens?: number | undefined;
}

/** A model of Amazon Bedrock. */
export function createChatModel(options: ChatModelOptions): ChatModel {
  const {
    modelId,
    region,
    client,
    temperature,
    patience = defaultPatience,
    maxTokens = 1_024,
  } = options;
  const tools = options.tools.map(toToolSpecification);
  const model = new OrderedConverse({
    model: modelId,
    region,
    client,
    maxTokens,
    ...(temperature !== undefined && takesTemperature(modelId) ? { temperature } : {}),
    streamIdleTimeout: 0, // none: `patience` has two times
  });
  return {
    id: modelId,
    stream: async (messages, signal) =>
      withPatience(
        (either) => model.stream(messages, { ...untraced, tools, signal: either }),
        patience,
        signal,
      ),
  };
}
