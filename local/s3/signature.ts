import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { twinCredentials } from "#lib/platform/sign-request.ts";
import { accessDenied, S3Refusal } from "./refusal.ts";

/** What a signature is calculated over. */
export interface SignedRequest {
  method: string;
  /** Path and query as sent. */
  target: string;
  headers: IncomingHttpHeaders;
}

const algorithm = "AWS4-HMAC-SHA256";
const mostExpirySeconds = 7 * 24 * 60 * 60;
const mostSkewMs = 15 * 60 * 1_000;
/** The SHA-256 of nothing: no request that is signed in its headers has a body here. */
const emptyBody = createHash("sha256").digest("hex");

/** Checks that a request is signed in its query or in its headers, as S3 does. @throws S3Refusal */
export function checkSignature(request: SignedRequest, nowMs: number): void {
  const query = new URLSearchParams(request.target.split("?")[1] ?? "");
  if (query.has("X-Amz-Signature") || query.has("X-Amz-Algorithm")) {
    checkQuery(request, query, nowMs);
  } else if (request.headers.authorization !== undefined) {
    checkHeaders(request, request.headers.authorization, nowMs);
  } else {
    throw accessDenied();
  }
}

function checkQuery(request: SignedRequest, query: URLSearchParams, nowMs: number): void {
  const refuse = (message: string) =>
    new S3Refusal(400, "AuthorizationQueryParametersError", message);
  const names = ["Algorithm", "Credential", "Signature", "Date", "SignedHeaders", "Expires"];
  const [given, credential, signature, date, signedHeaders, expires] = names.map(
    (name) => query.get(`X-Amz-${name}`) ?? "",
  ) as [string, string, string, string, string, string];
  if ([credential, signature, date, signedHeaders, expires].includes("")) {
    throw refuse(
      `Query-string authentication version 4 requires the ${names.map((name) => `X-Amz-${name}`).join(", ")} parameters.`,
    );
  }
  if (given !== algorithm) throw refuse(`X-Amz-Algorithm only supports "${algorithm}"`);
  const startMs = timeOf(date);
  if (startMs === undefined) {
    throw refuse("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  }
  if (!/^\d{1,9}$/.test(expires) || Number(expires) < 1) {
    throw refuse("X-Amz-Expires should be a number");
  }
  if (Number(expires) > mostExpirySeconds) {
    throw refuse(
      "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds",
    );
  }
  const endMs = startMs + Number(expires) * 1_000;
  if (nowMs > endMs) {
    throw accessDenied("Request has expired", {
      "X-Amz-Expires": expires,
      Expires: new Date(endMs).toISOString(),
      ServerTime: new Date(nowMs).toISOString(),
    });
  }
  if (startMs - nowMs > mostSkewMs) throw accessDenied("Request is not valid yet");
  if (!signedHeaders.split(";").includes("host")) throw refuse("Signed header required: host");
  const payload = query.get("X-Amz-Content-Sha256") ?? "UNSIGNED-PAYLOAD";
  const expected = signatureOf({ ...request, credential, date, signedHeaders, payload });
  requireEqual(signature, expected);
}

function checkHeaders(request: SignedRequest, authorization: string, nowMs: number): void {
  const [, credential = "", signedHeaders = "", signature = ""] =
    /^AWS4-HMAC-SHA256 Credential=([^,\s]+), ?SignedHeaders=([\w;-]+), ?Signature=([\da-f]{64})$/.exec(
      authorization,
    ) ?? [];
  if (signature === "") {
    throw new S3Refusal(
      400,
      "AuthorizationHeaderMalformed",
      "The authorization header that you provided is not valid.",
    );
  }
  const date = String(request.headers["x-amz-date"] ?? "");
  const timeMs = timeOf(date);
  if (timeMs === undefined) {
    throw accessDenied("AWS authentication requires a valid Date or x-amz-date header");
  }
  if (Math.abs(nowMs - timeMs) > mostSkewMs) {
    throw new S3Refusal(
      403,
      "RequestTimeTooSkewed",
      "The difference between the request time and the current time is too large.",
    );
  }
  const payload = request.headers["x-amz-content-sha256"];
  if (typeof payload !== "string") {
    throw new S3Refusal(
      400,
      "InvalidRequest",
      "Missing required header for this request: x-amz-content-sha256",
    );
  }
  const expected = signatureOf({ ...request, credential, date, signedHeaders, payload });
  requireEqual(signature, expected);
  if (payload !== "UNSIGNED-PAYLOAD" && payload !== emptyBody) {
    throw new S3Refusal(
      400,
      "XAmzContentSHA256Mismatch",
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  }
}

interface SignatureInput extends SignedRequest {
  credential: string;
  date: string;
  signedHeaders: string;
  payload: string;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html */
function signatureOf(input: SignatureInput): string {
  const [path = "", query = ""] = input.target.split("?");
  const parameters = query
    .split("&")
    .filter((part) => part !== "" && !part.startsWith("X-Amz-Signature="))
    .map((part) => (part.includes("=") ? part : `${part}=`))
    .sort();
  const names = input.signedHeaders.split(";");
  const headers = names.map((name) => `${name}:${String(input.headers[name] ?? "").trim()}\n`);
  const canonical = [
    ...[input.method, path, parameters.join("&")],
    ...[headers.join(""), input.signedHeaders, input.payload],
  ].join("\n");
  const { scope } = readCredential(input.credential, input.date);
  const hash = createHash("sha256").update(canonical).digest("hex");
  return sign(input.credential, input.date, [algorithm, input.date, scope, hash].join("\n"));
}

/** Returns the signature of a text by the twin's key. @throws S3Refusal if the credential is another one */
export function sign(credential: string, date: string, text: string): string {
  const { day, region } = readCredential(credential, date);
  let key: Buffer | string = `AWS4${twinCredentials.secretAccessKey}`;
  for (const part of [day, region, "s3", "aws4_request"]) {
    key = createHmac("sha256", key).update(part).digest();
  }
  return createHmac("sha256", key).update(text).digest("hex");
}

function readCredential(credential: string, date: string) {
  const [, accessKey = "", day = "", region = ""] =
    /^([^/]+)\/(\d{8})\/([\w-]+)\/s3\/aws4_request$/.exec(credential) ?? [];
  if (accessKey === "" || !date.startsWith(day)) {
    throw new S3Refusal(
      400,
      "AuthorizationQueryParametersError",
      `Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".`,
    );
  }
  if (accessKey !== twinCredentials.accessKeyId) {
    throw new S3Refusal(
      403,
      "InvalidAccessKeyId",
      "The AWS Access Key Id you provided does not exist in our records.",
      { AWSAccessKeyId: accessKey },
    );
  }
  return { day, region, scope: `${day}/${region}/s3/aws4_request` };
}

/** @throws S3Refusal */
export function requireEqual(given: string, expected: string): void {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  if (left.length === right.length && timingSafeEqual(left, right)) return;
  throw new S3Refusal(
    403,
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    { AWSAccessKeyId: twinCredentials.accessKeyId, SignatureProvided: given },
  );
}

/** Returns the time of `20261129T053046Z` in milliseconds. */
function timeOf(date: string): number | undefined {
  if (!/^\d{8}T\d{6}Z$/.test(date)) return undefined;
  const time = Date.parse(date.replace(/(....)(..)(..T..)(..)(..)/, "$1-$2-$3:$4:$5"));
  return Number.isNaN(time) ? undefined : time;
}
