import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { type Allowance, settled } from "./allowance.ts";
import type { BucketStore } from "./bucket-store.ts";

type Item = Record<string, AttributeValue>;

/** DynamoDB deletes the item some time after this; by then all its tokens are back, deleted or not. */
const expirySlackSeconds = 60;

/**
 * Buckets shared by all instances: one item each, `t0` the newest spend time, `t<capacity - 1>` the oldest.
 * Counted from the newest, so that a bucket whose capacity was changed reads the same item rightly.
 */
export function createDynamoDbBucketStore({
  client,
  tableName,
}: {
  client: DynamoDBClient;
  tableName: string;
}): BucketStore {
  /** One conditional write: whether it was done, and the item as it is after that. */
  async function update(key: string, change: Omit<UpdateItemCommandInput, "TableName" | "Key">) {
    try {
      const written = await client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: { pk: { S: key } },
          ReturnValues: "ALL_NEW",
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
          ...change,
        }),
      );
      return { done: true, item: written.Attributes };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return { done: false, item: error.Item ?? (await read(key)) };
    }
  }

  /** For stand-ins of DynamoDB that refuse without showing the item; the real one shows it. */
  async function read(key: string): Promise<Item | undefined> {
    const found = await client.send(
      new GetItemCommand({ TableName: tableName, Key: { pk: { S: key } }, ConsistentRead: true }),
    );
    return found.Item;
  }

  /**
   * Changes the token that was spent at `spentAtMs`. Others may have moved that token from its place meanwhile: then
   * the condition refuses, shows where the token is now, and the next write goes there.
   * Returns false if there is no such token.
   */
  async function changeToken(
    key: string,
    allowance: Allowance,
    spentAtMs: number,
    changeAt: (index: number) => Pick<UpdateItemCommandInput, "UpdateExpression"> & {
      values: Item;
    },
  ): Promise<boolean> {
    let ours = 0;
    while (ours !== -1) {
      const { values, ...change } = changeAt(ours);
      const { done, item } = await update(key, {
        ...change,
        ConditionExpression: `${place(ours)} = :spent`,
        ExpressionAttributeValues: { ":spent": number(spentAtMs), ...values },
      });
      if (done) return true;
      ours = spendTimes(item, allowance).indexOf(spentAtMs);
    }
    return false;
  }

  return {
    /*
     * All that decides is in one write. DynamoDB runs the writes of an item one after the other, and every
     * right-hand side sees the item as it was before:
     *
     *   before          t0=50  t1=40  t2=0      (capacity 3; two callers, both at 60)
     *   first write     t2 <= 60 - window  →    t0=60  t1=50  t2=40   admitted
     *   second write    t2 >  60 - window  →    unchanged             refused until t2 + window
     *
     * SET        every spend time moves one place on, the oldest falls out, `now` comes in
     * condition  the one that falls out is back already, or there are not yet `capacity` of them
     *
     * A repeated request whose first answer was lost spends two tokens: wrong in the safe direction.
     */
    async take(key, allowance, nowMs) {
      const oldest = place(allowance.capacity - 1);
      const { done, item } = await update(key, {
        UpdateExpression: `SET ${[...shiftIn(allowance), "t0 = :now", "expires_at = :expires"]}`,
        ConditionExpression: `attribute_not_exists(${oldest}) OR ${oldest} <= :back`,
        ExpressionAttributeValues: {
          ":now": number(nowMs),
          ":back": number(nowMs - allowance.windowMs),
          // DynamoDB refuses values that an expression does not use.
          ...(allowance.capacity > 1 && { ":never": number(0) }),
          ":expires": number(Math.ceil((nowMs + allowance.windowMs) / 1_000) + expirySlackSeconds),
        },
      });
      return { admitted: done, spentAtMs: spendTimes(item, allowance) };
    },

    /*
     * Takes our spend time out and closes the gap. What the take had pushed out at the far end was back
     * already, so an empty place there is the same bucket: exactly as if the take had never been.
     *
     *   after our take at 60    t0=60  t1=50  t2=40
     *   another takes at 61     t0=61  t1=60  t2=50     (40 was back by then)
     *   ours given back         t0=61  t1=50  t2=0
     */
    async giveBack(key, allowance, spentAtMs) {
      await changeToken(key, allowance, spentAtMs, (ours) => ({
        UpdateExpression: `SET ${closeGap(ours, allowance)}`,
        values: { ":never": number(0) },
      }));
    },

    settle: (key, allowance, heldAtMs) =>
      changeToken(key, allowance, heldAtMs, (ours) => ({
        UpdateExpression: `SET ${place(ours)} = :settled`,
        values: { ":settled": number(settled(heldAtMs)) },
      })),
  };
}

const place = (index: number): string => `t${index}`;

/** Every place but the newest takes over from the one before it. */
function shiftIn({ capacity }: Allowance): string[] {
  return places(1, capacity).map((index) => takeOver(index, index - 1));
}

/** Every place from `gap` on takes over from the one after it; the oldest is left empty. */
function closeGap(gap: number, { capacity }: Allowance): string[] {
  const oldest = capacity - 1;
  return [
    ...places(gap, oldest).map((index) => takeOver(index, index + 1)),
    `${place(oldest)} = :never`,
  ];
}

const takeOver = (to: number, from: number): string =>
  `${place(to)} = if_not_exists(${place(from)}, :never)`;

function places(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

function spendTimes(item: Item | undefined, { capacity }: Allowance): number[] {
  return places(0, capacity).map((index) => Number(item?.[place(index)]?.N ?? 0));
}

const number = (value: number): AttributeValue => ({ N: String(value) });
