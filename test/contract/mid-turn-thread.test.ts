import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { beginAtCheckpoint } from "#lib/conversations/claim-effect.ts";
import { openStores } from "./open-stores.ts";
import {
  acceptAll,
  claimLease,
  endOf,
  graphOn,
  type LeaseWithThread,
  runGraph,
} from "./turn-steps.ts";

const { database, requestsOf, sql, threadOf, turns } = await openStores();

/** Stores the thread in the middle of a turn. */
async function storeThread({ turn, thread }: LeaseWithThread): Promise<void> {
  const nothing = { text: "", tools: [], sources: [] };
  await database.transaction([...thread.writes(), beginAtCheckpoint(turn.id, nothing)]);
  thread.markStored();
}

/** Runs the graph once more on the thread that the turn has so far. Adds no message of the person. */
async function continueGraph({ turn, thread }: LeaseWithThread, text: string): Promise<void> {
  await graphOn(thread.checkpointer, () => text).invoke(
    { messages: [] },
    { configurable: { thread_id: turn.conversationId }, durability: "exit" },
  );
}

async function startTurn() {
  const [first] = await acceptAll(turns, ["One", "Two"]);
  const lease = await claimLease(turns, first);
  return { first, lease };
}

const count = async (table: string, conversationId: string) =>
  (await sql(`select from ${table} where thread_id = $1`, [conversationId])).length;

describe("a thread in mid-turn", () => {
  it("goes on from its checkpoint without a request", async () => {
    const { first, lease } = await startTurn();
    expect(await requestsOf(() => runGraph(lease, () => "half"))).toBe(0);
    expect(await requestsOf(() => storeThread(lease))).toBe(1);
    expect(await requestsOf(() => continueGraph(lease, "whole"))).toBe(0);
    expect(await threadOf(first.conversationId)).toEqual(["human: One", "ai: half"]);

    await lease.finish(endOf("whole"));
    expect(await threadOf(first.conversationId)).toEqual(["human: One", "ai: half", "ai: whole"]);
  });

  it("goes on before its checkpoint is stored", async () => {
    const { first, lease } = await startTurn();
    await runGraph(lease, () => "half");
    await continueGraph(lease, "whole");
    await storeThread(lease);
    expect(await threadOf(first.conversationId)).toEqual(["human: One", "ai: half", "ai: whole"]);
  });

  it("keeps one checkpoint and its blobs, however often it is stored", async () => {
    const { first, lease } = await startTurn();
    await runGraph(lease, () => "half");
    await storeThread(lease);
    const blobs = await count("checkpoint_blobs", first.conversationId);
    for (const text of ["a", "b", "c"]) {
      await continueGraph(lease, text);
      await storeThread(lease);
    }
    await lease.finish(endOf("c"));
    expect(await count("checkpoints", first.conversationId)).toBe(1);
    expect(await count("checkpoint_blobs", first.conversationId)).toBe(blobs);
  });

  it("is stored whole again after a transaction that failed", async () => {
    const { first, lease } = await startTurn();
    await runGraph(lease, () => "half");
    const failing = { text: "select 1 / 0", params: [] };
    const sent = database.transaction([...lease.thread.writes(), failing]);
    await expect(sent).rejects.toThrow();
    expect(await threadOf(first.conversationId)).toEqual([]);

    const { checkpointer } = lease.thread;
    const thread = { configurable: { thread_id: first.conversationId } };
    const before = await checkpointer.getTuple(thread);
    // A segment that changes no message puts a checkpoint without the messages.
    if (!before) throw new Error("There is no checkpoint.");
    const { checkpoint, config, metadata = { source: "loop", step: 1, parents: {} } } = before;
    await checkpointer.put(config, { ...checkpoint, id: randomUUID() }, metadata, {});
    await storeThread(lease);
    expect(await threadOf(first.conversationId)).toEqual(["human: One", "ai: half"]);
  });

  it("stores a checkpoint again that was put while another was sent", async () => {
    const { first, lease } = await startTurn();
    await runGraph(lease, () => "half");
    const sent = lease.thread.writes();
    await continueGraph(lease, "whole");
    await database.transaction(sent);
    lease.thread.markStored();
    await lease.finish(endOf("whole"));
    expect(await threadOf(first.conversationId)).toEqual(["human: One", "ai: half", "ai: whole"]);
  });

  it("is what a take-over reads", async () => {
    const { first, lease } = await startTurn();
    await runGraph(lease, () => "half");
    await storeThread(lease);
    await sql("update conversations set lease_until = now() - interval '1 s' where id = $1", [
      first.conversationId,
    ]);
    const next = await claimLease(turns, first);
    const thread = { configurable: { thread_id: first.conversationId } };
    const [ours, theirs] = await Promise.all(
      [lease, next].map(({ thread: { checkpointer } }) => checkpointer.getTuple(thread)),
    );
    expect(theirs?.checkpoint).toEqual(ours?.checkpoint);
    expect(theirs?.config).toEqual(ours?.config);
  });

  it("has nothing to store twice", async () => {
    const { first, lease } = await startTurn();
    expect(lease.thread.writes()).toEqual([]);
    await runGraph(lease, () => "half");
    await storeThread(lease);
    expect(lease.thread.writes()).toEqual([]);
    await lease.finish(endOf("", { status: "failed" }));
    expect(await threadOf(first.conversationId)).toEqual(["human: One", "ai: half"]);
  });

  it("is not changed by who reads it", async () => {
    const { first, lease } = await startTurn();
    await runGraph(lease, () => "half");
    const { checkpointer } = lease.thread;
    const thread = { configurable: { thread_id: first.conversationId } };
    const read = await checkpointer.getTuple(thread);
    const before = structuredClone(read?.checkpoint.channel_versions);
    Object.assign(read?.checkpoint.channel_versions ?? {}, { messages: 99 });
    expect((await checkpointer.getTuple(thread))?.checkpoint.channel_versions).toEqual(before);
  });

  it("returns to its stored checkpoint when the rest is discarded", async () => {
    const { first, lease } = await startTurn();
    await runGraph(lease, () => "half");
    await storeThread(lease);
    await continueGraph(lease, "abandoned");
    lease.thread.discard();
    await continueGraph(lease, "ignored");
    await lease.finish(endOf("", { status: "stopped" }));
    expect(await threadOf(first.conversationId)).toEqual(["human: One", "ai: half"]);
  });
});
