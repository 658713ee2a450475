import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { idOfApiKey } from "#lib/keys/api-key.ts";
import { createApiKeyStore } from "#lib/keys/api-key-store.ts";
import { createKeyHolders } from "#lib/keys/key-holders.ts";
import { createDatabase } from "#lib/platform/postgres.ts";
import { openTestDatabase } from "#test/support/database.ts";

const test = await openTestDatabase();
const database = createDatabase({ url: async () => test.url, endpoint: test.sqlEndpoint });
const keys = createApiKeyStore(database);
const holders = createKeyHolders(database);

/** Runs `npm run keys` on the test database. */
async function run(...args: string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ["scripts/keys.ts", ...args], {
      env: { PATH: process.env.PATH, DATABASE_URL: test.ownerUrl },
    });
    return stdout;
  } catch (error) {
    return String((error as { stderr: string }).stderr);
  }
}

it("an operator makes, lists and revokes a key", async () => {
  const [key = ""] = (
    await run("create", "--name", "Report", "--scopes", "chat,documents:read", "--daily-usd", "2")
  ).split("\n");
  const id = idOfApiKey(key) ?? "";
  const holder = await holders.find(id, key);
  expect(holder).toMatchObject({ keyId: id, scopes: ["chat", "documents:read"] });
  const [listed] = await keys.list(holder?.owner ?? "");
  expect(listed).toMatchObject({ name: "Report", daily_budget_usd: 2 });

  const list = await run("list");
  expect(list).toContain(id);
  expect(list).not.toContain("eaa_");
  expect(await run("revoke", id)).toContain("opens nothing any more");
  expect(await holders.find(id, key)).toBeUndefined();
});

it.each([
  [["create"], /^keys: name must be a string/],
  [["create", "--name", "x", "--scopes", "root"], /^keys: scopes.0 must be chat, documents:read/],
  [["create", "--name", "x", "--daily-usd", "much"], /^keys: daily_budget_usd must be a number/],
  [["create", "--name", "x", "--owner", "me"], /^keys: --owner must be a UUID/],
  [["revoke"], /^keys: Name the id of the key/],
  [["revoke", "k3v9x0q2m7ap"], /^keys: No key has this id/],
  [["destroy"], /^keys: There is no command destroy/],
])("%j is refused with one sentence", async (args, sentence) => {
  expect(await run(...args)).toMatch(sentence);
});
