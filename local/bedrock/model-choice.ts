import { defaultModelId } from "#lib/platform/config.ts";
import { readAwsSettings } from "./aws-settings.ts";
import { findOllama } from "./find-ollama.ts";
import { demoModelId, terseDemoModelId } from "./known-models.ts";

interface ChosenModel {
  modelId: string;
  /** The models that a conversation may choose instead. */
  otherModelIds: string[];
  /** One sentence for the user. */
  reason: string;
}

export type ModelChoice =
  | (ChosenModel & { provider: "bedrock"; region: string })
  | (ChosenModel & { provider: "ollama"; endpoint: string })
  | (ChosenModel & { provider: "demo" });

type Environment = Record<string, string | undefined>;
/** The choice, or the reason why the provider cannot be used. */
type Attempt = ModelChoice | { provider: undefined; reason: string };

/** How long the start waits for a slow Ollama. A closed port refuses within 100 ms. */
const probeMs = 300;
/** How long the start waits if MODEL_PROVIDER names Ollama. */
const namedProbeMs = 5_000;

/**
 * Chooses the model of the twin. "auto" chooses Bedrock if it finds credentials and a region, else Ollama if this
 * machine runs it with a model that can use tools, else the demo model.
 * @throws Error with one sentence if the named provider is unknown or cannot be used
 */
export async function chooseModel(options: {
  provider: string;
  environment: Environment;
}): Promise<ModelChoice> {
  const { provider, environment } = options;
  switch (provider) {
    case "auto":
      return await chooseAutomatically(environment);
    case "bedrock":
      return required(provider, await tryBedrock(environment));
    case "ollama":
      return required(provider, await tryOllama(environment, namedProbeMs));
    case "demo":
      return demo("MODEL_PROVIDER is demo.");
    default:
      throw new Error(`MODEL_PROVIDER must be auto, bedrock, ollama or demo, not "${provider}".`);
  }
}

async function chooseAutomatically(environment: Environment): Promise<ModelChoice> {
  const bedrock = await tryBedrock(environment);
  if (bedrock.provider) return bedrock;
  const ollama = await tryOllama(environment, probeMs);
  if (ollama.provider) return ollama;
  return demo(`Bedrock: ${bedrock.reason} Ollama: ${ollama.reason}`);
}

async function tryBedrock(environment: Environment): Promise<Attempt> {
  const { credentials, region } = await readAwsSettings(environment);
  if (credentials === undefined) {
    return {
      provider: undefined,
      reason:
        "No AWS credentials found (AWS_PROFILE, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_BEARER_TOKEN_BEDROCK).",
    };
  }
  if (!region) {
    return { provider: undefined, reason: `No region found for ${credentials} (AWS_REGION).` };
  }
  return {
    provider: "bedrock",
    modelId: environment.BEDROCK_MODEL_ID || defaultModelId,
    otherModelIds: environment.BEDROCK_MODEL_CHOICES?.split(",") ?? [],
    region,
    reason: `Found ${credentials} and the region ${region}.`,
  };
}

async function tryOllama(environment: Environment, timeoutMs: number): Promise<Attempt> {
  const search = await findOllama(environment, timeoutMs);
  switch (search.outcome) {
    case "found":
      return {
        provider: "ollama",
        modelId: `ollama/${search.model}`,
        otherModelIds: search.others.map((name) => `ollama/${name}`),
        endpoint: search.endpoint,
        reason: `Ollama runs at ${search.endpoint}, and ${search.model} can use tools.`,
      };
    case "unreachable":
      return { provider: undefined, reason: `No Ollama server responds at ${search.endpoint}.` };
    case "no tools":
      return {
        provider: undefined,
        reason: `The Ollama server at ${search.endpoint} has no ${environment.OLLAMA_MODEL ?? "model"} that can use tools.`,
      };
    case "not local":
      return { provider: undefined, reason: "OLLAMA_HOST is not an address of this machine." };
  }
}

function demo(reason: string): ModelChoice {
  return { provider: "demo", modelId: demoModelId, otherModelIds: [terseDemoModelId], reason };
}

function required(provider: string, attempt: Attempt): ModelChoice {
  if (attempt.provider) return attempt;
  throw new Error(`MODEL_PROVIDER=${provider} cannot be used. ${attempt.reason}`);
}
