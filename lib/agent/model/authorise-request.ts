import { defaultProvider } from "@aws-sdk/credential-provider-node";
import { fromEnvSigningName } from "@aws-sdk/token-providers";
import { Hash } from "@smithy/core/serde";
import { SignatureV4, type SignatureV4Init } from "@smithy/signature-v4";
import { credentialsErrorName, WireError } from "./wire-error.ts";

interface PlainRequest {
  path: string;
  headers: Record<string, string>;
  body: Uint8Array;
}

/**
 * Returns the headers of a POST request, and those that authorise it.
 * @throws WireError if the credentials cannot be used
 */
export type Authorise = (request: PlainRequest) => Promise<Record<string, string>>;

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

/** The twin checks no signature. Requests are signed anyway, so that the twin runs what the cloud runs. */
export const authoriseAsTwin = createSigner("us-east-1", {
  accessKeyId: "local",
  secretAccessKey: "local",
});

function createSigner(region: string, credentials: SignatureV4Init["credentials"]): Authorise {
  const signer = new SignatureV4({
    region,
    credentials,
    service: "bedrock",
    sha256: Hash.bind(null, "sha256"),
  });
  return async ({ path, headers, body }) => {
    const { host: hostname = "" } = headers;
    const request = {
      method: "POST",
      protocol: "https:",
      hostname,
      path,
      query: {},
      headers,
      body,
    };
    try {
      return (await signer.sign(request)).headers;
    } catch (error) {
      throw credentialsError(error);
    }
  };
}

function credentialsError(cause: unknown): WireError {
  const message = "The credentials for Bedrock cannot be used.";
  return new WireError(message, { errorName: credentialsErrorName, wasSent: false, cause });
}
