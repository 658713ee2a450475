import { setTimeout as delay } from "node:timers/promises";
import { readAwsCredentials } from "./config.ts";
import { createConnectionAgent } from "./connection-agent.ts";
import { post } from "./post.ts";
import { type AwsCredentials, createSigner } from "./sign-request.ts";

/** An AWS service whose operations are JSON over POST. */
export interface AwsService {
  /**
   * Returns the operation's output.
   * @throws AwsRefusal, an Error with the name `TimeoutError`, the signal's reason, or the network's error
   */
  call(operation: string, input: object, signal?: AbortSignal): Promise<Record<string, unknown>>;
  /** Opens the connection of the first request. Sends nothing. */
  connect(): Promise<void>;
  /** Closes idle connections. */
  destroy(): void;
}

interface AwsServiceOptions {
  /** The service's name in addresses and signatures. */
  service: string;
  /** What stands before the operation's name in the header `x-amz-target`. */
  target: string;
  jsonVersion: "1.0" | "1.1";
  region: string;
  /** The address of the local twin's stand-in. By default the region's service. */
  endpoint: string | undefined;
  /** How often a request is sent at most. Only outages, throttling and lost connections are repeated. */
  attempts: number;
  /** Called before each attempt. */
  timeoutMs: () => number;
}

/** The service sent an error instead of an output. */
export class AwsRefusal extends Error {
  override readonly name: string;
  readonly status: number;
  /** DynamoDB's item that made a condition fail. */
  readonly item: unknown;

  constructor(status: number, fields: Record<string, unknown>) {
    const { message, Message = message, __type: type } = fields;
    super(typeof Message === "string" ? Message : `The response has the status ${status}.`);
    this.name = (typeof type === "string" && type.split("#").at(-1)) || "UnnamedError";
    this.status = status;
    this.item = fields.Item;
  }
}

/** The twin checks no signature. Requests are signed anyway, so that the twin runs what the cloud runs. */
const twinCredentials: AwsCredentials = { accessKeyId: "local", secretAccessKey: "local" };

/** The longest pause between two attempts. The real pause is random, so that instances do not repeat in step. */
const maxPauseMs = 50;

/**
 * Returns a client of one service. The AWS SDK's clients take more than twice as much processor time for a
 * request, and 175 KB of each function (docs/decisions/013).
 */
export function createAwsService(options: AwsServiceOptions): AwsService {
  const { service, target, region, endpoint, attempts } = options;
  const address = new URL(endpoint ?? `https://${service}.${region}.amazonaws.com`);
  const contentType = `application/x-amz-json-${options.jsonVersion}`;
  const connections = createConnectionAgent();
  const sign = createSigner({ service, region });
  let credentials = endpoint === undefined ? undefined : twinCredentials;

  async function attempt(operation: string, body: string, signal: AbortSignal | undefined) {
    credentials ??= readAwsCredentials();
    const plain = {
      host: address.host,
      "content-type": contentType,
      "content-length": String(Buffer.byteLength(body)),
      "x-amz-target": `${target}.${operation}`,
    };
    const headers = sign({ path: address.pathname, headers: plain, body }, credentials);
    const timeoutMs = options.timeoutMs();
    const { status, text } = await post(address, { connections, headers, body, timeoutMs, signal });
    const fields = parsed(text);
    if (status === 200 && fields) return fields;
    throw new AwsRefusal(status, fields ?? {});
  }

  return {
    async call(operation, input, signal) {
      const body = JSON.stringify(input);
      for (let left = attempts - 1; ; left -= 1) {
        try {
          return await attempt(operation, body, signal);
        } catch (error) {
          if (left === 0 || signal?.aborted || !mayHelpToRepeat(error)) throw error;
          await delay(Math.random() * maxPauseMs);
        }
      }
    },
    connect: () => connections.connect(address),
    destroy() {
      connections.http.destroy();
      connections.https.destroy();
    },
  };
}

function mayHelpToRepeat(error: unknown): boolean {
  return !(error instanceof AwsRefusal) || error.status >= 500 || isThrottling(error);
}

const isThrottling = ({ name, status }: AwsRefusal): boolean =>
  status === 429 || /Throttl|ThroughputExceeded|LimitExceeded/.test(name);

/** Returns undefined for what is no JSON object: a proxy sent the response. Drops the parser's error, which quotes it. */
function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
