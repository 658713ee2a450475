import type { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import type { AIMessageChunk, BaseMessage } from "@langchain/core/messages";
import { toJsonSchema } from "@valibot/to-json-schema";
import { untraced } from "#lib/agent/untraced.ts";
import type { Tool } from "#lib/tools/tool.ts";
import { defaultIdleTimeouts, type IdleTimeouts, withIdleTimeouts } from "./idle-timeout.ts";
import { acceptsTemperature } from "./model-support.ts";
import { OrderedConverse } from "./ordered-converse.ts";

/** One model with the tools that it may call. */
export interface ChatModel {
  readonly id: string;
  /** Makes one attempt and never retries. The stream yields a complete answer or throws. */
  stream(messages: BaseMessage[], signal: AbortSignal): Promise<AsyncIterable<AIMessageChunk>>;
}

interface ChatModelOptions {
  modelId: string;
  region: string;
  client: BedrockRuntimeClient;
  tools: readonly Tool[];
  /** From 0 to 1. The default is the model's own. Ignored for a model that refuses the parameter. */
  temperature?: number | undefined;
  idleTimeouts?: IdleTimeouts | undefined;
  /** Output tokens of one answer, at most; 1,024 by default. */
  maxTokens?: number | undefined;
}

/** Returns a model of Amazon Bedrock. */
export function createChatModel(options: ChatModelOptions): ChatModel {
  const { modelId, region, client, temperature, maxTokens = 1_024 } = options;
  const { idleTimeouts = defaultIdleTimeouts } = options;
  const tools = options.tools.map(toToolSpecification);
  const model = new OrderedConverse({
    model: modelId,
    region,
    client,
    maxTokens,
    ...(temperature !== undefined && acceptsTemperature(modelId) ? { temperature } : {}),
    streamIdleTimeout: 0, // off, because `withIdleTimeouts` has two times
  });
  return {
    id: modelId,
    stream: async (messages, signal) =>
      withIdleTimeouts(
        (either) => model.stream(messages, { ...untraced, tools, signal: either }),
        idleTimeouts,
        signal,
      ),
  };
}

/** Returns a tool as Converse expects it. Models other than Anthropic's refuse further keys in the schema. */
export function toToolSpecification({ name, description, input }: Tool) {
  const { type, properties, required } = toJsonSchema(input, { errorMode: "ignore" });
  return { toolSpec: { name, description, inputSchema: { json: { type, properties, required } } } };
}
