import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ensureTable, startDynamoDb } from "#local/dynamodb.ts";

export const tableName = "rate-limit";

/** An empty table in a DynamoDB of its own. */
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

/** A client that waits for its answers and never asks twice: how fast a test machine is decides nothing. */
export function patientDynamoDb(endpoint: string): DynamoDBClient {
  return new DynamoDBClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  });
}
