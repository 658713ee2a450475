import type { DynamoDb } from "#lib/platform/dynamodb.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";

/** Sessions that were ended before they expired. */
export interface Revocations {
  add(sessionId: string, until: Date): Promise<void>;
  has(sessionId: string): Promise<boolean>;
}

/** Stores revocations in the rate limit's table. DynamoDB's TTL deletes each one after its `until`. */
export function createRevocations({
  client,
  tableName,
}: {
  client: Pick<DynamoDb, "call">;
  tableName: string;
}): Revocations {
  const keyOf = (sessionId: string) => ({ pk: { S: `revoked#${sessionId}` } });
  return {
    async add(sessionId, until) {
      const expiresAt = Math.ceil(until.getTime() / 1_000);
      await client.call("PutItem", {
        TableName: tableName,
        Item: { ...keyOf(sessionId), expires_at: { N: String(expiresAt) } },
      });
    },

    /** An eventually consistent read costs half: a revoked session may work for another second. */
    async has(sessionId) {
      const found = await client.call("GetItem", { TableName: tableName, Key: keyOf(sessionId) });
      return found.Item !== undefined;
    },
  };
}

/**
 * Returns whether a session was ended before it expired. Returns false while DynamoDB is down: the service stays available, a
 * revoked session works meanwhile, and operators are alarmed.
 */
export async function isKnownAsRevoked(
  revocations: Revocations,
  telemetry: Telemetry,
  sessionId: string,
): Promise<boolean> {
  try {
    return await revocations.has(sessionId);
  } catch (cause) {
    telemetry.error("session.revocation_unchecked", cause);
    return false;
  }
}
