import { expect, it } from "vitest";
import { openStores } from "./open-stores.ts";
import { endOf, leaseOf, newOwner, runGraph } from "./turn-steps.ts";

const { database, sql, turns } = await openStores();

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

it("a turn reads as many rows after 200 turns of its conversation as after 10", async () => {
  // As in a new deployment: PostgreSQL has analyzed no table, and plans for a few rows.
  for (const table of ["bookings", "conversations", "turns"]) {
    await sql(`alter table ${table} set (autovacuum_enabled = false)`);
  }
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
