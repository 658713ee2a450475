import { BedrockError } from "./bedrock-error.ts";

/** Returns the body of GetInferenceProfile. `/health` uses it to check that a model exists and is active. @throws BedrockError */
export function inferenceProfile(id: string, modelIds: readonly string[]): object {
  if (!modelIds.includes(id)) {
    throw new BedrockError("ResourceNotFoundException", "The inference profile was not found.");
  }
  const model = id.replace(/^(us|eu|apac|global)\./, "");
  return {
    inferenceProfileId: id,
    inferenceProfileName: id,
    inferenceProfileArn: `arn:aws:bedrock:us-east-1:000000000000:inference-profile/${id}`,
    models: [{ modelArn: `arn:aws:bedrock:us-east-1::foundation-model/${model}` }],
    status: "ACTIVE",
    type: "SYSTEM_DEFINED",
  };
}
