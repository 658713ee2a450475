import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDynamoDbBucketStore } from "#lib/rate-limit/dynamodb-bucket-store.ts";
import { startRateLimitTable, tableName } from "#test/support/rate-limit-table.ts";

let table: Awaited<ReturnType<typeof startRateLimitTable>>;
beforeAll(async () => {
  table = await startRateLimitTable();
});
afterAll(() => table.stop());

const Key = { pk: { S: "limits" } };

function update(expressions: { UpdateExpression: string; ConditionExpression?: string }) {
  return table.client.call("UpdateItem", {
    TableName: tableName,
    Key,
    ExpressionAttributeValues: { ":n": { N: "1" } },
    ...expressions,
  });
}

/** Returns `SET a = :n` padded with white space to exactly this many bytes. DynamoDB counts white space. */
const ofBytes = (bytes: number) => `SET a${" ".repeat(bytes - 9)}= :n`;
const many = (count: number, one: string, glue: string) => Array(count).fill(one).join(glue);

describe("DynamoDB's stand-in", () => {
  it("accepts an expression of 4,096 bytes and refuses one of 4,097", async () => {
    await update({ UpdateExpression: ofBytes(4_096) });
    await expect(update({ UpdateExpression: ofBytes(4_097) })).rejects.toMatchObject({
      name: "ValidationException",
      message:
        "Invalid UpdateExpression: Expression size has exceeded the maximum allowed size; expression size: 4097",
    });
  });

  it("counts bytes, not characters", async () => {
    const condition = `attribute_not_exists(${"ü".repeat(2_050)})`;
    await expect(
      update({ UpdateExpression: "SET a = :n", ConditionExpression: condition }),
    ).rejects.toThrow("Invalid ConditionExpression: Expression size has exceeded");
  });

  it("limits the conditions of other operations too", async () => {
    const put = table.client.call("PutItem", {
      TableName: tableName,
      Item: Key,
      ConditionExpression: `attribute_not_exists(${"a".repeat(4_096)})`,
    });
    await expect(put).rejects.toThrow("Invalid ConditionExpression");
  });

  it("refuses 301 additions", async () => {
    const UpdateExpression = `SET a = ${many(302, ":n", "+")}`;
    await expect(update({ UpdateExpression })).rejects.toThrow("operator count: 301");
  });

  it("refuses 301 comparisons and accepts 300", async () => {
    const condition = (count: number) => ({
      UpdateExpression: "SET a = :n",
      ConditionExpression: many(count, "b<:n", " or "),
    });
    await expect(update(condition(301))).rejects.toThrow(
      "Invalid ConditionExpression: The expression contains too many operators; operator count: 301",
    );
    await expect(update(condition(300))).rejects.toThrow("The conditional request failed");
  });

  it("accepts a bucket of 120 tokens, the maximum of the setting, and refuses one of 124", async () => {
    const store = createDynamoDbBucketStore({ client: table.client, tableName });
    const allowance = (capacity: number) => ({ capacity, windowMs: 60_000 });
    expect(await store.take("large", allowance(120), 1e12)).toMatchObject({ admitted: true });
    expect(await store.settle("large", allowance(120), 1e12 + 0.5)).toBe(false);
    await store.giveBack("large", allowance(120), 1e12);
    await expect(store.take("large", allowance(124), 1e12)).rejects.toMatchObject({
      name: "ValidationException",
    });
  });
});
