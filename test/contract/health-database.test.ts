import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import pg from "pg";
import { afterAll, expect, it } from "vitest";
import { newestMigration, probeDatabase } from "#functions/health/probes.ts";
import { createHealthChecker } from "#lib/health/check-health.ts";
import { createDatabase } from "#lib/platform/postgres.ts";
import { openTestDatabase } from "#test/support/database.ts";

const test = await openTestDatabase();
const tableOwner = new pg.Client({ connectionString: test.ownerUrl });
await tableOwner.connect();
afterAll(async () => {
  await tableOwner.end();
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

it("the runtime role finds a migrated database healthy", async () => {
  expect(await checkOf(test.url)).toEqual({ status: "ok", error: undefined });
});

/** Runs the work on a separate database, because a connection reads a database's settings when it opens. */
async function withSetting(setting: string, work: (url: string) => Promise<void>): Promise<void> {
  const other = await openTestDatabase();
  const name = new URL(other.ownerUrl).pathname.slice(1);
  await tableOwner.query(`alter database ${name} set ${setting}`);
  try {
    await work(other.url);
  } finally {
    await other.close();
  }
}

it("a database above the limit in the settings is full", async () => {
  expect(await checkOf(test.url, 5)).toEqual({ status: "error", error: "full" });
});

it.each([
  ["5MB", 16_000_000, "full"],
  ["8TB", 5, undefined],
  // Neon writes -1 for no limit, so the setting decides.
  ["-1", 5, "full"],
  ["-1", 16_000_000, undefined],
])(
  "with Neon's limit %s and the setting %i the check returns %s",
  async (limit, setting, error) => {
    await withSetting(`neon.max_cluster_size = '${limit}'`, async (url) => {
      expect(await checkOf(url, setting)).toEqual({ status: error ? "error" : "ok", error });
    });
  },
);

it("a read-only database is read_only and refuses a write", async () => {
  await withSetting("default_transaction_read_only = on", async (url) => {
    expect(await checkOf(url)).toEqual({ status: "error", error: "read_only" });
    const { query } = createDatabase({ url: async () => url, endpoint: test.sqlEndpoint });
    const text = "update conversations set title = title";
    await expect(query({ text, params: [] })).rejects.toMatchObject({ reason: "read_only" });
  });
});

it("a statement on a full disk is refused as full", async () => {
  await tableOwner.query(`create function refuse() returns trigger language plpgsql as
    $$ begin raise exception 'could not extend file' using errcode = '53100'; end $$`);
  await tableOwner.query(
    "create trigger full_disk before update on conversations for each statement execute function refuse()",
  );
  const { query } = createDatabase({ url: async () => test.url, endpoint: test.sqlEndpoint });
  const text = "update conversations set title = title";
  await expect(query({ text, params: [] })).rejects.toMatchObject({ reason: "full" });
});

it("a role without its grants is access_denied", async () => {
  const { username } = new URL(test.url);
  await tableOwner.query(`revoke select on migrations from ${username}`);
  expect(await checkOf(test.url)).toEqual({ status: "error", error: "access_denied" });
  await tableOwner.query(`grant select on migrations to ${username}`);
});

it("a database without the newest migration, or without any, is not_migrated; a missing database is not_found; a wrong password is access_denied", async () => {
  await tableOwner.query("update migrations set name = 'older' where name = $1", [newestMigration]);
  expect(await checkOf(test.url)).toEqual({ status: "error", error: "not_migrated" });
  await tableOwner.query("drop table migrations");
  expect(await checkOf(test.url)).toEqual({ status: "error", error: "not_migrated" });
  const missing = Object.assign(new URL(test.url), { pathname: "/nowhere" }).href;
  expect(await checkOf(missing)).toEqual({ status: "error", error: "not_found" });
  const wrong = Object.assign(new URL(test.url), { password: "guess" }).href;
  expect(await checkOf(wrong)).toEqual({ status: "error", error: "access_denied" });
});
