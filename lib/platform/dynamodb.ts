import type {
  GetItemCommandInput,
  GetItemCommandOutput,
  PutItemCommandInput,
  UpdateItemCommandInput,
  UpdateItemCommandOutput,
} from "@aws-sdk/client-dynamodb";
import { type AwsService, createAwsService } from "./aws-service.ts";
import type { Config } from "./config.ts";

interface Limits {
  attempts: number;
  /** The first request of an instance pays for DNS and TLS on a cold CPU. */
  coldTimeoutMs: number;
  /** Later requests take a few milliseconds. A longer one went into a socket that died while the instance was frozen. */
  warmTimeoutMs: number;
}

const limitsOfProduction: Limits = { attempts: 2, coldTimeoutMs: 1_000, warmTimeoutMs: 300 };

/** The operations that rate-limit buckets and revoked sessions need. Each throws what `AwsService.call` throws. */
export interface DynamoDb extends Pick<AwsService, "connect" | "destroy"> {
  getItem(
    input: GetItemCommandInput,
    signal?: AbortSignal,
  ): Promise<Pick<GetItemCommandOutput, "Item">>;
  putItem(input: PutItemCommandInput): Promise<void>;
  updateItem(input: UpdateItemCommandInput): Promise<Pick<UpdateItemCommandOutput, "Attributes">>;
}

/** Returns the client for rate-limit buckets and revoked sessions. Once warm, a request fails within 0.7 s. */
export function createDynamoDb(
  config: Pick<Config, "region"> & { endpoints: Pick<Config["endpoints"], "dynamodb"> },
  { attempts, coldTimeoutMs, warmTimeoutMs }: Limits = limitsOfProduction,
): DynamoDb {
  let timeoutMs = coldTimeoutMs;
  const { call, connect, destroy } = createAwsService({
    service: "dynamodb",
    target: "DynamoDB_20120810",
    jsonVersion: "1.0",
    region: config.region,
    endpoint: config.endpoints.dynamodb,
    attempts,
    timeoutMs: () => timeoutMs,
  });
  const send: AwsService["call"] = (...request) =>
    call(...request).finally(() => {
      timeoutMs = warmTimeoutMs;
    });
  return {
    getItem: (input, signal) => send("GetItem", input, signal),
    async putItem(input) {
      await send("PutItem", input);
    },
    updateItem: (input) => send("UpdateItem", input),
    connect,
    destroy,
  };
}
