import { createHash, createHmac } from "node:crypto";

export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  /** Only temporary credentials have one. */
  sessionToken?: string | undefined;
}

/** A POST request without a query. Names of headers are in lower case, and `host` is one of them. */
interface PlainRequest {
  path: string;
  headers: Record<string, string>;
  body: string | Uint8Array;
}

const algorithm = "AWS4-HMAC-SHA256";

/**
 * Returns a function that returns a request's headers with a signature, Signature Version 4:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function createSigner({ service, region }: { service: string; region: string }) {
  let known: { secret: string; date: string; key: Buffer } | undefined;

  /** A key is valid for one day of the world's clock (UTC). */
  function keyOf(secret: string, date: string): Buffer {
    if (known?.secret !== secret || known.date !== date) {
      const parts = [date, region, service, "aws4_request"];
      const key = parts.reduce<string | Buffer>(hmac, `AWS4${secret}`) as Buffer;
      known = { secret, date, key };
    }
    return known.key;
  }

  return ({ path, headers, body }: PlainRequest, credentials: AwsCredentials) => {
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    const time = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
    const date = time.slice(0, 8);
    const scope = `${date}/${region}/${service}/aws4_request`;
    const signed: Record<string, string> = {
      ...headers,
      "x-amz-date": time,
      ...(sessionToken !== undefined && { "x-amz-security-token": sessionToken }),
    };
    const names = Object.keys(signed).sort();
    const signedNames = names.join(";");
    const canonicalHeaders = names.map((name) => `${name}:${withoutExtraSpace(signed[name])}\n`);
    const canonicalRequest = `POST\n${escaped(path)}\n\n${canonicalHeaders.join("")}\n${signedNames}\n${sha256(body)}`;
    const text = `${algorithm}\n${time}\n${scope}\n${sha256(canonicalRequest)}`;
    const signature = hmac(keyOf(secretAccessKey, date), text).toString("hex");
    const authorization = `${algorithm} Credential=${accessKeyId}/${scope}, SignedHeaders=${signedNames}, Signature=${signature}`;
    return { ...signed, authorization };
  };
}

const hmac = (key: string | Buffer, text: string): Buffer =>
  createHmac("sha256", key).update(text).digest();

const sha256 = (data: string | Uint8Array): string =>
  createHash("sha256").update(data).digest("hex");

const withoutExtraSpace = (value = ""): string => value.trim().replace(/\s+/g, " ");

/** The path is escaped once more than in the request, but for the slashes. */
const escaped = (path: string): string =>
  encodeURIComponent(path)
    .replaceAll("%2F", "/")
    .replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
