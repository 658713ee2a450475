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

/** Returns a client that waits for a minute and repeats nothing, so that a slow test machine changes no result. */
export function patientDynamoDb(endpoint: string): DynamoDb {
  return createDynamoDb(
    { region: "us-east-1", endpoints: { dynamodb: endpoint } },
    { attempts: 1, coldTimeoutMs: 60_000, warmTimeoutMs: 60_000 },
  );
}
