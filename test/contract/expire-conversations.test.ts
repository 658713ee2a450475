import { expect, it } from "vitest";
import { expireConversations, idleConversations } from "#lib/conversations/expire-conversations.ts";
import { LeaseLost } from "#lib/conversations/turn-lease.ts";
import { deleteThreads, threadTables } from "#lib/thread/delete-threads.ts";
import { openStores } from "./open-stores.ts";
import { type Accepted, acceptAll, answerNext, claimLease, endOf } from "./turn-steps.ts";

const {
  beginTransaction,
  conversations,
  database,
  letLeaseRunOut,
  requestsOf,
  sql,
  turns,
  waitForBlocked,
} = await openStores();

const expire = (limit = 50) =>
  expireConversations({ database: database, deleteThreads }, { idleDays: 30, limit });

/** Returns a conversation whose only turn is 31 days old, and answered if there is an answer. */
async function oldConversation(answer?: string): Promise<Accepted> {
  const [accepted] = await acceptAll(turns, ["message"]);
  if (answer !== undefined) await answerNext(turns, accepted, answer);
  await makeOld(accepted);
  return accepted;
}

const makeOld = ({ conversationId }: Accepted, age = "31 days") =>
  sql("update conversations set updated_at = now() - $2::interval where id = $1", [
    conversationId,
    age,
  ]);

/** Returns how many rows of the conversation each table has. */
async function rowsOf({ conversationId }: Accepted): Promise<Record<string, number>> {
  const count = async (table: string, column: string) => {
    const [row] = await sql(
      `select count(*)::int as count from ${table} where ${column}::text = $1`,
      [conversationId],
    );
    return [table, Number(row?.count)];
  };
  const threads = threadTables.map((table) => count(table, "thread_id"));
  const own = [count("conversations", "id"), count("turns", "conversation_id")];
  return Object.fromEntries(await Promise.all([...own, ...threads]));
}

const nothing = {
  conversations: 0,
  turns: 0,
  checkpoints: 0,
  checkpoint_blobs: 0,
  checkpoint_writes: 0,
};

it("expiry deletes every row of an idle conversation and no other row, in one request", async () => {
  const idle = await oldConversation("an old answer");
  const fresh = await oldConversation("a new answer");
  await makeOld(fresh, "29 days 23 hours");
  // Two rows of LangGraph's third table, which a turn leaves empty.
  await sql(
    `insert into checkpoint_writes (thread_id, checkpoint_id, task_id, idx, channel, blob)
     select thread_id, checkpoint_id, 'task', 0, 'channel', '' from checkpoints`,
  );
  const before = await rowsOf(fresh);
  expect(Object.values(await rowsOf(idle))).not.toContain(0);

  expect(
    await requestsOf(async () => {
      expect(await expire()).toBe(1);
    }),
  ).toBe(1);

  expect(await rowsOf(idle)).toEqual(nothing);
  expect(await rowsOf(fresh)).toEqual(before);
  expect(await expire()).toBe(0);
});

it("expiry counts the idle days from the last message or answer", async () => {
  const continued = await oldConversation("answer");
  const answered = await oldConversation();
  const renamed = await oldConversation("answer");
  await acceptAll(turns, ["again"], continued);
  await answerNext(turns, answered, "late");
  await conversations.update({ owner: renamed.owner, id: renamed.conversationId, title: "new" });

  expect(await expire()).toBe(1);

  expect(await rowsOf(continued)).toMatchObject({ conversations: 1, turns: 2 });
  expect(await rowsOf(answered)).toMatchObject({ conversations: 1, turns: 1 });
  expect(await rowsOf(renamed)).toEqual(nothing);
});

it("expiry keeps a conversation while a lease is held", async () => {
  const running = await oldConversation();
  const lease = await claimLease(turns, running);
  expect(await expire()).toBe(0);

  await letLeaseRunOut(running.conversationId);
  expect(await expire()).toBe(1);

  expect(await rowsOf(running)).toEqual(nothing);
  // The runner was frozen, not dead.
  await expect(lease.beat({ text: "late", tools: [] })).rejects.toThrow(LeaseLost);
  await expect(lease.finish(endOf("late"))).rejects.toThrow(LeaseLost);
  expect(await rowsOf(running)).toEqual(nothing);
});

it("expiry deletes the oldest conversations first, up to the limit", async () => {
  const all: Accepted[] = [];
  for (let days = 31; days < 36; days += 1) {
    const accepted = await oldConversation();
    await makeOld(accepted, `${days} days`);
    all.push(accepted);
  }
  const left = async () => (await Promise.all(all.map(rowsOf))).map((rows) => rows.conversations);
  expect(await expire(2)).toBe(2);
  expect(await left()).toEqual([1, 1, 1, 0, 0]);
  expect(await expire(2)).toBe(2);
  expect(await expire(2)).toBe(1);
});

it("expiry skips a conversation that a writer has locked and deletes it in the next run", async () => {
  const held = await oldConversation();
  const free = await oldConversation();
  const writer = await beginTransaction();
  await writer.sql(`select from conversations where id = '${held.conversationId}' for update`);

  expect(await expire()).toBe(1);

  expect(await rowsOf(free)).toEqual(nothing);
  expect(await rowsOf(held)).toMatchObject({ conversations: 1, turns: 1 });
  await writer.commit();
  expect(await expire()).toBe(1);
});

it("simultaneous runs delete each conversation once", async () => {
  const all = await Promise.all(Array.from({ length: 30 }, () => oldConversation("answer")));
  const runs = Array.from({ length: 6 }, () => expire(5));
  const first = (await Promise.all(runs)).reduce((sum, count) => sum + count, 0);
  // A run may skip what another run has locked, so a last run deletes the rest.
  expect(first + (await expire())).toBe(all.length);
  for (const accepted of all) expect(await rowsOf(accepted)).toEqual(nothing);
});

it("a message that waits for the deletion of its conversation is unknown", async () => {
  const idle = await oldConversation();
  // A locked turn blocks the deletion after the deletion has locked the conversation.
  const holder = await beginTransaction();
  await holder.sql(`select from turns where id = '${idle.turnId}' for update`);
  const expiring = expire();
  await waitForBlocked(1);
  const accepting = turns.accept({
    owner: idle.owner,
    conversationId: idle.conversationId,
    message: "still there?",
    bodyHash: "x",
  });
  await waitForBlocked(2);
  await holder.commit();

  expect(await accepting).toEqual({ outcome: "unknown" });
  expect(await expiring).toBe(1);
  expect(await rowsOf(idle)).toEqual(nothing);
});

it("a message during expiry is kept with its conversation or refused", async () => {
  const outcomes = new Set<string>();
  for (let round = 0; round < 6; round += 1) {
    const all = await Promise.all(Array.from({ length: 20 }, () => oldConversation("answer")));
    const expiryIsFirst = round % 2 === 0;
    const expiring = expiryIsFirst ? [expire(10), expire(10)] : [];
    // One batch or one message is through before the other side starts. The rest race.
    if (expiryIsFirst) await Promise.race(expiring);
    const accepting = all.map(async (accepted) => {
      const { owner, conversationId } = accepted;
      const message = { message: "more", bodyHash: "x" };
      return { accepted, ...(await turns.accept({ owner, conversationId, ...message })) };
    });
    if (!expiryIsFirst) {
      await Promise.race(accepting);
      expiring.push(expire(10), expire(10));
    }
    for (const { accepted, outcome } of await Promise.all(accepting)) {
      outcomes.add(outcome);
      const rows = await rowsOf(accepted);
      if (outcome === "accepted") expect(rows).toMatchObject({ conversations: 1, turns: 2 });
      else expect(rows).toEqual(nothing);
      if (outcome === "accepted") expect(rows.checkpoints).toBe(1);
    }
    await Promise.all(expiring);
  }
  expect([...outcomes].sort()).toEqual(["accepted", "unknown"]);
});

it("expiry finds idle conversations by the index of each owner's list", async () => {
  await sql(`
    insert into conversations (id, owner, title)
    select gen_random_uuid(), 'filler ' || n % 50, 'filler' from generate_series(1, 5000) n`);
  await sql("analyze conversations");
  const plan = await sql(
    `explain (format json) with recursive ${idleConversations} select id from idle`,
    [30, 50],
  );
  const text = JSON.stringify(plan);
  expect(text).toContain("conversations_newest_first");
  expect(text).not.toMatch(/"Node Type":"Seq Scan","[^}]*"Relation Name":"conversations"/);
});
