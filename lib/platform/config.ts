import * as v from "valibot";

const text = v.pipe(v.string("is missing"), v.minLength(1, "is empty"));
const loopbackUrl = v.pipe(
  text,
  v.url("must be a URL"),
  v.check(
    (url) => ["127.0.0.1", "[::1]", "localhost"].includes(new URL(url).hostname),
    "must be a loopback address: it is for the local twin only",
  ),
);
const wholeNumber = (fallback: number) =>
  v.optional(
    v.pipe(
      text,
      v.regex(/^\d+$/, "must be a whole number"),
      v.transform(Number),
      v.minValue(1, "must be at least 1"),
    ),
    String(fallback),
  );

/** The environment of a deployed function; `serverless.yml` and the twin set it. Units are in the names. */
const Environment = v.object({
  ENVIRONMENT: v.picklist(["aws", "local"], 'must be "aws" or "local"'),
  SERVICE_VERSION: v.optional(text, "0.0.0"),
  AWS_REGION: text,
  SECRET_PREFIX: v.optional(text, "enterprise-agentic-ai"),
  RATE_LIMIT_TABLE: text,
  /** Where the page lives, for browsers that send `Origin` but no `Sec-Fetch-Site`. */
  PUBLIC_ORIGIN: v.optional(v.pipe(text, v.url("must be a URL"))),
  BEDROCK_MODEL_ID: v.optional(text, "us.amazon.nova-2-lite-v1:0"),
  BEDROCK_FALLBACK_MODEL_ID: v.optional(text),
  LEASE_SECONDS: wholeNumber(15),
  TURN_DEADLINE_SECONDS: wholeNumber(300),
  CHAT_REQUESTS_PER_MINUTE: wholeNumber(10),
  LOCAL_NEON_ENDPOINT: v.optional(loopbackUrl),
  LOCAL_DYNAMODB_ENDPOINT: v.optional(loopbackUrl),
  LOCAL_SECRETS_ENDPOINT: v.optional(loopbackUrl),
  LOCAL_BEDROCK_ENDPOINT: v.optional(loopbackUrl),
});

export type Config = ReturnType<typeof readConfig>;

/**
 * The only reader of the environment: parsed once, frozen.
 * @throws Error whose message names every faulty variable and what is wrong with it, never a value.
 */
export function readConfig(environment: Record<string, string | undefined> = process.env) {
  const parsed = v.safeParse(Environment, environment);
  if (!parsed.success) throw new Error(describeFaults(parsed.issues));
  const read = parsed.output;
  return Object.freeze({
    environment: read.ENVIRONMENT,
    version: read.SERVICE_VERSION,
    region: read.AWS_REGION,
    secretPrefix: read.SECRET_PREFIX,
    rateLimitTable: read.RATE_LIMIT_TABLE,
    publicOrigin: read.PUBLIC_ORIGIN,
    modelId: read.BEDROCK_MODEL_ID,
    fallbackModelId: read.BEDROCK_FALLBACK_MODEL_ID,
    leaseSeconds: read.LEASE_SECONDS,
    turnDeadlineSeconds: read.TURN_DEADLINE_SECONDS,
    chatRequestsPerMinute: read.CHAT_REQUESTS_PER_MINUTE,
    /** Addresses of the twin's stand-ins; all undefined in AWS, where the SDKs know theirs. */
    endpoints: Object.freeze({
      neon: read.LOCAL_NEON_ENDPOINT,
      dynamodb: read.LOCAL_DYNAMODB_ENDPOINT,
      secrets: read.LOCAL_SECRETS_ENDPOINT,
      bedrock: read.LOCAL_BEDROCK_ENDPOINT,
    }),
  });
}

function describeFaults(issues: readonly v.BaseIssue<unknown>[]): string {
  const faults = issues.map((issue) => {
    const isMissing = issue.received === "undefined";
    return `  ${v.getDotPath(issue) ?? "?"} ${isMissing ? "is missing" : issue.message}`;
  });
  return [
    "The configuration is not usable. Set these in the environment (.env.example explains each):",
    ...faults,
  ].join("\n");
}
