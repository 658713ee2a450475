import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createRevocations } from "#lib/auth/revocations.ts";
import { startRateLimitTable, tableName } from "#test/support/rate-limit-table.ts";

let table: Awaited<ReturnType<typeof startRateLimitTable>>;
beforeAll(async () => {
  table = await startRateLimitTable();
});
afterAll(() => table.stop());

it("remembers the sessions that were ended, and no others", async () => {
  const revocations = createRevocations({ client: table.client, tableName });
  await revocations.add("ended", new Date("2026-03-08T12:00:00Z"));
  await revocations.add("ended", new Date("2026-03-08T12:00:00Z"));
  expect(await revocations.has("ended")).toBe(true);
  expect(await revocations.has("going-on")).toBe(false);
});

it("tells DynamoDB in seconds when it may forget one", async () => {
  const revocations = createRevocations({ client: table.client, tableName });
  await revocations.add("forgettable", new Date("2026-03-08T12:00:00.001Z"));
  const Key = { pk: { S: "revoked#forgettable" } };
  const { Item } = await table.client.send(new GetItemCommand({ TableName: tableName, Key }));
  expect(Item).toEqual({ ...Key, expires_at: { N: "1772971201" } });
});
