import type { BaseMessage } from "@langchain/core/messages";
import pg from "pg";
import { afterAll, expect } from "vitest";
import { createThreadClaims, type ThreadClaims } from "#lib/chat/claim-with-thread.ts";
import type { OwnerBounds } from "#lib/conversations/accept-turn.ts";
import type { ClaimTerms } from "#lib/conversations/claim-turn.ts";
import { createConversationStore } from "#lib/conversations/conversation-store.ts";
import type { TurnBudget } from "#lib/conversations/turn-money.ts";
import { createTurnStore, type TurnStore } from "#lib/conversations/turn-store.ts";
import { createDatabase, type Database, type Row } from "#lib/platform/postgres.ts";
import { deleteThreads } from "#lib/thread/delete-threads.ts";
import { createThreads } from "#lib/thread/turn-thread.ts";
import { openTestDatabase } from "#test/support/database.ts";

/** A turn store whose claims return the thread too, as in a function that runs turns. */
export type Turns = Omit<TurnStore, keyof ThreadClaims> & ThreadClaims;

/** Covers every turn: turns cost nothing. */
export const freeBudget: TurnBudget = {
  caps: { turn: 1, ownerDay: 1, siteDay: 1, siteMonth: 1 },
  turnWorst: 0,
  callWorst: 0,
  worstByModel: {},
};

const wideBounds = { openTurns: 1_000, conversations: 1_000, storedBytes: 100 * 1024 * 1024 };

/**
 * Opens a fresh database for the tests of one file. Returns both stores on it, and functions that read and change the
 * tables without the stores. The database closes after the last test.
 */
export async function openStores() {
  const test = await openTestDatabase();
  const database = createDatabase({ url: async () => test.url, endpoint: test.sqlEndpoint });
  const turnsWith = (
    changes: Partial<Database>,
    leaseSeconds: number,
    ownerBounds: OwnerBounds,
    budget = freeBudget,
  ) => createTurns({ ...database, ...changes }, { leaseSeconds, ownerBounds, budget });
  const tables = openTables(test.ownerUrl);
  afterAll(async () => {
    await tables.close();
    await test.close();
  });

  return {
    ...tables,
    ownerUrl: test.ownerUrl,
    neon: test.neon,
    database,
    turns: turnsWith({}, 15, wideBounds),
    conversations: createConversationStore({
      ...{ database, deleteThreads },
      maxStoredBytes: wideBounds.storedBytes,
    }),
    /** Returns a turn store on a database whose calls the test replaces. */
    turnsOn: (changes: Partial<Database>, leaseSeconds = 15) =>
      turnsWith(changes, leaseSeconds, wideBounds),
    /** Returns a turn store with lower bounds for each owner. */
    turnsWithin: (bounds: Partial<OwnerBounds>) => turnsWith({}, 15, { ...wideBounds, ...bounds }),
    /** Returns a turn store whose turns cost money. */
    turnsCosting: (budget: TurnBudget) => turnsWith({}, 15, wideBounds, budget),
    /** Returns how many HTTP requests the database received during the work. */
    async requestsOf(work: () => Promise<unknown>): Promise<number> {
      const before = test.requests();
      await work();
      return test.requests() - before;
    },
    /** Returns the stored thread, one line for each message. */
    async threadOf(conversationId: string): Promise<string[]> {
      const { statement, open } = createThreads(database).read(conversationId);
      const { checkpointer } = open(await database.query(statement));
      const tuple = await checkpointer.getTuple({ configurable: { thread_id: conversationId } });
      const messages = (tuple?.checkpoint.channel_values.messages ?? []) as BaseMessage[];
      return messages.map((message) => `${message.getType()}: ${message.text}`);
    },
  };
}

function createTurns(
  database: Database,
  options: Omit<ClaimTerms, "approvalDays"> & { ownerBounds: OwnerBounds },
): Turns {
  const store = createTurnStore({ database, approvalDays: 7, ...options });
  return { ...store, ...createThreadClaims(database, store) };
}

/** Opens plain connections as the role that owns the tables. `requestsOf` does not count their statements. */
function openTables(url: string) {
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  pool.on("error", () => {}); // idle connections break when the database is dropped
  const sql = async (text: string, params: unknown[] = []): Promise<Row[]> =>
    (await pool.query(text, params)).rows;
  /** Begins a transaction that holds its locks until the test commits. */
  async function beginTransaction() {
    const client = await pool.connect();
    await client.query("begin");
    return {
      sql: (text: string) => client.query(text),
      async commit() {
        await client.query("commit");
        client.release();
      },
    };
  }
  /** Resolves when exactly so many statements on this database wait for a lock. */
  async function waitForBlocked(count: number) {
    const blocked = `
      select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    await expect.poll(async () => (await sql(blocked)).length, { interval: 5 }).toBe(count);
  }
  return {
    sql,
    /** Returns how many rows an owner has in a table. */
    async countOf(table: "conversations" | "turns", owner: string): Promise<number> {
      const rows = await sql(`select from ${table} where owner = $1`, [owner]);
      return rows.length;
    },
    /** Sets the lease of a conversation to expired, as if its runner had not beaten for too long. */
    letLeaseRunOut: (conversationId: string) =>
      sql("update conversations set lease_until = now() - interval '1 s' where id = $1", [
        conversationId,
      ]),
    beginTransaction,
    waitForBlocked,
    /** Runs both while another transaction holds the conversation, so that both wait for it in this order. */
    async inOrder<A, B>(
      conversationId: string,
      first: () => Promise<A>,
      second: () => Promise<B>,
    ): Promise<[A, B]> {
      const holder = await beginTransaction();
      await holder.sql(`select from conversations where id = '${conversationId}' for update`);
      const one = first();
      await waitForBlocked(1);
      const two = second();
      await waitForBlocked(2);
      await holder.commit();
      return Promise.all([one, two]);
    },
    close: () => pool.end(),
  };
}
