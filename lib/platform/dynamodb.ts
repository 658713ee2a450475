import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { Config } from "./config.ts";

/** The first request of an instance pays for credentials, DNS and TLS on a cold CPU. */
const coldRequestTimeoutMs = 1_000;
/** Later requests take a few milliseconds. A longer one went into a socket that died while the instance was frozen. */
const warmRequestTimeoutMs = 300;

/** Returns the client for rate-limit buckets and revoked sessions. Once warm, a request fails within 0.7 s. */
export function createDynamoDb(config: Pick<Config, "region" | "endpoints">): DynamoDBClient {
  const requestHandler = new NodeHttpHandler({
    connectionTimeout: coldRequestTimeoutMs,
    requestTimeout: coldRequestTimeoutMs,
    throwOnRequestTimeout: true,
  });
  const client = new DynamoDBClient({
    region: config.region,
    ...(config.endpoints.dynamodb && { endpoint: config.endpoints.dynamodb }),
    maxAttempts: 2,
    requestHandler,
  });
  afterFirstRequest(client, () =>
    requestHandler.updateHttpClientConfig("requestTimeout", warmRequestTimeoutMs),
  );
  return client;
}

function afterFirstRequest(client: DynamoDBClient, act: () => void): void {
  const name = "afterFirstRequest";
  client.middlewareStack.add(
    (next) => async (request) => {
      try {
        return await next(request);
      } finally {
        if (client.middlewareStack.remove(name)) act();
      }
    },
    { name, step: "initialize" },
  );
}
