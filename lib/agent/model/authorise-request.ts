import { fromEnv } from "@aws-sdk/credential-provider-env";
import { defaultProvider } from "@aws-sdk/credential-provider-node";
import { fromEnvSigningName } from "@aws-sdk/token-providers";
import {
  createRequestSigner,
  type SignRequest,
  twinCredentials,
} from "#lib/platform/sign-request.ts";
import { credentialsErrorName, WireError } from "./wire-error.ts";

/**
 * Returns the headers of a POST request, and those that authorise it.
 * @throws WireError if the credentials cannot be used
 */
export type Authorise = SignRequest;

/** Authorises requests with the environment's bearer token for Bedrock, or by a signature with its AWS credentials. */
export function createAuthoriser(region: string): Authorise {
  const sign = createSigner(region, defaultProvider());
  const token = fromEnvSigningName({ signingName: "bedrock" })().catch(() => undefined);
  return async (request) => {
    const bearer = await token;
    if (!bearer) return sign(request);
    if (!bearer.token) throw credentialsError(new Error("AWS_BEARER_TOKEN_BEDROCK is empty."));
    return { ...request.headers, authorization: `Bearer ${bearer.token}` };
  };
}

/** As in Lambda, each process of the twin has an access key of its own. Other programs need none. */
export const authoriseAsTwin = createSigner("us-east-1", () =>
  fromEnv()().catch(() => twinCredentials),
);

function createSigner(
  region: string,
  credentials: Parameters<typeof createRequestSigner>[0]["credentials"],
): Authorise {
  const sign = createRequestSigner({ service: "bedrock", region, credentials });
  return async (request) => {
    try {
      return await sign(request);
    } catch (error) {
      throw credentialsError(error);
    }
  };
}

function credentialsError(cause: unknown): WireError {
  const message = "The credentials for Bedrock cannot be used.";
  return new WireError(message, { errorName: credentialsErrorName, wasSent: false, cause });
}
