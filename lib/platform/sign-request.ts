import { SignatureV4, type SignatureV4Init } from "@smithy/signature-v4";
import { Sha256 } from "./sha256.ts";

export interface PlainRequest {
  path: string;
  /** With `host`. */
  headers: Record<string, string>;
  body: Uint8Array;
}

/** Returns the headers of a POST request to AWS, and those of its signature. Rejects if the credentials cannot be used. */
export type SignRequest = (request: PlainRequest) => Promise<Record<string, string>>;

/** The twin checks no signature. Requests are signed anyway, so that the twin runs what the cloud runs. */
export const twinCredentials = { accessKeyId: "local", secretAccessKey: "local" };

export function createRequestSigner(
  options: Pick<SignatureV4Init, "service" | "region" | "credentials">,
): SignRequest {
  const signer = new SignatureV4({ ...options, sha256: Sha256 });
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
    return (await signer.sign(request)).headers;
  };
}
