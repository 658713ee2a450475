import { randomUUID } from "node:crypto";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { createDeviceCodes } from "#lib/auth/device-codes.ts";
import { createDevices, deviceIdOf, sessionIdOf } from "#lib/auth/devices.ts";
import type { TokenKeys } from "#lib/platform/secrets.ts";
import { startRateLimitTable, tableName } from "#test/support/rate-limit-table.ts";

const table = await startRateLimitTable();
afterAll(() => table.stop());

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
let nowMs: number;
let tokenKeys: TokenKeys;
let owner: string;

beforeEach(() => {
  nowMs = Date.parse("2026-03-01T12:00:00Z");
  tokenKeys = { keys: [{ kid: "1", key: "k".repeat(64) }], epoch: 1 };
  owner = randomUUID();
});

const options = { client: table.client, tableName, now: () => nowMs };
const devices = createDevices(options);
const codes = createDeviceCodes({ ...options, tokenKeys: async () => tokenKeys });
const authenticatedAt = new Date("2026-02-27T08:00:00Z");
const issue = () => codes.issue({ owner, authenticatedAt });

describe("a device code", () => {
  it("gives the login of the browser that has made it, however a person writes it", async () => {
    const { code, expiresAt } = await issue();
    expect(code).toMatch(/^[2-9A-HJKMNP-TV-Z]{5}-[2-9A-HJKMNP-TV-Z]{5}$/);
    expect(expiresAt).toEqual(new Date(nowMs + 10 * minuteMs));
    const spoken = ` ${code.toLowerCase().replace("-", " – ")}\n`;
    expect(await codes.redeem(spoken)).toEqual({ owner, authenticatedAt });
  });

  it("works once, also for twenty browsers at the same time", async () => {
    const { code } = await issue();
    const logins = await Promise.all(Array.from({ length: 20 }, () => codes.redeem(code)));
    expect(logins.filter((login) => login !== undefined)).toEqual([{ owner, authenticatedAt }]);
    expect(await codes.redeem(code)).toBeUndefined();
  });

  it.each<[string, () => Promise<unknown>]>([
    [
      "after ten minutes",
      async () => {
        nowMs += 10 * minuteMs;
      },
    ],
    ["once the owner has made a newer one", issue],
    [
      "once the epoch is raised, which ends all sessions",
      async () => {
        tokenKeys.epoch = 2;
      },
    ],
    [
      "once the owner has signed a device out",
      () => devices.remove({ owner, sessionId: "a-thief's" }),
    ],
  ])("stops working %s", async (_when, happen) => {
    const { code } = await issue();
    await happen();
    expect(await codes.redeem(code)).toBeUndefined();
  });

  it("does not work for a guess, and an owner without a name cannot be made one", async () => {
    for (const guess of ["ABCDE-23456", "", "💥", "#", `${owner}`]) {
      expect(await codes.redeem(guess)).toBeUndefined();
    }
  });

  it("is nowhere in the table", async () => {
    const { code } = await issue();
    const Key = { pk: { S: `devices#${owner}` } };
    const { Item } = await table.client.call("GetItem", { TableName: tableName, Key });
    expect(Item?.code_hash).toEqual({ S: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(JSON.stringify(Item)).not.toMatch(new RegExp(code.replace("-", "-?"), "i"));
    const hash = Item?.code_hash && "S" in Item.code_hash ? Item.code_hash.S : "";
    const found = await table.client.call("GetItem", {
      TableName: tableName,
      Key: { pk: { S: `device-code#${hash}` } },
    });
    expect(Object.keys(found.Item ?? {}).sort()).toEqual(["code_owner", "expires_at", "pk"]);
  });
});

describe("the devices of an owner", () => {
  const record = (sessionId: string, name?: string, insteadOf?: string) =>
    devices.record({ owner, sessionId, name, at: new Date(nowMs), insteadOf });

  it("are listed with name and times, the last used first", async () => {
    expect(await devices.list(owner)).toEqual([]);
    const start = new Date(nowMs);
    await record("one", "Firefox, Windows");
    await record("two");
    nowMs += dayMs;
    await record("one", "Firefox, Windows");
    expect(await devices.list(owner)).toEqual([
      {
        sessionId: "one",
        name: "Firefox, Windows",
        signedInAt: start,
        lastUsedAt: new Date(nowMs),
      },
      { sessionId: "two", name: undefined, signedInAt: start, lastUsedAt: start },
    ]);
  });

  it("give their place to the next session of the same browser, and go when signed out", async () => {
    await record("old", "Chrome, Mac");
    await record("new", "Chrome, Mac", "old");
    expect((await devices.list(owner)).map((device) => device.sessionId)).toEqual(["new"]);
    await devices.remove({ owner, sessionId: "new" });
    await devices.remove({ owner, sessionId: "new" });
    expect(await devices.list(owner)).toEqual([]);
  });

  it("are forgotten when their cookies are", async () => {
    await record("one");
    nowMs += 399 * dayMs;
    expect(await devices.list(owner)).toHaveLength(1);
    nowMs += dayMs;
    expect(await devices.list(owner)).toEqual([]);
  });

  it("keep what a code and other devices have written at the same time", async () => {
    await Promise.all([record("one"), record("two"), issue(), record("three")]);
    expect(await devices.list(owner)).toHaveLength(3);
    const Key = { pk: { S: `devices#${owner}` } };
    const { Item } = await table.client.call("GetItem", { TableName: tableName, Key });
    expect(Item).toHaveProperty("code_hash");
    expect(Number(Object(Item?.expires_at).N)).toBeGreaterThan((nowMs + 399 * dayMs) / 1_000);
  });
});

it("a device's id on the wire is its session's id as a UUID", () => {
  const sessionId = "AAECAwQFBgcICQoLDA0ODw";
  expect(deviceIdOf(sessionId)).toBe("00010203-0405-0607-0809-0a0b0c0d0e0f");
  expect(sessionIdOf("00010203-0405-0607-0809-0A0B0C0D0E0F")).toBe(sessionId);
});
