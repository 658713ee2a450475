import { BedrockError } from "./bedrock-error.ts";

export const demoModelId = "demo-model";
/** The same rules, of which it says only the first paragraph. */
export const terseDemoModelId = "demo-model-terse";

/** The default model ids of a server. On AWS they are inference profiles. */
export const knownModelIds = [
  demoModelId,
  terseDemoModelId,
  "us.amazon.nova-2-lite-v1:0",
  "us.amazon.nova-pro-v1:0",
  "us.amazon.nova-lite-v1:0",
  "us.amazon.nova-micro-v1:0",
  "us.anthropic.claude-haiku-4-5-20251001-v1:0",
  "us.anthropic.claude-opus-4-7",
  "us.anthropic.claude-sonnet-4-6",
  "us.anthropic.claude-sonnet-5",
  "us.meta.llama4-scout-17b-instruct-v1:0",
] as const;

/** Profiles whose model has reached the end of its life. */
const retiredModelIds = [
  "us.anthropic.claude-3-5-haiku-20241022-v1:0",
  "us.anthropic.claude-3-5-sonnet-20240620-v1:0",
];

/** @throws BedrockError with Bedrock's own message if the model is unknown, retired, or needs a profile */
export function requireModel(id: string, modelIds: readonly string[]): void {
  if (modelIds.includes(id)) return;
  if (retiredModelIds.includes(id)) {
    throw new BedrockError(
      "ResourceNotFoundException",
      "This model version has reached the end of its life. Please refer to the AWS documentation for more details.",
    );
  }
  const isBare = modelIds.some((known) => known.replace(/^(us|eu|apac|global)\./, "") === id);
  throw new BedrockError(
    "ValidationException",
    isBare
      ? `Invocation of model ID ${id} with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.`
      : "The provided model identifier is invalid.",
  );
}

/** What a model does not support although the request is well formed. */
export interface ModelLimits {
  maxOutputTokens: number;
  /** Which of temperature and topP the model accepts: both, at most one, or none. */
  sampling: "both" | "one" | "none";
  cachePoints: "everywhere" | "not in tools" | "nowhere";
  toolsInStreams: boolean;
  /** Whether `toolChoice` may be other than `auto`. */
  forcedTools: boolean;
}

const strict: ModelLimits = {
  maxOutputTokens: 10_000,
  sampling: "both",
  cachePoints: "not in tools",
  toolsInStreams: true,
  forcedTools: true,
};
const claude: ModelLimits = { ...strict, maxOutputTokens: 64_000, cachePoints: "everywhere" };

/** README.md has the sources. The first match applies. */
const limits: [id: RegExp, limits: ModelLimits][] = [
  [/^demo-model/, { ...strict, maxOutputTokens: 64_000 }],
  [/claude-(haiku|sonnet)-4-[56]|claude-opus-4-[156]/, { ...claude, sampling: "one" }],
  [/claude-(3|sonnet-4|opus-4-2)/, claude],
  // Opus 4.7 and later.
  [/claude-/, { ...claude, sampling: "none" }],
  [/meta\.llama/, { ...strict, cachePoints: "nowhere", toolsInStreams: false, forcedTools: false }],
];

/** Returns the limits of a model. Default: those of Amazon's models. */
export function limitsOf(modelId: string): ModelLimits {
  return limits.find(([id]) => id.test(modelId))?.[1] ?? strict;
}
