import { twinEmbeddingModelId } from "#lib/platform/config.ts";
import type { LanguageModel } from "./bedrock/answer.ts";
import { createDemoModel } from "./bedrock/demo/demo-model.ts";
import { knownModelIds } from "./bedrock/known-models.ts";
import { chooseModel, type ModelChoice } from "./bedrock/model-choice.ts";
import { createOllama } from "./bedrock/ollama.ts";
import { humanPace, type Pace } from "./bedrock/pace.ts";
import { type BedrockServer, startBedrock } from "./bedrock/server.ts";

export interface StartedModel {
  choice: ModelChoice;
  /** The stand-in for Bedrock. It runs unused when the functions call the real Bedrock. */
  bedrock: BedrockServer;
  /** Tells the demo model the address of the page that explains how to connect a real model. */
  setGuide(guideUrl: string): void;
  /** Variables of the functions. */
  environment: Record<string, string>;
}

/** Chooses the model and starts Bedrock's stand-in in front of it. @throws Error with one sentence if the chosen model cannot be used */
export async function startModel(options: {
  provider: string;
  pace: Pace | undefined;
}): Promise<StartedModel> {
  const choice = await chooseModel({ provider: options.provider, environment: process.env });
  const bedrock = await startBedrock({
    model: modelOf(choice),
    modelIds: [...new Set([choice.modelId, ...choice.otherModelIds, ...knownModelIds])],
    pace: choice.provider === "demo" ? (options.pace ?? humanPace) : undefined,
  });
  return {
    choice,
    bedrock,
    setGuide(guideUrl) {
      if (choice.provider === "demo") bedrock.model = createDemoModel({ guideUrl });
    },
    environment: environmentOf(choice, bedrock),
  };
}

function modelOf(choice: ModelChoice): LanguageModel {
  return choice.provider === "ollama" ? createOllama(choice) : createDemoModel();
}

function environmentOf(choice: ModelChoice, bedrock: BedrockServer): Record<string, string> {
  const others = choice.otherModelIds.join(",");
  const model = {
    BEDROCK_MODEL_ID: choice.modelId,
    ...(others !== "" && { BEDROCK_MODEL_CHOICES: others }),
  };
  if (choice.provider === "bedrock") {
    const fallback = process.env.BEDROCK_FALLBACK_MODEL_ID;
    return {
      ...model,
      ...(fallback && { BEDROCK_FALLBACK_MODEL_ID: fallback }),
      ...awsVariables(),
      AWS_REGION: choice.region,
    };
  }
  return {
    ...model,
    DOCUMENT_EMBEDDING_MODEL_ID: twinEmbeddingModelId,
    LOCAL_BEDROCK_ENDPOINT: bedrock.endpoint,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
  };
}

/** The variables by which the AWS SDK finds credentials: its own, and the home folder with its files. */
function awsVariables(): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    const isNeeded = name.startsWith("AWS_") || name === "HOME" || name === "USERPROFILE";
    if (isNeeded && value !== undefined) variables[name] = value;
  }
  return variables;
}
