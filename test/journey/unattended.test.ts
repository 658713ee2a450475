import { readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { expect, it } from "vitest";
import type { ConversationPage } from "#lib/contract/conversation.ts";
import { manyAddresses } from "#test/support/many-addresses.ts";
import { openTwin } from "#test/support/open-twin.ts";

const notes: string[] = [];
const { twin, logIn } = await openTwin({
  viewerAddress: manyAddresses(),
  log: (line) => notes.push(line),
});
const client = await logIn();

async function listed(): Promise<string[]> {
  const response = await client.send("/api/v1/conversations");
  const { conversations } = (await response.json()) as ConversationPage;
  return conversations.map(({ id }) => id);
}

async function makeOld(conversationId: string): Promise<void> {
  const owner = new pg.Client({ connectionString: twin.parts.postgres.ownerUrl("app") });
  await owner.connect();
  await owner.query(
    "update conversations set updated_at = now() - interval '31 days' where id = $1",
    [conversationId],
  );
  await owner.end();
}

it("the daily run deletes a conversation unused for 30 days, and no other", async () => {
  const old = await client.chat("My name is Ada.");
  const kept = await client.chat("My name is Grace.");
  await makeOld(old.conversation_id);
  const requests = () => twin.parts.neon.requests("app");
  const before = requests();

  await twin.functionInvoke("conversation-expire");

  // One request for the size, one for the money, one for the batch.
  expect(requests() - before).toBe(3);
  expect(await listed()).toEqual([kept.conversation_id]);
  const path = (id: string) => `/api/v1/conversations/${id}`;
  expect((await client.send(path(old.conversation_id))).status).toBe(404);
  expect((await client.send(path(kept.conversation_id))).status).toBe(200);
  const log = readFileSync(join(twin.logsDirectory, "conversation-expire.log"), "utf8");
  expect(log).toContain('"ConversationsExpired":1');
  const [, percent] = /"DatabaseUsedPercent":([\d.]+)/.exec(log) ?? [];
  expect(Number(percent)).toBeGreaterThan(1);
  expect(Number(percent)).toBeLessThan(80);
});

it("a run without a database fails visibly, and the next run succeeds", async () => {
  const { conversation_id } = await client.chat("My name is Alan.");
  await makeOld(conversation_id);
  twin.parts.neon.fault = () => "error";
  await expect(twin.functionInvoke("conversation-expire")).rejects.toThrow("DatabaseUnavailable");
  twin.parts.neon.fault = undefined;
  expect(await listed()).toContain(conversation_id);

  await twin.functionInvoke("conversation-expire");
  expect(await listed()).not.toContain(conversation_id);
});

it("a killed PostgreSQL is started again with one log line, and the chat continues", async () => {
  const { conversation_id } = await client.chat("My name is Edsger.");
  const { dataDirectory } = twin.parts.postgres;
  const pidFile = readFileSync(join(dataDirectory, "cluster", "postmaster.pid"), "utf8");
  const [postmaster] = pidFile.split("\n");

  process.kill(Number(postmaster), "SIGKILL");

  await expect.poll(() => notes).toContain("Postgres ended (SIGKILL): restarting");
  const status = async () => (await client.send("/api/v1/conversations")).status;
  await expect.poll(status, { timeout: 20_000 }).toBe(200);
  const { text } = await client.chat("What is my name?", conversation_id);
  expect(text).toContain("Edsger");
});
