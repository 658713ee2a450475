import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createFindHistory } from "#lib/conversations/find-history.ts";
import { createShareStore } from "#lib/conversations/share-store.ts";
import { openStores } from "./open-stores.ts";
import { endOf, importTurns, leaseOf, newOwner, runGraph } from "./turn-steps.ts";

const { conversations, database, sql, turns } = await openStores();

// As in a new deployment: PostgreSQL has analyzed no table, and plans for a few rows.
for (const table of ["bookings", "conversations", "turns"]) {
  await sql(`alter table ${table} set (autovacuum_enabled = false)`);
}

/** Accepts, claims, runs and ends one turn. Returns its conversation. */
async function runTurn(owner: string, conversationId?: string): Promise<string> {
  const message = { owner, conversationId, message: "Hello", bodyHash: "x" };
  const { claim } = await turns.acceptAndClaim(message);
  if (!claim) throw new Error("The message was refused.");
  const lease = leaseOf(claim);
  await runGraph(lease, () => "Hi");
  await lease.finish(endOf("Hi"));
  return lease.turn.conversationId;
}

/** Returns each table with the rows that the functions have read of it until now. */
async function rowsRead(): Promise<[table: string, rows: number][]> {
  // A session tells what it has read only once a second, unless it is asked to.
  await database.query({ text: "select pg_stat_force_next_flush()", params: [] });
  const rows = await sql(`
    select relname as table, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as rows
    from pg_stat_user_tables where relname in ('bookings', 'conversations', 'turns') order by 1`);
  return rows.map(({ table, rows }) => [String(table), Number(rows)]);
}

const readOfTurns = async () => new Map(await rowsRead()).get("turns") ?? 0;

it("a turn reads as many rows after 200 turns of its conversation as after 10", async () => {
  const owner = newOwner();
  const conversationId = await runTurn(owner);
  const readsAfter = new Map<number, [string, number][]>();
  for (let turn = 2; turn <= 210; turn += 1) {
    await runTurn(owner, conversationId);
    if (turn % 10 === 0) readsAfter.set(turn, await rowsRead());
  }
  const readsOfTenTurns = (from: number) => {
    const before = new Map(readsAfter.get(from));
    const after = readsAfter.get(from + 10) ?? [];
    return Object.fromEntries(
      after.map(([table, rows]) => [table, rows - (before.get(table) ?? 0)]),
    );
  };
  expect(readsOfTenTurns(10)).toEqual({ bookings: 30, conversations: 120, turns: 60 });
  expect(readsOfTenTurns(200)).toEqual(readsOfTenTurns(10));
}, 60_000);

describe("along a branch of 400 turns", () => {
  const messages = Array.from({ length: 400 }, (_, index) => `${index} ${"x".repeat(200)}`);
  const bounds = { conversations: 10, storedBytes: 50_000_000 };
  const shares = createShareStore({ database, bounds });

  async function importBranch() {
    const owner = newOwner();
    const imported = messages.map((message) => ({ message, text: "Fine" }));
    return { owner, conversationId: await importTurns(database, owner, imported) };
  }
  type Branch = Awaited<ReturnType<typeof importBranch>>;

  const walks: Record<string, (branch: Branch) => Promise<unknown>> = {
    "a search": ({ owner }) => conversations.list({ owner, search: "fine", limit: 10 }),
    "a history of a client": ({ owner, conversationId }) =>
      createFindHistory(database)({
        ...{ owner, conversationIds: [conversationId] },
        turns: messages.map((message) => ({ message, answers: ["Fine"] })),
      }),
    async "another shown version"({ owner, conversationId }) {
      const [first] = await sql(
        "select id from turns where conversation_id = $1 and parent is null",
        [conversationId],
      );
      return conversations.update({ owner, id: conversationId, head: String(first?.id) });
    },
    async "a link"({ owner, conversationId }) {
      const link = { owner, conversationId, expiresInDays: 1, withTools: false };
      const creation = await shares.create(link);
      if (creation.outcome !== "created") throw new Error(creation.outcome);
      const { token } = creation.share;
      const read = await shares.read({ token, before: 0 });
      const mine = { owner: newOwner(), conversationId: randomUUID() };
      const copy = await shares.copy({ token, ...mine });
      return read && copy === "copied";
    },
  };
  it.each(Object.entries(walks))("%s reads each turn a few times", async (_name, walk) => {
    const branch = await importBranch();
    const before = await readOfTurns();
    expect(await walk(branch)).toBeTruthy();
    // A link is copied with two joins, which may scan the small table of this test.
    expect((await readOfTurns()) - before).toBeLessThan(messages.length * 20);
  });
});

it("a search through 300 conversations reads each turn a few times", async () => {
  const owner = newOwner();
  for (let count = 0; count < 300; count += 1) {
    await importTurns(database, owner, [
      { message: "one", text: "Fine" },
      { message: "two", text: "Fine" },
    ]);
  }
  const before = await readOfTurns();
  await conversations.list({ owner, search: "missing", limit: 10 });
  expect((await readOfTurns()) - before).toBeLessThan(300 * 2 * 20);
});
