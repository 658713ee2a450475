import { setTimeout as delay } from "node:timers/promises";
import { defaultProvider } from "@aws-sdk/credential-provider-node";
import type { ClientConfig, Config } from "./config.ts";
import { createConnectionAgent } from "./connection-agent.ts";
import { isJsonObject, parseJson } from "./json.ts";
import { postText } from "./post-text.ts";
import { createRequestSigner, twinCredentials } from "./sign-request.ts";

/** A value as DynamoDB writes it. This system stores strings and numbers. */
export type Attribute = { S: string } | { N: string };
export type Item = Record<string, Attribute>;

/** The operations of DynamoDB that this system calls. */
type Operation = "GetItem" | "PutItem" | "UpdateItem";

export interface DynamoDb {
  /**
   * Runs one operation. Its input has the names of DynamoDB's API. A request that fails may have been sent twice.
   * @throws DynamoDbError, or the signal's reason
   */
  call(
    operation: Operation,
    input: Record<string, unknown>,
    options?: { signal?: AbortSignal },
  ): Promise<{ Item?: Item; Attributes?: Item }>;
  /** Resolves the credentials and opens the connection of the first request. Sends nothing to DynamoDB. */
  connect(): Promise<void>;
  /** Closes the idle connections. */
  destroy(): void;
}

/** Its name is DynamoDB's, such as `ConditionalCheckFailedException`, or `TimeoutError`, or `NetworkError`. */
export class DynamoDbError extends Error {
  override readonly name: string;
  /** The item that a condition refused, if the request has asked for it. */
  readonly item: Item | undefined;
  /** Whether a second attempt may succeed. */
  readonly isPassing: boolean;

  constructor(
    name: string,
    message: string,
    { item, isPassing = false, cause }: { item?: Item; isPassing?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.name = name;
    this.item = item;
    this.isPassing = isPassing;
  }
}

/** The request's condition did not hold. */
export const isRefusedByCondition = (error: unknown): error is DynamoDbError =>
  error instanceof DynamoDbError && error.name === "ConditionalCheckFailedException";

/** Returns the number that an item holds under this name. Undefined if it holds none. */
export function numberIn(item: Item | undefined, name: string): number | undefined {
  const stored = item?.[name];
  return stored && "N" in stored ? Number(stored.N) : undefined;
}

interface Limits {
  /** The first request of an instance pays for credentials, DNS and TLS on a cold CPU. */
  coldMs: number;
  /** Later requests take a few milliseconds. A longer one went into a socket that died while the instance was frozen. */
  warmMs: number;
  attempts: number;
}

const usualLimits: Limits = { coldMs: 1_000, warmMs: 300, attempts: 2 };
/** The twin's functions and its DynamoDB share a machine that may be busy, and no instance is frozen with an open socket. */
const twinLimits: Limits = { coldMs: 5_000, warmMs: 5_000, attempts: 2 };
/** A throttled request is repeated after 25 to 50 ms. */
const throttlingPauseMs = 25;

/**
 * Returns the client for rate-limit buckets and revoked sessions. Once warm, a call fails within 0.7 s.
 *
 * It uses the SDK's packages for credentials and signature. The SDK's whole client takes a quarter of a millisecond more of
 * each turn (docs/decisions/022).
 */
export function createDynamoDb(
  {
    region,
    endpoints,
    environment,
  }: ClientConfig<"dynamodb"> & Partial<Pick<Config, "environment">>,
  { coldMs, warmMs, attempts }: Limits = environment === "local" ? twinLimits : usualLimits,
): DynamoDb {
  const url = new URL(endpoints.dynamodb ?? `https://dynamodb.${region}.amazonaws.com`);
  const sign = createRequestSigner({
    service: "dynamodb",
    region,
    credentials: endpoints.dynamodb ? twinCredentials : defaultProvider(),
  });
  const connections = createConnectionAgent();
  let isWarm = false;

  async function attempt(operation: Operation, body: Buffer, signal: AbortSignal | undefined) {
    const headers = await sign({
      path: "/",
      headers: {
        host: url.host,
        "content-type": "application/x-amz-json-1.0",
        "content-length": String(body.length),
        "x-amz-target": `DynamoDB_20120810.${operation}`,
      },
      body,
    });
    try {
      return await send(headers, body, isWarm ? warmMs : coldMs, signal);
    } finally {
      isWarm = true;
    }
  }

  /** @throws DynamoDbError */
  async function send(
    headers: Record<string, string>,
    body: Buffer,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<Record<string, Item>> {
    const lateError = () => timeoutError(timeoutMs);
    const { status, text } = await postText(connections, url, {
      ...{ headers, body, timeoutMs, lateError, signal },
    }).catch((error: Error) => {
      throw error instanceof DynamoDbError ? error : networkError(error);
    });
    const answer = parseJson(text);
    if (!isJsonObject(answer)) throw refusal(status, undefined);
    if (status !== 200) throw refusal(status, answer);
    return answer as Record<string, Item>;
  }

  return {
    async call(operation, input, { signal } = {}) {
      const body = Buffer.from(JSON.stringify(input));
      for (let made = 1; ; made += 1) {
        try {
          return await attempt(operation, body, signal);
        } catch (error) {
          signal?.throwIfAborted();
          const mayPass = error instanceof DynamoDbError && error.isPassing;
          if (!mayPass || made >= attempts) throw error;
          if (isThrottling(error)) await delay(throttlingPauseMs * (1 + Math.random()));
        }
      }
    },
    async connect() {
      const unsent = { path: "/", headers: { host: url.host }, body: Buffer.alloc(0) };
      await Promise.all([sign(unsent), connections.connect(url)]);
    },
    destroy: () => connections.destroy(),
  };
}

/** DynamoDB writes the name as `com.amazonaws.dynamodb.v20120810#ResourceNotFoundException`. */
function refusal(status: number, answer: Record<string, unknown> | undefined): DynamoDbError {
  const { __type: type, message, Message, Item: item } = answer ?? {};
  const name = typeof type === "string" ? (type.split("#").at(-1) ?? type) : "UnreadableAnswer";
  const words = message ?? Message ?? `DynamoDB answered with HTTP status ${status}.`;
  const isPassing = status >= 500 || throttlings.has(name);
  return new DynamoDbError(name, String(words), {
    isPassing,
    ...(item ? { item: item as Item } : {}),
  });
}

const throttlings = new Set([
  "LimitExceededException",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "ThrottlingException",
]);

const isThrottling = ({ name }: DynamoDbError) => throttlings.has(name);

const timeoutError = (timeoutMs: number) =>
  new DynamoDbError("TimeoutError", `DynamoDB did not answer within ${timeoutMs} ms.`, {
    isPassing: true,
  });

const networkError = (cause: Error) =>
  new DynamoDbError("NetworkError", "The connection to DynamoDB failed.", {
    isPassing: true,
    cause,
  });
