import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ensureTable, startDynamoDb } from "#local/dynamodb.ts";

export const tableName = "rate-limit";

/** Starts a DynamoDB server with an empty table. */
export async function startRateLimitTable() {
  const dynamodb = await startDynamoDb();
  await ensureTable(dynamodb.endpoint, tableName);
  const client = patientDynamoDb(dynamodb.endpoint);
  return {
    endpoint: dynamodb.endpoint,
    client,
    async stop() {
      client.destroy();
      await dynamodb.close();
    },
  };
}

/** Returns a client without timeouts and retries, so that a slow test machine changes no result. */
export function patientDynamoDb(endpoint: string): DynamoDBClient {
  return new DynamoDBClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  });
}
