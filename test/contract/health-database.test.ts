import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { newestMigration, probeDatabase } from "#functions/health/probes.ts";
import { createHealthChecker } from "#lib/health/check-health.ts";
import { createDatabase } from "#lib/platform/postgres.ts";
import { openTestDatabase, type TestDatabase } from "#test/support/database.ts";

let test: TestDatabase;
let owner: pg.Client;
beforeAll(async () => {
  test = await openTestDatabase();
  owner = new pg.Client({ connectionString: test.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await test.close();
});

async function checkOf(url: string, limitMegabytes = 16_000_000) {
  const database = createDatabase({ url: async () => url, endpoint: test.sqlEndpoint });
  const report = createHealthChecker({
    identity: { environment: "aws", version: "0", model: "m" },
    probes: {
      database: () => probeDatabase(database, limitMegabytes),
      bedrock: async () => {},
      rate_limiter: async () => {},
    },
  });
  const { status, checks } = await report();
  return { status, error: checks?.database.error };
}

it("the newest migration is the last file", () => {
  const folder = join(import.meta.dirname, "../../migrations");
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .sort();
  expect(newestMigration).toBe(basename(files.at(-1) ?? "", ".sql"));
});

it("a migrated database is in order, to the role of the functions", async () => {
  expect(await checkOf(test.url)).toEqual({ status: "ok", error: undefined });
});

/** A database of its own, for connections read a database's settings when they are made. */
async function withSetting(setting: string, work: (url: string) => Promise<void>): Promise<void> {
  const other = await openTestDatabase();
  const name = new URL(other.ownerUrl).pathname.slice(1);
  await owner.query(`alter database ${name} set ${setting}`);
  try {
    await work(other.url);
  } finally {
    await other.close();
  }
}

it("a full database is told apart from one with room, by the setting", async () => {
  expect(await checkOf(test.url, 5)).toEqual({ status: "error", error: "full" });
});

it.each([
  ["5MB", 16_000_000, "full"],
  ["8TB", 5, undefined],
  // Neon's words for no limit: the setting counts.
  ["-1", 5, "full"],
  ["-1", 16_000_000, undefined],
])("Neon's own limit of %s precedes the setting %i: %s", async (limit, setting, error) => {
  await withSetting(`neon.max_cluster_size = '${limit}'`, async (url) => {
    expect(await checkOf(url, setting)).toEqual({ status: error ? "error" : "ok", error });
  });
});

it("a database that takes no writes is noticed, and writes nothing", async () => {
  await withSetting("default_transaction_read_only = on", async (url) => {
    expect(await checkOf(url)).toEqual({ status: "error", error: "read_only" });
    const { query } = createDatabase({ url: async () => url, endpoint: test.sqlEndpoint });
    const text = "update conversations set title = title";
    await expect(query({ text, params: [] })).rejects.toMatchObject({ reason: "read_only" });
  });
});

it("a statement that finds no room is refused as full", async () => {
  await owner.query(`create function refuse() returns trigger language plpgsql as
    $$ begin raise exception 'could not extend file' using errcode = '53100'; end $$`);
  await owner.query(
    "create trigger full_disk before update on conversations for each statement execute function refuse()",
  );
  const { query } = createDatabase({ url: async () => test.url, endpoint: test.sqlEndpoint });
  const text = "update conversations set title = title";
  await expect(query({ text, params: [] })).rejects.toMatchObject({ reason: "full" });
});

it("a role without its grants is told apart from missing tables", async () => {
  const { username } = new URL(test.url);
  await owner.query(`revoke select on migrations from ${username}`);
  expect(await checkOf(test.url)).toEqual({ status: "error", error: "access_denied" });
  await owner.query(`grant select on migrations to ${username}`);
});

it("a database that lacks a migration, or all of them, is told apart from a missing one and a wrong password", async () => {
  await owner.query("update migrations set name = 'older' where name = $1", [newestMigration]);
  expect(await checkOf(test.url)).toEqual({ status: "error", error: "not_migrated" });
  await owner.query("drop table migrations");
  expect(await checkOf(test.url)).toEqual({ status: "error", error: "not_migrated" });
  const missing = Object.assign(new URL(test.url), { pathname: "/nowhere" }).href;
  expect(await checkOf(missing)).toEqual({ status: "error", error: "not_found" });
  const wrong = Object.assign(new URL(test.url), { password: "guess" }).href;
  expect(await checkOf(wrong)).toEqual({ status: "error", error: "access_denied" });
});
