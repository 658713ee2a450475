import type { Effort, ModelChoice } from "#lib/contract/model-choice.ts";
import type { Config } from "#lib/platform/config.ts";
import { type Price, requiredPriceOf, roundUsd, splitModelId } from "./price.ts";

interface KnownModel {
  name: string;
  contextTokens: number;
  /** Empty: the model cannot be told how much to think. */
  efforts: readonly Effort[];
}

const allEfforts: readonly Effort[] = ["low", "medium", "high"];

/**
 * What people should know of a model before they choose it, by model id without its profile prefix. As of November 2026, from
 * https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html,
 * https://docs.aws.amazon.com/nova/latest/userguide/what-is-nova.html and
 * https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-adaptive-thinking.html.
 *
 * Nova 2 knows a third effort, `high`. Bedrock refuses it together with `maxTokens`, and without a maximum no budget could cover
 * the call. Haiku 4.5 knows budgets of tokens instead of efforts.
 */
const knownModels: Record<string, KnownModel> = {
  "amazon.nova-2-lite-v1:0": {
    ...{ name: "Nova 2 Lite", contextTokens: 1_000_000, efforts: ["low", "medium"] },
  },
  "amazon.nova-pro-v1:0": { name: "Nova Pro", contextTokens: 300_000, efforts: [] },
  "amazon.nova-lite-v1:0": { name: "Nova Lite", contextTokens: 300_000, efforts: [] },
  "amazon.nova-micro-v1:0": { name: "Nova Micro", contextTokens: 128_000, efforts: [] },
  "anthropic.claude-haiku-4-5-20251001-v1:0": {
    ...{ name: "Claude Haiku 4.5", contextTokens: 200_000, efforts: [] },
  },
  "anthropic.claude-sonnet-4-6": {
    ...{ name: "Claude Sonnet 4.6", contextTokens: 1_000_000, efforts: allEfforts },
  },
  "anthropic.claude-sonnet-5": {
    ...{ name: "Claude Sonnet 5", contextTokens: 1_000_000, efforts: allEfforts },
  },
};

/** The twin's own models are rules, which read the whole request. */
const namesInTwin: Record<string, string> = {
  "demo-model": "Demo model",
  "demo-model-terse": "Demo model, terse",
};

type ModelSettings = Pick<Config, "modelId" | "otherModelIds" | "modelPrices">;

/** Returns the ids of the models that a conversation may run with. The first is the default. */
export const offeredModelIds = ({ modelId, otherModelIds }: ModelSettings): string[] => [
  ...new Set([modelId, ...otherModelIds]),
];

/** Returns the models that a conversation may run with, as people choose them. @throws Error if a price is unknown */
export const modelChoicesOf = (settings: ModelSettings): ModelChoice[] =>
  offeredModelIds(settings).map((id) => ({
    id,
    name: nameOf(id),
    context_tokens: knownModelOf(id)?.contextTokens ?? null,
    price: shownPrice(requiredPriceOf(id, settings.modelPrices)),
    efforts: [...effortsOf(id)],
    is_default: id === settings.modelId,
  }));

/** Returns how much a model can be told to think. */
export const effortsOf = (modelId: string): readonly Effort[] =>
  Object.hasOwn(namesInTwin, modelId) ? allEfforts : (knownModelOf(modelId)?.efforts ?? []);

function knownModelOf(modelId: string): KnownModel | undefined {
  const { model } = splitModelId(modelId);
  return Object.hasOwn(knownModels, model) ? knownModels[model] : undefined;
}

function nameOf(modelId: string): string {
  if (Object.hasOwn(namesInTwin, modelId)) return namesInTwin[modelId] ?? modelId;
  return knownModelOf(modelId)?.name ?? modelId.replace(/^ollama\//, "");
}

const shownPrice = ({ input, output }: Price): ModelChoice["price"] =>
  input === 0 && output === 0 ? null : { input_usd: roundUsd(input), output_usd: roundUsd(output) };
