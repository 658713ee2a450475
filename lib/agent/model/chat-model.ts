import type { BaseMessage } from "@langchain/core/messages";
import { type Price, worstCostInMicrodollars } from "#lib/budget/price.ts";
import type { Purse } from "#lib/budget/purse.ts";
import { answerTokensOf } from "#lib/budget/turn-budget.ts";
import type { Effort } from "#lib/contract/model-choice.ts";
import { inputJsonSchemaOf } from "#lib/tools/input-json-schema.ts";
import type { Tool } from "#lib/tools/tool.ts";
import type { BedrockClient } from "./bedrock-client.ts";
import type { ConverseEvent } from "./converse-event.ts";
import { cachePoint } from "./converse-request.ts";
import { defaultIdleTimeouts, type IdleTimeouts, withIdleTimeouts } from "./idle-timeout.ts";
import {
  acceptsTemperature,
  cachePointsOf,
  effortFieldsOf,
  thinksWithTemperature,
} from "./model-support.ts";
import { createBodyWriter } from "./request-body.ts";

/** One model with the tools that it may call. */
export interface ChatModel {
  readonly id: string;
  readonly price: Price;
  /**
   * Makes one attempt and never retries. Calls `onEvent` with each event of the answer, and resolves when the stream has
   * ended. Takes the most that the attempt can cost from the purse; the caller settles.
   * @throws BudgetExhausted, WireError, ModelSilent, the signal's reason, or what `onEvent` throws
   */
  stream(
    messages: BaseMessage[],
    parts: { signal: AbortSignal; purse: Purse },
    onEvent: (event: ConverseEvent) => void,
  ): Promise<void>;
}

interface ChatModelOptions {
  modelId: string;
  price: Price;
  client: BedrockClient;
  tools: readonly Tool[];
  /** From 0 to 1. The default is the model's own. Ignored for a model that refuses the parameter. */
  temperature?: number | undefined;
  idleTimeouts?: IdleTimeouts | undefined;
  /** How much the model thinks before it answers. Ignored for a model that cannot be told. */
  effort?: Effort | undefined;
  /** Output tokens of one answer, at most; `answerTokensOf` its effort by default. */
  maxTokens?: number | undefined;
}

/** Returns a model of Amazon Bedrock. */
export function createChatModel(options: ChatModelOptions): ChatModel {
  const { modelId, price, client, temperature, idleTimeouts = defaultIdleTimeouts } = options;
  const effortFields = effortFieldsOf(modelId, options.effort);
  const { maxTokens = answerTokensOf(effortFields && options.effort) } = options;
  const takesTemperature =
    acceptsTemperature(modelId) && (!effortFields || thinksWithTemperature(modelId));
  const tools: object[] = options.tools.map(toToolSpecification);
  // Without tools the prompt is shorter than what any model caches.
  const cachePoints = tools.length > 0 ? cachePointsOf(modelId) : "nowhere";
  if (cachePoints === "everywhere") tools.push(cachePoint);
  const settings = {
    inferenceConfig: {
      maxTokens,
      ...(temperature !== undefined && takesTemperature ? { temperature } : {}),
    },
    ...(effortFields && { additionalModelRequestFields: effortFields }),
    ...(tools.length > 0 ? { toolConfig: { tools } } : {}),
  };
  const bodyOf = createBodyWriter(modelId, settings, { cachesPrompt: cachePoints !== "nowhere" });
  return {
    id: modelId,
    price,
    async stream(messages, { signal, purse }, onEvent) {
      const body = bodyOf(messages);
      const size = { requestBytes: body.length, outputTokens: maxTokens };
      await purse.take(worstCostInMicrodollars(price, size));
      await withIdleTimeouts(
        (either, onPiece) =>
          client.converseStream(modelId, body, either, (event) => {
            // Bedrock sends messageStart before the model has written anything, so it does not count as a piece.
            if (event.contentBlockStart || event.contentBlockDelta) onPiece();
            onEvent(event);
          }),
        idleTimeouts,
        signal,
      );
    },
  };
}

/** Returns a tool as Converse expects it. Models other than Anthropic's refuse further keys in the schema. */
export function toToolSpecification(tool: Tool) {
  const { name, description } = tool;
  const { type, properties, required } = inputJsonSchemaOf(tool);
  return { toolSpec: { name, description, inputSchema: { json: { type, properties, required } } } };
}
