import { createBedrockSigner, signForTwin } from "#lib/platform/bedrock-credentials.ts";
import type { SignRequest } from "#lib/platform/sign-request.ts";
import { credentialsErrorName, WireError } from "./wire-error.ts";

/**
 * Returns the headers of a POST request, and those that authorise it.
 * @throws WireError if the credentials cannot be used
 */
export type Authorise = SignRequest;

export const createAuthoriser = (region: string): Authorise =>
  withWireErrors(createBedrockSigner(region));

export const authoriseAsTwin = withWireErrors(signForTwin);

function withWireErrors(sign: SignRequest): Authorise {
  return async (request) => {
    try {
      return await sign(request);
    } catch (cause) {
      const message = "The credentials for Bedrock cannot be used.";
      throw new WireError(message, { errorName: credentialsErrorName, wasSent: false, cause });
    }
  };
}
