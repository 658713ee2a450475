import {
  type Attribute,
  type DynamoDb,
  type Item,
  isRefusedByCondition,
  numberIn,
} from "#lib/platform/dynamodb.ts";
import { type Allowance, spentAt } from "./allowance.ts";
import type { BucketStore } from "./bucket-store.ts";

interface Change {
  UpdateExpression: string;
  ConditionExpression: string;
  ExpressionAttributeValues: Item;
}

interface Table {
  client: Pick<DynamoDb, "call">;
  tableName: string;
}

/** DynamoDB deletes an item this long after its last token came back. A late deletion changes nothing. */
const expirySlackSeconds = 60;

/**
 * Buckets that all instances share. Each bucket is one item: `t0` is the newest spend time, `t<capacity - 1>` the
 * oldest. Counting from the newest keeps the item readable after a change of the capacity.
 */
export function createDynamoDbBucketStore(table: Table): BucketStore {
  /**
   * Changes the token that was spent at `spentAtMs`. Other requests may have moved that token to another attribute.
   * Then the condition fails and returns the item, and the next write goes to the token's new attribute.
   * Returns false if there is no such token.
   */
  async function changeToken(
    key: string,
    allowance: Allowance,
    spentAtMs: number,
    changeAt: (index: number) => Pick<Change, "UpdateExpression"> & { values: Item },
  ): Promise<boolean> {
    let index = 0;
    while (index !== -1) {
      const { values, ...change } = changeAt(index);
      const { isDone, item } = await updateIf(table, key, {
        ...change,
        ConditionExpression: `${attribute(index)} = :spent`,
        ExpressionAttributeValues: { ":spent": number(spentAtMs), ...values },
      });
      if (isDone) return true;
      index = spendTimes(item, allowance).indexOf(spentAtMs);
    }
    return false;
  }

  return {
    /*
     * One conditional write decides. DynamoDB runs the writes of an item one after the other, and every
     * right-hand side reads the item as it was before the write:
     *
     *   before          t0=50  t1=40  t2=0      (capacity 3; two callers, both at 60)
     *   first write     t2 <= 60 - window  →    t0=60  t1=50  t2=40   admitted
     *   second write    t2 >  60 - window  →    unchanged             refused until t2 + window
     *
     * SET        each spend time moves one attribute on, the oldest is dropped, `now` becomes t0
     * condition  the dropped token is back already, or fewer than `capacity` tokens were ever spent
     *
     * A retry of a request whose first reply was lost spends two tokens, so the limit is never exceeded.
     */
    async take(key, allowance, nowMs) {
      const oldest = attribute(allowance.capacity - 1);
      const { isDone, item } = await updateIf(table, key, {
        UpdateExpression: `SET ${[...shiftIn(allowance), "t0 = :now", "expires_at = :expires"]}`,
        ConditionExpression: `attribute_not_exists(${oldest}) OR ${oldest} <= :back`,
        ExpressionAttributeValues: {
          ":now": number(nowMs),
          ":back": number(nowMs - allowance.windowMs),
          // DynamoDB refuses values that no expression uses.
          ...(allowance.capacity > 1 && { ":never": number(0) }),
          ":expires": number(Math.ceil((nowMs + allowance.windowMs) / 1_000) + expirySlackSeconds),
        },
      });
      return { admitted: isDone, spentAtMs: spendTimes(item, allowance) };
    },

    /*
     * Removes our spend time and closes the gap. The take had dropped a token that was back already, so an empty
     * attribute at the far end means the same: the bucket is as if the take had never happened.
     *
     *   after our take at 60      t0=60  t1=50  t2=40
     *   another take at 61        t0=61  t1=60  t2=50     (40 was back by then)
     *   our token is given back   t0=61  t1=50  t2=0
     */
    async giveBack(key, allowance, spentAtMs) {
      await changeToken(key, allowance, spentAtMs, (index) => ({
        UpdateExpression: `SET ${closeGap(index, allowance)}`,
        values: { ":never": number(0) },
      }));
    },

    settle: (key, allowance, heldAtMs) =>
      changeToken(key, allowance, heldAtMs, (index) => ({
        UpdateExpression: `SET ${attribute(index)} = :settled`,
        values: { ":settled": number(spentAt(heldAtMs)) },
      })),
  };
}

/** Runs one conditional write. Returns whether the condition held, and the item after the attempt. */
async function updateIf({ client, tableName }: Table, key: string, change: Change) {
  const Key = { pk: { S: key } };
  try {
    const written = await client.call("UpdateItem", {
      TableName: tableName,
      Key,
      ReturnValues: "ALL_NEW",
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      ...change,
    });
    return { isDone: true, item: written.Attributes };
  } catch (error) {
    if (!isRefusedByCondition(error)) throw error;
    if (error.item) return { isDone: false, item: error.item };
    // Some stand-ins of DynamoDB refuse without returning the item. DynamoDB itself returns it.
    const found = await client.call("GetItem", { TableName: tableName, Key, ConsistentRead: true });
    return { isDone: false, item: found.Item };
  }
}

const attribute = (index: number): string => `t${index}`;

/** Moves every spend time one attribute on; `t0` becomes free. */
function shiftIn({ capacity }: Allowance): string[] {
  return indexes(1, capacity).map((index) => copy(index, index - 1));
}

/** Moves every spend time behind `gap` one attribute back; the oldest attribute becomes empty. */
function closeGap(gap: number, { capacity }: Allowance): string[] {
  const oldest = capacity - 1;
  return [
    ...indexes(gap, oldest).map((index) => copy(index, index + 1)),
    `${attribute(oldest)} = :never`,
  ];
}

const copy = (to: number, from: number): string =>
  `${attribute(to)} = if_not_exists(${attribute(from)}, :never)`;

function indexes(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

function spendTimes(item: Item | undefined, { capacity }: Allowance): number[] {
  return indexes(0, capacity).map((index) => numberIn(item, attribute(index)) ?? 0);
}

const number = (value: number): Attribute => ({ N: String(value) });
