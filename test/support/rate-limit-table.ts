import { createDynamoDb, type DynamoDb } from "#lib/platform/dynamodb.ts";
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

/** Returns a client that waits long and repeats nothing, so that a slow test machine changes no result. */
export const patientDynamoDb = (endpoint: string): DynamoDb =>
  createDynamoDb(
    { region: "us-east-1", endpoints: { dynamodb: endpoint } },
    { coldMs: 60_000, warmMs: 60_000, attempts: 1 },
  );
