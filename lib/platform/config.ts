import { defaultMessageLimit, highestMessageLimit } from "#lib/contract/message-limit.ts";
import { type Bounds, createEnvironmentReader, type Rule } from "./environment-reader.ts";
import { readToolPolicy } from "./tool-policy.ts";
import { faultOfServiceAddress, readWebhooks, type Webhooks } from "./webhook-addresses.ts";

/** The model of a deployment that sets no other: an inference profile of the United States. */
export const defaultModelId = "us.amazon.nova-2-lite-v1:0";

/** Its vectors are the only ones whose request and length lib/documents knows. */
const defaultEmbeddingModelId = "amazon.titan-embed-text-v2:0";
/** The model behind the twin's stand-in for Bedrock. */
export const twinEmbeddingModelId = "universal-sentence-encoder-lite";

export const defaultThreadTokens = 48_000;
/** One turn may add 16 tool results of 8 KB, about 2,000 tokens each, and a message of 32,000 characters. */
const leastThreadTokens = 40_000;
/** The smallest context window, Nova Micro's, has 128,000 tokens. Our token estimate may be a quarter too low. */
const mostThreadTokens = 100_000;

/** DynamoDB limits an update expression to 4,096 bytes and 300 operators. With 120 tokens ours has 3,982 and 119. */
const maxRequestsPerMinute = 120;

const bytesPerMegabyte = 1024 * 1024;

/** No variable of Lambda or of a library has these prefixes, so an unknown variable with one is a misspelt setting. */
export const ownPrefixes = [
  "BEDROCK_",
  "BUDGET_",
  "CHAT_",
  "CONVERSATION_",
  "DATABASE_LIMIT_",
  "DOCUMENT_",
  "LEASE_",
  "MESSAGE_",
  "OTLP_",
  "OWNER_",
  "THREAD_",
  "TOOL_",
  "TURN_",
  "WEBHOOK",
] as const;

export type Config = ReturnType<typeof readConfig>;

/** The settings of a client of one AWS service. */
export interface ClientConfig<Service extends keyof Config["endpoints"]> {
  region: string;
  endpoints: Pick<Config["endpoints"], Service>;
}

/**
 * Returns the deployment's settings, frozen. `serverless.yml` and the local twin set the environment variables, and no
 * other code reads them. Uses no schema library, which would be a seventh of the code that `GET /health?live=1` loads.
 * @throws ConfigError that names every faulty variable and what is wrong with it, never a value
 */
export function readConfig(environment: Record<string, string | undefined> = process.env) {
  const { required, optional, wholeNumber, wholeNumberOrNever, unread, faults } =
    createEnvironmentReader(environment);
  const microdollars = (name: string, defaultUsd: string) =>
    Math.round(Number(optional(name, isAmount) ?? defaultUsd) * 1_000_000);
  const isOn = (name: string, byDefault: "on" | "off") =>
    (optional(name, isOneOf("on", "off")) ?? byDefault) === "on";
  const isTwin = required("ENVIRONMENT", isEnvironment) === "local";
  const config = {
    environment: isTwin ? "local" : "aws",
    version: optional("SERVICE_VERSION") ?? "0.0.0",
    region: required("AWS_REGION"),
    secretPrefix: optional("SECRET_PREFIX") ?? "enterprise-agentic-ai",
    rateLimitTable: required("RATE_LIMIT_TABLE"),
    /** The page's origin, for browsers that send `Origin` but no `Sec-Fetch-Site`. */
    publicOrigin: optional("PUBLIC_ORIGIN", isOrigin),
    modelId: optional("BEDROCK_MODEL_ID", isModelId) ?? defaultModelId,
    fallbackModelId: optional("BEDROCK_FALLBACK_MODEL_ID", isModelId),
    /** The models that a conversation may choose, beside `modelId`. */
    otherModelIds: listOf(optional("BEDROCK_MODEL_CHOICES", areModelIds)),
    /** Undefined means each model's own default. */
    temperature: numberOrUndefined(optional("BEDROCK_TEMPERATURE", isTemperature)),
    /** How long a model may be silent before its first token, and later between two tokens. */
    firstWordSeconds: wholeNumber("BEDROCK_FIRST_WORD_SECONDS", idleSeconds(60)),
    silenceSeconds: wholeNumber("BEDROCK_SILENCE_SECONDS", idleSeconds(30)),
    /** The runner renews its lease once a second. After a crash the conversation is blocked for this time at most. */
    leaseSeconds: wholeNumber("LEASE_SECONDS", { default: 15, min: 2, max: 300 }),
    /** How long an instance keeps an API key that it has looked up. */
    keyKeptSeconds: wholeNumber("KEY_KEPT_SECONDS", { default: 30, min: 1, max: 30 }),
    /** A function that runs turns has 900 s, and keeps 20 s of them to store a turn's end. */
    turnDeadlineSeconds: wholeNumber("TURN_DEADLINE_SECONDS", { default: 300, min: 1, max: 880 }),
    /** The function that runs turns without a reader. The default is its name in the twin. */
    turnRunFunction: optional("TURN_RUN_FUNCTION", isFunctionName) ?? "turn-run",
    /** In UTF-16 units. */
    messageLimit: wholeNumber("MESSAGE_LIMIT", {
      default: defaultMessageLimit,
      min: 1,
      max: highestMessageLimit,
    }),
    /** How much of a conversation a model call is sent at most, estimated at four bytes a token. */
    threadTokens: wholeNumber("THREAD_TOKENS", {
      default: defaultThreadTokens,
      min: leastThreadTokens,
      max: mostThreadTokens,
    }),
    /** Whether the model names a conversation after its first answer. */
    hasTitles: isOn("CHAT_TITLES", "on"),
    /** Whether the model may end an answer with messages that the person could send next. */
    hasSuggestions: isOn("CHAT_SUGGESTIONS", "on"),
    chatRequestsPerMinute: wholeNumber("CHAT_REQUESTS_PER_MINUTE", {
      default: 10,
      min: 1,
      max: maxRequestsPerMinute,
    }),
    conversationRequestsPerMinute: wholeNumber("CONVERSATION_REQUESTS_PER_MINUTE", {
      default: 60,
      min: 1,
      max: maxRequestsPerMinute,
    }),
    /** What one owner may have at the same time, in all conversations together. */
    ownerBounds: Object.freeze({
      openTurns: wholeNumber("OWNER_OPEN_TURNS", { default: 50, min: 10, max: 1_000 }),
      conversations: wholeNumber("OWNER_CONVERSATIONS", { default: 1_000, min: 1, max: 10_000 }),
      storedBytes:
        bytesPerMegabyte * wholeNumber("OWNER_MEGABYTES", { default: 50, min: 1, max: 100_000 }),
    }),
    /** The most that a period may cost, in whole microdollars. A turn is an answer with all its model calls. */
    budgetCaps: Object.freeze({
      turn: microdollars("BUDGET_TURN_USD", "0.25"),
      ownerDay: microdollars("BUDGET_OWNER_DAY_USD", "4"),
      siteDay: microdollars("BUDGET_SITE_DAY_USD", "10"),
      siteMonth: microdollars("BUDGET_SITE_MONTH_USD", "20"),
    }),
    /** In USD per million tokens, by model id, for models that lib/budget/price.ts does not know. */
    modelPrices: readModelPrices(optional("BEDROCK_PRICES", isModelPrices)) ?? {},
    /** What one call costs in microdollars, by the tool's name, where lib/budget/tool-price.ts does not know it. */
    toolPrices: readToolPrices(optional("TOOL_PRICES", isToolPrices)) ?? {},
    /** What the model may do with the tools. The first matching rule decides. */
    toolPolicy: readToolPolicy(optional("TOOL_POLICY", isToolPolicy) ?? "[]") ?? [],
    /** Who answers the tool `web_search`; without a search the tool does not exist. */
    webSearch: (optional("TOOL_WEB_SEARCH", isOneOf("off", "amazon", "tavily")) ?? "off") as
      | "off"
      | "amazon"
      | "tavily",
    /** Where Amazon's web search answers; by default in the deployment's own region. */
    webSearchRegion: optional("TOOL_WEB_SEARCH_REGION", isWebSearchRegion),
    /** Whether the tool `read_page` exists. */
    readPage: isOn("TOOL_READ_PAGE", "on"),
    /** Whether the tool `sql_query` exists. It reads the database of the secret `analytics-database-url`. */
    hasSqlQuery: isOn("TOOL_SQL_QUERY", "off"),
    /** Who gives the quotes of the tool `market_data`; without a service the tool does not exist. */
    marketData: (optional("TOOL_MARKET_DATA", isOneOf("off", "fmp")) ?? "off") as "off" | "fmp",
    /** How many quotes all instances together may fetch in a day, in UTC. */
    marketDataDailyCalls: wholeNumber("TOOL_MARKET_DATA_DAILY_CALLS", {
      default: 240,
      min: 1,
      max: 1_000_000,
    }),
    /** Whether the tools of the servers in the secret `mcp-servers` exist. */
    isMcpOn: isOn("TOOL_MCP", "off"),
    /** How long a person may decide about a call that waits for approval. */
    approvalDays: wholeNumber("TOOL_APPROVAL_DAYS", { default: 7, min: 1, max: 30 }),
    /** Where the tool `send_webhook` may send to, by name. */
    webhooks: webhooksOf(optional("WEBHOOKS", areWebhooks(isTwin)), isTwin),
    /** The OpenTelemetry collector that gets each turn's trace, without `/v1/traces`. */
    otlpEndpoint: optional("OTLP_ENDPOINT", isCollector(isTwin)),
    /** Whether the collector wants the headers of the secret `otlp-headers`. */
    hasOtlpHeaders: isOn("OTLP_HEADERS", "off"),
    /** Undefined means that conversations are kept for ever. */
    conversationIdleDays: wholeNumberOrNever("CONVERSATION_IDLE_DAYS", {
      default: 30,
      min: 1,
      max: 3_650,
    }),
    /** The storage of the database's plan. Used when the database itself does not know its limit. */
    databaseLimitMegabytes: wholeNumber("DATABASE_LIMIT_MEGABYTES", {
      default: 512,
      min: 100,
      max: 16_000_000,
    }),
    /** The documents that people give to the agent. */
    documents: Object.freeze({
      isOn: isOn("DOCUMENTS", "on"),
      /** The default is its name in the twin. */
      bucket: optional("DOCUMENT_BUCKET", isBucketName) ?? "documents",
      /** The function that reads files. The default is its name in the twin. */
      ingestFunction: optional("DOCUMENT_INGEST_FUNCTION", isFunctionName) ?? "document-ingest",
      fileBytes:
        bytesPerMegabyte * wholeNumber("DOCUMENT_MEGABYTES", { default: 25, min: 1, max: 100 }),
      /** What one owner may keep for themselves. */
      owner: Object.freeze({
        bytes: bytesPerMegabyte * wholeNumber("DOCUMENT_OWNER_MEGABYTES", documentQuota(100)),
        count: wholeNumber("DOCUMENT_OWNER_COUNT", documentQuota(200)),
      }),
      /** What all owners together may keep for everyone. */
      site: Object.freeze({
        bytes: bytesPerMegabyte * wholeNumber("DOCUMENT_SITE_MEGABYTES", documentQuota(500)),
        count: wholeNumber("DOCUMENT_SITE_COUNT", documentQuota(2_000)),
      }),
      /** Undefined means that a search compares words only. */
      embeddingModelId: unlessOff(
        optional(
          "DOCUMENT_EMBEDDING_MODEL_ID",
          isOneOf(defaultEmbeddingModelId, ...(isTwin ? [twinEmbeddingModelId] : []), "off"),
        ) ?? defaultEmbeddingModelId,
      ),
      /** Whether an answer's numbers without a source are marked. */
      isNumberCheckOn: isOn("DOCUMENT_NUMBER_CHECK", "on"),
    }),
    /** Addresses of the local twin's services. In AWS all are undefined, and the SDKs know their own. */
    endpoints: Object.freeze({
      neon: optional("LOCAL_NEON_ENDPOINT", isLoopback),
      /** The twin's WebSocket of Neon, which the driver wants without its scheme. */
      neonWebSocket: optional("LOCAL_NEON_WEBSOCKET", isLoopback),
      dynamodb: optional("LOCAL_DYNAMODB_ENDPOINT", isLoopback),
      secrets: optional("LOCAL_SECRETS_ENDPOINT", isLoopback),
      bedrock: optional("LOCAL_BEDROCK_ENDPOINT", isLoopback),
      lambda: optional("LOCAL_LAMBDA_ENDPOINT", isLoopback),
      s3: optional("LOCAL_S3_ENDPOINT", isLoopback),
      webSearch: optional("LOCAL_WEB_SEARCH_ENDPOINT", isLoopback),
      /** The twin's site with this project's documentation. */
      documentation: optional("LOCAL_DOCUMENTATION_URL", isLoopback),
    }),
  } as const;
  const { webSearch, webSearchRegion = config.region, endpoints } = config;
  if (
    webSearch === "amazon" &&
    !endpoints.webSearch &&
    !webSearchRegions.includes(webSearchRegion)
  ) {
    faults.push(
      `TOOL_WEB_SEARCH_REGION must be set, because ${config.region} has no Amazon web search: ${webSearchRegions.join(", ")}`,
    );
  }
  faults.push(...unread(ownPrefixes).map((name) => `${name} is not a setting`));
  if (faults.length > 0) {
    throw new ConfigError(faults);
  }
  return Object.freeze(config);
}

/** Each fault names one variable of the environment and what is wrong with it, never its value. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(
      [
        "The configuration is not usable. Set these in the environment (docs/reference/settings.md explains each):",
        ...faults.map((fault) => `  ${fault}`),
      ].join("\n"),
    );
    this.faults = faults;
  }
}

const numberOrUndefined = (value: string | undefined) =>
  value === undefined ? undefined : Number(value);

const unlessOff = (value: string) => (value === "off" ? undefined : value);

const documentQuota = (defaultQuota: number): Bounds => ({
  default: defaultQuota,
  min: 1,
  max: 100_000,
});

/** At 75 s, a turn of 300 s has time for four silences of full length. */
const idleSeconds = (defaultSeconds: number): Bounds => ({
  default: defaultSeconds,
  min: 5,
  max: 75,
});

/** The characters and the length that Bedrock accepts. */
const isModelId: Rule = (value) =>
  /^[\w.:/-]{1,2048}$/.test(value)
    ? undefined
    : "must be a model id without spaces or quotation marks, like us.amazon.nova-2-lite-v1:0";

const maxModelChoices = 20;

const listOf = (value: string | undefined): readonly string[] =>
  Object.freeze([...new Set(value?.split(","))]);

const areModelIds: Rule = (value) => {
  const ids = value.split(",");
  return ids.length <= maxModelChoices && ids.every((id) => isModelId(id) === undefined)
    ? undefined
    : `must be at most ${maxModelChoices} model ids with a comma and no space between them, like us.amazon.nova-2-lite-v1:0,us.amazon.nova-pro-v1:0`;
};

const isFunctionName: Rule = (value) =>
  /^[\w-]{1,64}$/.test(value)
    ? undefined
    : "must be the name of a Lambda function, like enterprise-agentic-ai-prod-turn-run";

/** A dot in the name would not match the certificate of the bucket's address. */
const isBucketName: Rule = (value) =>
  /^[a-z\d][a-z\d-]{1,61}[a-z\d]$/.test(value)
    ? undefined
    : "must be the name of a bucket: 3 to 63 lower-case letters, digits and hyphens";

const isTemperature: Rule = (value) =>
  /^(0(\.\d{1,4})?|1(\.0{1,4})?)$/.test(value)
    ? undefined
    : "must be a number from 0 to 1, like 0.2; leave it out for the model's own";

const isAmount: Rule = (value) =>
  /^\d{1,6}(\.\d{1,6})?$/.test(value) && Number(value) > 0
    ? undefined
    : "must be an amount in USD above 0 and below 1000000, like 0.25";

export interface ModelPrice {
  /** USD per million tokens. */
  input: number;
  output: number;
  /** The price of a token that is read from the prompt cache, or written into it for five minutes, as a share of `input`. */
  cacheRead: number;
  cacheWrite: number;
}

const isModelPrices: Rule = (value) =>
  readModelPrices(value) === undefined
    ? 'must be JSON with a price in USD per million tokens for each model id, like {"us.meta.llama4":{"input":0.2,"output":0.9}}'
    : undefined;

function readModelPrices(value: string | undefined): Record<string, ModelPrice> | undefined {
  if (value === undefined) return {};
  try {
    const entries = Object.entries(JSON.parse(value) as Record<string, Partial<ModelPrice>>);
    if (entries.length === 0) return undefined;
    const prices = entries.map(([id, { input, output, cacheRead = 1, cacheWrite = 1.25 }]) => {
      const price = { input, output, cacheRead, cacheWrite } as ModelPrice;
      if (!Object.values(price).every((part) => Number.isFinite(part) && part >= 0)) throw value;
      return [id, price] as const;
    });
    return Object.fromEntries(prices);
  } catch {
    return undefined;
  }
}

const isToolPrices: Rule = (value) =>
  readToolPrices(value) === undefined
    ? 'must be JSON with a price in USD per call, from 0 to 1, for each tool, like {"web_search":0.007}'
    : undefined;

/** The prices are in USD; the result is in whole microdollars. */
function readToolPrices(value: string | undefined): Record<string, number> | undefined {
  if (value === undefined) return {};
  try {
    const entries = Object.entries<unknown>(JSON.parse(value));
    const prices = entries.flatMap(([tool, usd]) =>
      typeof usd === "number" && usd >= 0 && usd <= 1
        ? [[tool, Math.ceil(Math.max(0, usd * 1_000_000 - 1e-6))]]
        : [],
    );
    return prices.length > 0 && prices.length === entries.length
      ? Object.fromEntries(prices)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Where InvokeWebSearch exists. Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/web-search-api.html, November 2026. */
const webSearchRegions = [
  ...["us-east-1", "us-east-2", "us-west-2", "eu-west-1", "ap-northeast-1", "ap-southeast-2"],
];

const isOneOf =
  (...values: string[]): Rule =>
  (value) =>
    values.includes(value)
      ? undefined
      : `must be ${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;

const isWebSearchRegion: Rule = (value) =>
  webSearchRegions.includes(value)
    ? undefined
    : `must be a region with Amazon's web search: ${webSearchRegions.join(", ")}`;

const isToolPolicy: Rule = (value) =>
  readToolPolicy(value) === undefined
    ? 'must be a JSON list of at most 100 rules with the keys tool and policy (allow, ask or deny), like [{"tool":"send_*","policy":"deny"}]'
    : undefined;

const areWebhooks =
  (isTwin: boolean): Rule =>
  (value) => {
    const read = readWebhooks(value, { isTwin });
    return "fault" in read ? read.fault : undefined;
  };

function webhooksOf(value: string | undefined, isTwin: boolean): Webhooks {
  const read = value === undefined ? undefined : readWebhooks(value, { isTwin });
  return read && "webhooks" in read ? read.webhooks : new Map();
}

const isCollector =
  (isTwin: boolean): Rule =>
  (value) =>
    faultOfServiceAddress(value, isTwin);

const isEnvironment: Rule = (value) =>
  value === "aws" || value === "local" ? undefined : 'must be "aws" or "local"';

/** The origin is compared with a browser's `Origin` header, which has no path and no slash at its end. */
const isOrigin: Rule = (value) =>
  URL.parse(value)?.origin === value
    ? undefined
    : "must be an origin without a path or a slash at its end, like https://chat.example.com";

const isLoopback: Rule = (value) =>
  URL.canParse(value) && ["127.0.0.1", "[::1]", "localhost"].includes(new URL(value).hostname)
    ? undefined
    : "must be a loopback address: it is for the local twin only";

/**
 * Returns the environment of a process that we start: where Lambda keeps the libraries of its Node. It has no credentials.
 */
export const childEnvironment = (environment: NodeJS.ProcessEnv = process.env) => ({
  LD_LIBRARY_PATH: environment.LD_LIBRARY_PATH,
});
