import { afterAll, expect, it } from "vitest";
import { createRevocations } from "#lib/auth/revocations.ts";
import { startRateLimitTable, tableName } from "#test/support/rate-limit-table.ts";

const table = await startRateLimitTable();
afterAll(() => table.stop());

it("revocations contain a revoked session and no other session", async () => {
  const revocations = createRevocations({ client: table.client, tableName });
  await revocations.add("ended", new Date("2026-03-08T12:00:00Z"));
  await revocations.add("ended", new Date("2026-03-08T12:00:00Z"));
  expect(await revocations.has("ended")).toBe(true);
  expect(await revocations.has("going-on")).toBe(false);
});

it("a revocation has DynamoDB's expiry time in seconds", async () => {
  const revocations = createRevocations({ client: table.client, tableName });
  await revocations.add("forgettable", new Date("2026-03-08T12:00:00.001Z"));
  const Key = { pk: { S: "revoked#forgettable" } };
  const { Item } = await table.client.call("GetItem", { TableName: tableName, Key });
  expect(Item).toEqual({ ...Key, expires_at: { N: "1772971201" } });
});
