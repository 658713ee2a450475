import { type DynamoDb, isRefusedByCondition } from "./dynamodb.ts";
import type { Telemetry } from "./telemetry.ts";

const secondsPerDay = 24 * 60 * 60;

export interface DailyAllowance {
  /** Counts calls. Returns false, and counts none, if they are more than what is left of the day, in UTC. */
  take(calls: number): Promise<boolean>;
}

interface AllowanceOptions {
  client: Pick<DynamoDb, "call">;
  tableName: string;
  /** The service. */
  name: string;
  callsPerDay: number;
  telemetry: Pick<Telemetry, "error">;
  now?: (() => number) | undefined;
}

/**
 * How many calls to a service all instances together may make in a day. Each day is one item of the table. A DynamoDB that
 * fails lets the calls through, uncounted.
 */
export function createDailyAllowance(options: AllowanceOptions): DailyAllowance {
  const { client, tableName, name, callsPerDay, telemetry, now = Date.now } = options;
  return {
    async take(calls) {
      if (calls > callsPerDay) return false;
      const day = new Date(now()).toISOString().slice(0, 10);
      const expires = Math.ceil(now() / 1_000) + 2 * secondsPerDay;
      try {
        await client.call("UpdateItem", {
          TableName: tableName,
          Key: { pk: { S: `calls#${name}#${day}` } },
          UpdateExpression: "SET expires_at = :expires ADD calls :calls",
          ConditionExpression: "attribute_not_exists(calls) OR calls <= :room",
          ExpressionAttributeValues: {
            ":calls": { N: String(calls) },
            ":room": { N: String(callsPerDay - calls) },
            ":expires": { N: String(expires) },
          },
        });
        return true;
      } catch (cause) {
        if (isRefusedByCondition(cause)) return false;
        telemetry.error("calls.not_counted", cause, { service: name });
        return true;
      }
    },
  };
}
