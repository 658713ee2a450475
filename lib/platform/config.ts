import { defaultMessageLimit, highestMessageLimit } from "#lib/contract/message-limit.ts";

/** Of the model that answers unless another one is set: an inference profile of the United States. */
export const defaultModelId = "us.amazon.nova-2-lite-v1:0";

export const defaultThreadTokens = 48_000;
/** A turn may bring 16 results of tools, of 8 KB or about 2,000 tokens each, beside a message of 32,000 letters. */
const leastThreadTokens = 40_000;
/** The smallest context window, Nova Micro's, has 128,000 tokens; our estimate may be a quarter too low. */
const mostThreadTokens = 100_000;

/** DynamoDB takes an update expression of 4,096 bytes and at most 300 operators: that of 120 tokens has 3,982 and 119. */
const maxRequestsPerMinute = 120;

const bytesPerMegabyte = 1024 * 1024;

/** No variable of Lambda or of a library begins like this, so an unknown one is a setting that somebody misspelt. */
export const ownPrefixes = [
  "BEDROCK_",
  "CHAT_",
  "CONVERSATION_",
  "DATABASE_LIMIT_",
  "LEASE_",
  "MESSAGE_",
  "OWNER_",
  "THREAD_",
  "TURN_",
] as const;

/** What is wrong with a value, in words that follow its name. */
type Rule = (value: string) => string | undefined;

export type Config = ReturnType<typeof readConfig>;

/**
 * The only reader of the environment, which `serverless.yml` and the twin set: read once, frozen. By hand, for a
 * library of schemas would be a seventh of what `GET /health?live=1` loads.
 * @throws Error whose message names every faulty variable and what is wrong with it, never a value.
 */
export function readConfig(environment: Record<string, string | undefined> = process.env) {
  const { required, optional, wholeNumber, wholeNumberOrNever, unknown, faults } =
    reader(environment);
  const config = {
    environment: required("ENVIRONMENT", isEnvironment) === "local" ? "local" : "aws",
    version: optional("SERVICE_VERSION") ?? "0.0.0",
    region: required("AWS_REGION"),
    secretPrefix: optional("SECRET_PREFIX") ?? "enterprise-agentic-ai",
    rateLimitTable: required("RATE_LIMIT_TABLE"),
    /** Where the page lives, for browsers that send `Origin` but no `Sec-Fetch-Site`. */
    publicOrigin: optional("PUBLIC_ORIGIN", isOrigin),
    modelId: optional("BEDROCK_MODEL_ID") ?? defaultModelId,
    fallbackModelId: optional("BEDROCK_FALLBACK_MODEL_ID"),
    /** Undefined: each model's own. */
    temperature: numberOrUndefined(optional("BEDROCK_TEMPERATURE", isTemperature)),
    /** How long a model may be silent before its first word, and later between two pieces. */
    firstWordSeconds: wholeNumber("BEDROCK_FIRST_WORD_SECONDS", patience(60)),
    silenceSeconds: wholeNumber("BEDROCK_SILENCE_SECONDS", patience(30)),
    /** The runner renews its lease once a second. After a crash the conversation waits for so long. */
    leaseSeconds: wholeNumber("LEASE_SECONDS", { otherwise: 15, min: 2, max: 300 }),
    /** The function that runs turns has 900 s, and keeps 20 s of them to store what there is. */
    turnDeadlineSeconds: wholeNumber("TURN_DEADLINE_SECONDS", { otherwise: 300, min: 1, max: 880 }),
    /** UTF-16 units that a message may have. */
    messageLimit: wholeNumber("MESSAGE_LIMIT", {
      otherwise: defaultMessageLimit,
      min: 1,
      max: highestMessageLimit,
    }),
    /** What the model is sent of a conversation at most, at about four bytes a token. */
    threadTokens: wholeNumber("THREAD_TOKENS", {
      otherwise: defaultThreadTokens,
      min: leastThreadTokens,
      max: mostThreadTokens,
    }),
    chatRequestsPerMinute: wholeNumber("CHAT_REQUESTS_PER_MINUTE", {
      otherwise: 10,
      min: 1,
      max: maxRequestsPerMinute,
    }),
    conversationRequestsPerMinute: wholeNumber("CONVERSATION_REQUESTS_PER_MINUTE", {
      otherwise: 60,
      min: 1,
      max: maxRequestsPerMinute,
    }),
    /** What one owner may have at the same time, over all conversations. */
    ownerBounds: Object.freeze({
      openTurns: wholeNumber("OWNER_OPEN_TURNS", { otherwise: 50, min: 10, max: 1_000 }),
      conversations: wholeNumber("OWNER_CONVERSATIONS", { otherwise: 1_000, min: 1, max: 10_000 }),
      storedBytes:
        bytesPerMegabyte * wholeNumber("OWNER_MEGABYTES", { otherwise: 50, min: 1, max: 100_000 }),
    }),
    /** Undefined: conversations are kept for ever. */
    conversationIdleDays: wholeNumberOrNever("CONVERSATION_IDLE_DAYS", {
      otherwise: 30,
      min: 1,
      max: 3_650,
    }),
    /** Of the storage that the database's plan has, for a database that does not tell it by itself. */
    databaseLimitMegabytes: wholeNumber("DATABASE_LIMIT_MEGABYTES", {
      otherwise: 512,
      min: 100,
      max: 16_000_000,
    }),
    /** Addresses of the twin's stand-ins; all undefined in AWS, where the SDKs know theirs. */
    endpoints: Object.freeze({
      neon: optional("LOCAL_NEON_ENDPOINT", isLoopback),
      dynamodb: optional("LOCAL_DYNAMODB_ENDPOINT", isLoopback),
      secrets: optional("LOCAL_SECRETS_ENDPOINT", isLoopback),
      bedrock: optional("LOCAL_BEDROCK_ENDPOINT", isLoopback),
    }),
  } as const;
  faults.push(...unknown().map((name) => `${name} is not a setting`));
  if (faults.length > 0) {
    throw new Error(
      [
        "The configuration is not usable. Set these in the environment (docs/reference/settings.md explains each):",
        ...faults.map((fault) => `  ${fault}`),
      ].join("\n"),
    );
  }
  return Object.freeze(config);
}

function reader(environment: Record<string, string | undefined>) {
  const faults: string[] = [];
  const known = new Set<string>();
  const optional = (name: string, rule?: Rule) => {
    known.add(name);
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
  const wholeNumber = (name: string, bounds: Bounds, rule = isWholeNumber(bounds)) =>
    Number(optional(name, rule) ?? bounds.otherwise);
  const wholeNumberOrNever = (name: string, bounds: Bounds) => {
    const inBounds = isWholeNumber(bounds, " or never");
    const days = wholeNumber(name, bounds, (value) =>
      value === "never" ? undefined : inBounds(value),
    );
    return Number.isNaN(days) ? undefined : days;
  };
  const unknown = () =>
    Object.keys(environment).filter(
      (name) => !known.has(name) && ownPrefixes.some((prefix) => name.startsWith(prefix)),
    );
  return { optional, required, wholeNumber, wholeNumberOrNever, unknown, faults };
}

const numberOrUndefined = (value: string | undefined) =>
  value === undefined ? undefined : Number(value);

/** A turn of 300 s has time for four silences of the longest. */
const patience = (otherwise: number): Bounds => ({ otherwise, min: 5, max: 75 });

const isTemperature: Rule = (value) =>
  /^(0(\.\d{1,4})?|1(\.0{1,4})?)$/.test(value)
    ? undefined
    : "must be a number from 0 to 1, like 0.2; leave it out for the model's own";

const isEnvironment: Rule = (value) =>
  value === "aws" || value === "local" ? undefined : 'must be "aws" or "local"';

/** As a browser writes it: a slash at the end would make every comparison fail. */
const isOrigin: Rule = (value) =>
  URL.parse(value)?.origin === value
    ? undefined
    : "must be an origin without a path or a slash at its end, like https://chat.example.com";

const isLoopback: Rule = (value) =>
  URL.canParse(value) && ["127.0.0.1", "[::1]", "localhost"].includes(new URL(value).hostname)
    ? undefined
    : "must be a loopback address: it is for the local twin only";

interface Bounds {
  otherwise: number;
  min: number;
  max: number;
}

const isWholeNumber =
  ({ min, max }: Bounds, orElse = ""): Rule =>
  (value) =>
    /^\d{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max
      ? undefined
      : `must be a whole number from ${min} to ${max}${orElse}`;
