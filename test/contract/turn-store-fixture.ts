import { randomUUID } from "node:crypto";
import { AIMessage, type BaseMessage, HumanMessage } from "@langchain/core/messages";
import { END, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import type { BaseCheckpointSaver } from "@langchain/langgraph-checkpoint";
import pg from "pg";
import { expect } from "vitest";
import {
  type ClaimWithThread,
  createClaimWithThread,
  type ThreadClaim,
} from "#lib/chat/claim-with-thread.ts";
import type { OwnerBounds } from "#lib/conversations/accept-turn.ts";
import { createConversationStore } from "#lib/conversations/conversation-store.ts";
import type { TurnEnd, TurnLease } from "#lib/conversations/turn-lease.ts";
import { createTurnStore, type TurnStore } from "#lib/conversations/turn-store.ts";
import { createDatabase, type Database, type Row } from "#lib/platform/postgres.ts";
import { deleteThreads } from "#lib/thread/delete-threads.ts";
import { openThread, readThread, type TurnThread } from "#lib/thread/turn-thread.ts";
import { openTestDatabase } from "#test/support/database.ts";

export type Fixture = Awaited<ReturnType<typeof openFixture>>;

/** Both stores on a fresh database, and what a test needs to look behind them. */
export async function openFixture() {
  const test = await openTestDatabase();
  const owner = new pg.Pool({ connectionString: test.ownerUrl, max: 2 });
  owner.on("error", () => {}); // its idle connections die with the database
  const database = createDatabase({ url: async () => test.url, endpoint: test.sqlEndpoint });
  const ownerBounds = { openTurns: 1_000, conversations: 1_000, storedBytes: 100 * 1024 * 1024 };
  const storeOn = (changes: Partial<Database>, leaseSeconds: number, bounds: OwnerBounds) =>
    withThreads({ ...database, ...changes }, { leaseSeconds, ownerBounds: bounds });
  const turns = storeOn({}, 15, ownerBounds);
  /** As the owner of the tables, past the stores and not counted as a request. */
  const sql = async (text: string, params: unknown[] = []): Promise<Row[]> =>
    (await owner.query(text, params)).rows;

  return {
    neon: test.neon,
    database,
    turns,
    conversations: createConversationStore({ database, deleteThreads }),
    sql,
    /** How many requests the database got for it. */
    async requestsOf(work: () => Promise<unknown>): Promise<number> {
      const before = test.requests();
      await work();
      return test.requests() - before;
    },
    /** The same store on a database that fails or stumbles as the test says. */
    turnsOn: (changes: Partial<Database>, leaseSeconds = 15) =>
      storeOn(changes, leaseSeconds, ownerBounds),
    /** The same store where an owner may have less. */
    turnsWithin: (bounds: Partial<OwnerBounds>) => storeOn({}, 15, { ...ownerBounds, ...bounds }),
    /** As if this conversation's runner had not beaten for too long. */
    letLeaseRunOut: (conversationId: string) =>
      sql("update conversations set lease_until = now() - interval '1 s' where id = $1", [
        conversationId,
      ]),
    /** A transaction that stays open until the test has seen others wait for it. */
    async transactionAsOwner() {
      const client = await owner.connect();
      await client.query("begin");
      return {
        sql: (text: string) => client.query(text),
        async commit() {
          await client.query("commit");
          client.release();
        },
      };
    },
    async waitUntilSomebodyWaits() {
      const waiting = "select from pg_locks where not granted";
      await expect.poll(() => sql(waiting), { interval: 5, timeout: 3_000 }).not.toEqual([]);
    },
    /** The thread as the next claim would find it: what is said in it, one line per message. */
    async thread(conversationId: string): Promise<string[]> {
      const rows = await database.query(readThread(database, conversationId));
      const { checkpointer } = openThread(database, conversationId, rows);
      const tuple = await checkpointer.getTuple({ configurable: { thread_id: conversationId } });
      const messages = (tuple?.checkpoint.channel_values.messages ?? []) as BaseMessage[];
      return messages.map((message) => `${message.getType()}: ${message.text}`);
    },
    async close() {
      await owner.end();
      await test.close();
    },
  };
}

/** A turn store whose claims come with their thread, as those of a function that runs turns do. */
export type Turns = Omit<TurnStore, "claim"> & { claim: ClaimWithThread };

function withThreads(
  database: Database,
  options: { leaseSeconds: number; ownerBounds: OwnerBounds },
): Turns {
  const store = createTurnStore({ database, ...options });
  return { ...store, claim: createClaimWithThread(database, store) };
}

/** A lease together with its thread; its end stores what the thread has kept. */
export type LeaseWithThread = Omit<TurnLease, "finish"> & {
  thread: TurnThread;
  finish(end: TurnEnd): Promise<void>;
};

/** A visitor nobody else in this run has seen. */
export const newVisitor = (): string => `visitor-${randomUUID()}`;

export interface Accepted {
  owner: string;
  conversationId: string;
  turnId: string;
}

/** Accepts messages that must be accepted, in their order; all in one conversation. */
export async function acceptAll(
  turns: Pick<TurnStore, "accept">,
  messages: string[],
  where: { owner?: string; conversationId?: string } = {},
): Promise<[Accepted, ...Accepted[]]> {
  const owner = where.owner ?? newVisitor();
  let conversationId = where.conversationId;
  const all: Accepted[] = [];
  for (const message of messages) {
    const accepted = await turns.accept({ owner, conversationId, message, bodyHash: message });
    if (accepted.outcome !== "accepted") throw new Error(`It was ${accepted.outcome}.`);
    conversationId = accepted.conversationId;
    all.push({ owner, conversationId, turnId: accepted.turnId });
  }
  return all as [Accepted, ...Accepted[]];
}

export async function claimLease(
  turns: Pick<Turns, "claim">,
  where: { owner: string; conversationId: string },
): Promise<LeaseWithThread> {
  return leaseOf(await turns.claim({ owner: where.owner, conversationId: where.conversationId }));
}

export function leaseOf(claim: ThreadClaim): LeaseWithThread {
  if (claim.outcome !== "claimed") throw new Error(`The claim was ${claim.outcome}.`);
  const { lease, thread } = claim;
  return { ...lease, thread, finish: (end) => lease.finish(end, thread.writes()) };
}

export const endOf = (text: string, changes: Partial<TurnEnd> = {}): TurnEnd => ({
  status: "done",
  text,
  tools: [],
  usage: null,
  model: null,
  remarks: [],
  historyFrom: null,
  summarisedUntil: null,
  error: null,
  ...changes,
});

/** A real graph whose model says what it is told to, on the checkpointer under test. */
export function graphOn(checkpointer: BaseCheckpointSaver, say: () => Promise<string> | string) {
  return new StateGraph(MessagesAnnotation)
    .addNode("model", async () => ({ messages: [new AIMessage(await say())] }))
    .addEdge(START, "model")
    .addEdge("model", END)
    .compile({ checkpointer });
}

/** Runs the graph for a lease's turn as the agent does: one read, one write. */
export async function runGraph(
  lease: LeaseWithThread,
  say: () => Promise<string> | string,
  signal?: AbortSignal,
): Promise<void> {
  const { id, conversationId, message } = lease.turn;
  await graphOn(lease.thread.checkpointer, say).invoke(
    { messages: [new HumanMessage({ id, content: message })] },
    { configurable: { thread_id: conversationId }, durability: "exit", ...(signal && { signal }) },
  );
}

/** Claims the next turn, answers it and commits. */
export async function answerNext(
  turns: Turns,
  where: { owner: string; conversationId: string },
  answer: string,
): Promise<string> {
  const lease = await claimLease(turns, where);
  await runGraph(lease, () => answer);
  await lease.finish(endOf(answer));
  return lease.turn.message;
}
