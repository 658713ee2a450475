import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { newestMigration, probeDatabase } from "#functions/health/probes.ts";
import { createHealth } from "#lib/health/report-health.ts";
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

async function checkOf(url: string) {
  const database = createDatabase({ url: async () => url, endpoint: test.sqlEndpoint });
  const report = createHealth({
    identity: { environment: "aws", version: "0", model: "m" },
    probes: {
      database: () => probeDatabase(database),
      bedrock: async () => {},
      rate_limiter: async () => {},
    },
  });
  const { status, checks } = await report();
  return { status, error: checks?.database.error };
}

it("the newest migration is the last file", () => {
  const files = readdirSync(join(import.meta.dirname, "../../migrations")).sort();
  expect(newestMigration).toBe(basename(files.at(-1) ?? "", ".sql"));
});

it("a migrated database is in order, to the role of the functions", async () => {
  expect(await checkOf(test.url)).toEqual({ status: "ok", error: undefined });
});

it("one that lacks a migration, or all of them, is told apart from one that does not answer", async () => {
  await owner.query("update migrations set name = 'older' where name = $1", [newestMigration]);
  expect(await checkOf(test.url)).toEqual({ status: "error", error: "not_migrated" });
  await owner.query("drop table migrations");
  expect(await checkOf(test.url)).toEqual({ status: "error", error: "not_migrated" });
  const missing = Object.assign(new URL(test.url), { pathname: "/nowhere" }).href;
  expect(await checkOf(missing)).toEqual({ status: "error", error: "unavailable" });
});
