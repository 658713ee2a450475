import { type DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";

/** The sessions that were ended before their time. */
export interface Revocations {
  add(sessionId: string, until: Date): Promise<void>;
  has(sessionId: string): Promise<boolean>;
}

/** Kept in the table of the buckets, which deletes each after its `until`. */
export function createRevocations({
  client,
  tableName,
}: {
  client: DynamoDBClient;
  tableName: string;
}): Revocations {
  const keyOf = (sessionId: string) => ({ pk: { S: `revoked#${sessionId}` } });
  return {
    async add(sessionId, until) {
      const expiresAt = Math.ceil(until.getTime() / 1_000);
      await client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: { ...keyOf(sessionId), expires_at: { N: String(expiresAt) } },
        }),
      );
    },

    /** Eventually consistent, at half the price: an ended session may live on for a second. */
    async has(sessionId) {
      const found = await client.send(
        new GetItemCommand({ TableName: tableName, Key: keyOf(sessionId) }),
      );
      return found.Item !== undefined;
    },
  };
}
