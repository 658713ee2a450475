import { defaultMessageLimit, highestMessageLimit } from "#lib/contract/message-limit.ts";

/** Of the model that answers unless another one is set: an inference profile of the United States. */
export const defaultModelId = "us.amazon.nova-2-lite-v1:0";

/** What is wrong with a value, in words that follow its name. */
type Rule = (value: string) => string | undefined;

export type Config = ReturnType<typeof readConfig>;

/**
 * The only reader of the environment, which `serverless.yml` and the twin set: read once, frozen. By hand, for a
 * library of schemas would be a seventh of what `GET /health?live=1` loads.
 * @throws Error whose message names every faulty variable and what is wrong with it, never a value.
 */
export function readConfig(environment: Record<string, string | undefined> = process.env) {
  const { required, optional, wholeNumber, wholeNumberOrNever, faults } = reader(environment);
  const config = {
    environment: required("ENVIRONMENT", isEnvironment) === "local" ? "local" : "aws",
    version: optional("SERVICE_VERSION") ?? "0.0.0",
    region: required("AWS_REGION"),
    secretPrefix: optional("SECRET_PREFIX") ?? "enterprise-agentic-ai",
    rateLimitTable: required("RATE_LIMIT_TABLE"),
    /** Where the page lives, for browsers that send `Origin` but no `Sec-Fetch-Site`. */
    publicOrigin: optional("PUBLIC_ORIGIN", isUrl),
    modelId: optional("BEDROCK_MODEL_ID") ?? defaultModelId,
    fallbackModelId: optional("BEDROCK_FALLBACK_MODEL_ID"),
    leaseSeconds: wholeNumber("LEASE_SECONDS", 15),
    turnDeadlineSeconds: wholeNumber("TURN_DEADLINE_SECONDS", 300),
    /** UTF-16 units that a message may have. */
    messageLimit: wholeNumber(
      "MESSAGE_LIMIT",
      defaultMessageLimit,
      isWholeNumberWithin(1, highestMessageLimit),
    ),
    chatRequestsPerMinute: wholeNumber("CHAT_REQUESTS_PER_MINUTE", 10),
    conversationRequestsPerMinute: wholeNumber("CONVERSATION_REQUESTS_PER_MINUTE", 60),
    /** Undefined: conversations are kept for ever. */
    conversationIdleDays: wholeNumberOrNever("CONVERSATION_IDLE_DAYS", 30),
    /** Addresses of the twin's stand-ins; all undefined in AWS, where the SDKs know theirs. */
    endpoints: Object.freeze({
      neon: optional("LOCAL_NEON_ENDPOINT", isLoopback),
      dynamodb: optional("LOCAL_DYNAMODB_ENDPOINT", isLoopback),
      secrets: optional("LOCAL_SECRETS_ENDPOINT", isLoopback),
      bedrock: optional("LOCAL_BEDROCK_ENDPOINT", isLoopback),
    }),
  } as const;
  if (faults.length > 0) {
    throw new Error(
      [
        "The configuration is not usable. Set these in the environment (.env.example explains each):",
        ...faults.map((fault) => `  ${fault}`),
      ].join("\n"),
    );
  }
  return Object.freeze(config);
}

function reader(environment: Record<string, string | undefined>) {
  const faults: string[] = [];
  const optional = (name: string, rule?: Rule) => {
    const value = environment[name];
    if (value === undefined) return undefined;
    const fault = value === "" ? "is empty" : rule?.(value);
    if (fault !== undefined) faults.push(`${name} ${fault}`);
    return value;
  };
  const required = (name: string, rule?: Rule) => {
    const value = optional(name, rule);
    if (value === undefined) faults.push(`${name} is missing`);
    return value ?? "";
  };
  const wholeNumber = (name: string, fallback: number, rule = isWholeNumber) =>
    Number(optional(name, rule) ?? fallback);
  const wholeNumberOrNever = (name: string, fallback: number) =>
    environment[name] === "never" ? undefined : wholeNumber(name, fallback);
  return { optional, required, wholeNumber, wholeNumberOrNever, faults };
}

const isEnvironment: Rule = (value) =>
  value === "aws" || value === "local" ? undefined : 'must be "aws" or "local"';

const isUrl: Rule = (value) => (URL.canParse(value) ? undefined : "must be a URL");

const isLoopback: Rule = (value) =>
  URL.canParse(value) && ["127.0.0.1", "[::1]", "localhost"].includes(new URL(value).hostname)
    ? undefined
    : "must be a loopback address: it is for the local twin only";

const isWholeNumber: Rule = (value) =>
  /^0*[1-9]\d*$/.test(value) ? undefined : "must be a whole number of at least 1";

const isWholeNumberWithin =
  (least: number, most: number): Rule =>
  (value) =>
    isWholeNumber(value) === undefined && Number(value) >= least && Number(value) <= most
      ? undefined
      : `must be a whole number from ${least} to ${most}`;
