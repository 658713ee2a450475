import { type DynamoDb, type Item, isRefusedByCondition, numberIn } from "./dynamodb.ts";
import type { Telemetry } from "./telemetry.ts";

const failureWindowMs = 60_000;
const openMs = 30_000;
/** DynamoDB deletes the item this long after its last change. A late deletion changes nothing. */
const keptSeconds = 10 * 60;

/** The service has failed too often, and is not called until some time has passed. */
export class CircuitOpen extends Error {
  override readonly name = "CircuitOpen";
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super("The service has failed too often.");
    this.retryAfterMs = retryAfterMs;
  }
}

export interface CircuitBreaker {
  /**
   * Makes the call unless the service has failed too often.
   * @param isFailure whether the call's error is a failure of the service
   * @throws CircuitOpen without a call, or the call's error
   */
  run<Result>(call: () => Promise<Result>, isFailure: (error: unknown) => boolean): Promise<Result>;
}

interface BreakerOptions {
  client: Pick<DynamoDb, "call">;
  tableName: string;
  /** The service. */
  name: string;
  telemetry: Pick<Telemetry, "error">;
  now?: (() => number) | undefined;
}

/**
 * A circuit breaker that all instances share. Three failures within 60 s open it for 30 s. After that one caller may try
 * the service: if the call succeeds, the breaker closes, otherwise it stays open for another 30 s. One item of the table
 * holds the newest failures `t0` and `t1` and the time `open_until`.
 *
 *   closed     no open_until        every caller calls
 *   open       open_until > now     no caller calls
 *   half-open  open_until <= now    the caller whose conditional write moves open_until calls
 *
 * A DynamoDB that fails leaves the breaker closed.
 */
export function createCircuitBreaker(options: BreakerOptions): CircuitBreaker {
  const { client, tableName, name, telemetry, now = Date.now } = options;
  const Key = { pk: { S: `breaker#${name}` } };

  /** Returns undefined if DynamoDB has failed. */
  async function attempt<Result>(request: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await request();
    } catch (cause) {
      if (cause instanceof CircuitOpen) throw cause;
      telemetry.error("breaker.unavailable", cause, { service: name });
      return undefined;
    }
  }

  /** Returns the item before the write, or undefined if the condition did not hold. */
  async function update(
    expression: string,
    values: Record<string, number>,
    condition?: string,
  ): Promise<Item | undefined> {
    const expires = Math.ceil(now() / 1_000) + keptSeconds;
    const input = {
      TableName: tableName,
      Key,
      UpdateExpression: expression,
      ExpressionAttributeValues: Object.fromEntries(
        Object.entries({ ...values, ":expires": expires }).map(([key, value]) => [
          key,
          { N: String(value) },
        ]),
      ),
      ReturnValues: "ALL_OLD",
      ...(condition !== undefined && { ConditionExpression: condition }),
    };
    try {
      return (await client.call("UpdateItem", input)).Attributes ?? {};
    } catch (error) {
      if (isRefusedByCondition(error)) return undefined;
      throw error;
    }
  }

  /** Returns the time until which this caller alone may try, or undefined if the breaker is closed. */
  async function admit(): Promise<number | undefined> {
    const input = { TableName: tableName, Key, ConsistentRead: true };
    const { Item: found } = await client.call("GetItem", input);
    const openUntil = numberIn(found, "open_until");
    if (openUntil === undefined) return undefined;
    if (openUntil > now()) throw new CircuitOpen(openUntil - now());
    const trial = now() + openMs;
    const won = await update(
      "SET open_until = :trial, expires_at = :expires",
      { ":trial": trial, ":seen": openUntil },
      "open_until = :seen",
    );
    if (!won) throw new CircuitOpen(openMs);
    return trial;
  }

  async function recordFailure(trial: number | undefined): Promise<void> {
    const until = now() + openMs;
    if (trial !== undefined) {
      const values = { ":until": until, ":trial": trial };
      await update("SET open_until = :until, expires_at = :expires", values, "open_until = :trial");
      return;
    }
    const before = await update(
      "SET t1 = if_not_exists(t0, :never), t0 = :now, expires_at = :expires",
      { ":now": now(), ":never": 0 },
    );
    const isThird = (numberIn(before, "t1") ?? 0) > now() - failureWindowMs;
    if (!isThird) return;
    await update(
      "SET open_until = :until, expires_at = :expires",
      { ":until": until },
      "attribute_not_exists(open_until)",
    );
  }

  const recordSuccess = (trial: number) =>
    update(
      "SET expires_at = :expires REMOVE open_until, t0, t1",
      { ":trial": trial },
      "open_until = :trial",
    );

  return {
    async run(call, isFailure) {
      const admitted = await attempt(async () => ({ trial: await admit() }));
      try {
        const result = await call();
        const trial = admitted?.trial;
        if (trial !== undefined) await attempt(() => recordSuccess(trial));
        return result;
      } catch (error) {
        // After a failure of DynamoDB another request would only cost time.
        if (admitted && isFailure(error)) await attempt(() => recordFailure(admitted.trial));
        throw error;
      }
    },
  };
}
