import { effortsOf } from "#lib/budget/model-choices.ts";
import type { Effort } from "#lib/contract/model-choice.ts";

/** Claude models by family and version, as in `us.anthropic.claude-opus-4-7-20260101-v1:0`. */
const claude = /claude-(?<family>[a-z]+)-(?<major>\d+)(?:-(?<minor>\d{1,2}))?(?!\d)/;
const claude3 = /claude-(?:v2|instant|3-)/;

/**
 * Returns whether a model accepts a temperature. Anthropic's models since Opus 4.7 refuse every sampling parameter
 * ("`temperature` is deprecated for this model."), and later ones probably will. So an Anthropic model accepts a
 * temperature only if it is listed here. All other models accept one.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/model-card-anthropic-claude-opus-4-7.html
 */
export function acceptsTemperature(modelId: string): boolean {
  if (!modelId.includes("anthropic.")) return true;
  if (claude3.test(modelId)) return true;
  const { family = "", major = "", minor = "0" } = modelId.match(claude)?.groups ?? {};
  if (!["opus", "sonnet", "haiku"].includes(family)) return false;
  return Number(major) === 4 && (family !== "opus" || Number(minor) < 7);
}

/** Converse's reference: the field "is only supported by Amazon Nova and Anthropic Claude 3 and 4 models". */
export const acceptsToolResultStatus = (modelId: string): boolean =>
  /amazon\.nova|anthropic\.claude/.test(modelId);

/**
 * Returns where a request may have cache points. A model without prompt caching refuses a request that has one, and Amazon's
 * models refuse one among the tools. A point after fewer tokens than the model caches (1,000 for Amazon's models, 1,024 to 4,096
 * for Anthropic's) does nothing and costs nothing.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
 */
export function cachePointsOf(modelId: string): "everywhere" | "not in tools" | "nowhere" {
  if (/amazon\.nova-(2-)?(micro|lite|pro|premier)/.test(modelId)) return "not in tools";
  const isClaude = modelId.includes("anthropic.claude-");
  const isOlder = claude3.test(modelId) && !/claude-3-(7-sonnet|5-haiku)/.test(modelId);
  return isClaude && !isOlder ? "everywhere" : "nowhere";
}

/**
 * Returns the fields of a request that tell a model how much to think, or undefined if the model cannot be told.
 * https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html
 * https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-adaptive-thinking.html
 */
export function effortFieldsOf(modelId: string, effort: Effort | undefined): object | undefined {
  if (effort === undefined || !effortsOf(modelId).includes(effort)) return undefined;
  return modelId.includes("anthropic.")
    ? { thinking: { type: "adaptive" }, output_config: { effort } }
    : { reasoningConfig: { type: "enabled", maxReasoningEffort: effort } };
}

/** A Claude model that thinks refuses a temperature. */
export const thinksWithTemperature = (modelId: string): boolean => !modelId.includes("anthropic.");
