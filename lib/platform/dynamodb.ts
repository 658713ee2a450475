import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { ClientConfig } from "./config.ts";
import { createConnectionAgent } from "./connection-agent.ts";
import { Sha256 } from "./sha256.ts";

/** The first request of an instance pays for credentials, DNS and TLS on a cold CPU. */
const coldRequestTimeoutMs = 1_000;
/** Later requests take a few milliseconds. A longer one went into a socket that died while the instance was frozen. */
const warmRequestTimeoutMs = 300;

interface DynamoDb extends DynamoDBClient {
  /** Resolves the credentials and opens the connection of the first request. Sends nothing to DynamoDB. */
  connect(): Promise<void>;
}

/** Returns the client for rate-limit buckets and revoked sessions. Once warm, a request fails within 0.7 s. */
export function createDynamoDb(config: ClientConfig<"dynamodb">): DynamoDb {
  const connections = createConnectionAgent();
  const requestHandler = new NodeHttpHandler({
    httpAgent: connections.http,
    httpsAgent: connections.https,
    connectionTimeout: coldRequestTimeoutMs,
    requestTimeout: coldRequestTimeoutMs,
    throwOnRequestTimeout: true,
  });
  const client = new DynamoDBClient({
    region: config.region,
    ...(config.endpoints.dynamodb && { endpoint: config.endpoints.dynamodb }),
    maxAttempts: 2,
    requestHandler,
    sha256: Sha256,
    // Builds the chain of the client's steps once for each operation, not for each request.
    cacheMiddleware: true,
  });
  afterFirstRequest(client, () =>
    requestHandler.updateHttpClientConfig("requestTimeout", warmRequestTimeoutMs),
  );
  return Object.assign(client, {
    async connect() {
      const { url } = client.config.endpointProvider({
        Region: config.region,
        Endpoint: config.endpoints.dynamodb,
      });
      await Promise.all([client.config.credentials(), connections.connect(url)]);
    },
  });
}

function afterFirstRequest(client: DynamoDBClient, act: () => void): void {
  let isFirst = true;
  client.middlewareStack.add(
    (next) => async (request) => {
      try {
        return await next(request);
      } finally {
        if (isFirst) act();
        isFirst = false;
      }
    },
    { name: "afterFirstRequest", step: "initialize" },
  );
}
