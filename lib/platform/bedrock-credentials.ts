import { fromEnv } from "@aws-sdk/credential-provider-env";
import { defaultProvider } from "@aws-sdk/credential-provider-node";
import { fromEnvSigningName } from "@aws-sdk/token-providers";
import { createRequestSigner, type SignRequest, twinCredentials } from "./sign-request.ts";

/** Authorises requests with the environment's bearer token for Bedrock, or by a signature with its AWS credentials. */
export function createBedrockSigner(region: string): SignRequest {
  const sign = createRequestSigner({ service: "bedrock", region, credentials: defaultProvider() });
  const token = fromEnvSigningName({ signingName: "bedrock" })().catch(() => undefined);
  return async (request) => {
    const bearer = await token;
    if (!bearer) return sign(request);
    if (!bearer.token) throw new Error("AWS_BEARER_TOKEN_BEDROCK is empty.");
    return { ...request.headers, authorization: `Bearer ${bearer.token}` };
  };
}

/** As in Lambda, each process of the twin has an access key of its own. Other programs need none. */
export const signForTwin = createRequestSigner({
  service: "bedrock",
  region: "us-east-1",
  credentials: () => fromEnv()().catch(() => twinCredentials),
});
