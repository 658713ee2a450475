import { describe, expect, it } from "vitest";
import { openStores } from "./open-stores.ts";
import {
  acceptAll,
  answerNext,
  claimLease,
  endOf,
  newOwner,
  runGraph,
  unknownId,
} from "./turn-steps.ts";

const { conversations, requestsOf, sql, turns } = await openStores();

/** Returns an owner with so many conversations, oldest first. */
async function ownerWith(count: number) {
  const owner = newOwner();
  const ids: string[] = [];
  for (let i = 0; i < count; i += 1) {
    const [{ conversationId }] = await acceptAll(turns, [`message ${i}`], { owner });
    ids.push(conversationId);
  }
  return { owner, ids };
}

describe("the list of conversations", () => {
  it("has pages, newest first, with each conversation once", async () => {
    const { owner, ids } = await ownerWith(5);
    // Three conversations have the same time, so their ids decide.
    await sql("update conversations set updated_at = now() where id = any($1)", [ids.slice(0, 3)]);
    const listed: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await conversations.list({ owner, cursor, limit: 2 });
      expect(page?.conversations.length).toBeLessThanOrEqual(2);
      listed.push(...(page?.conversations.map(({ id }) => id) ?? []));
      cursor = page?.next_cursor ?? undefined;
    } while (cursor);
    expect(listed).toEqual([...ids.slice(0, 3).sort().reverse(), ids[4], ids[3]]);
  });

  it("has no next cursor on its last page", async () => {
    const { owner } = await ownerWith(2);
    expect(await conversations.list({ owner, limit: 2 })).toMatchObject({ next_cursor: null });
    expect(await conversations.list({ owner: newOwner(), limit: 2 })).toEqual({
      pinned: [],
      conversations: [],
      next_cursor: null,
    });
  });

  it("is undefined for an invalid cursor", async () => {
    expect(await conversations.list({ owner: "x", cursor: "abc", limit: 2 })).toBeUndefined();
  });

  it("has only the owner's conversations, even with another owner's cursor", async () => {
    const theirs = await ownerWith(2);
    // A row of the same millisecond may stand on either side of the cursor.
    await new Promise((resolve) => setTimeout(resolve, 2));
    const mine = await ownerWith(1);
    const page = await conversations.list({ owner: theirs.owner, limit: 1 });
    const cursor = page?.next_cursor ?? undefined;
    const listed = await conversations.list({ owner: mine.owner, cursor, limit: 10 });
    expect(listed?.conversations).toEqual([]);
  });
});

describe("a search", () => {
  const find = async (owner: string, search: string) => {
    const page = await conversations.list({ owner, search, limit: 10 });
    return page?.conversations.map(({ title }) => title);
  };

  it("matches titles, messages and answers in any case, in one request", async () => {
    const owner = newOwner();
    const [renamed] = await acceptAll(turns, ["one"], { owner });
    await conversations.update({ owner, id: renamed.conversationId, title: "About Postgres" });
    await acceptAll(turns, ["two", "and what of postgres?"], { owner });
    const [answered] = await acceptAll(turns, ["three"], { owner });
    await answerNext(turns, answered, "POSTGRES is a database für alle.");
    await acceptAll(turns, ["four"], { owner });
    const search = async () => {
      expect(await find(owner, "postgres")).toEqual(["three", "two", "About Postgres"]);
    };
    expect(await requestsOf(search)).toBe(1);
    expect(await find(owner, "FÜR ALLE")).toEqual(["three"]);
  });

  it.each(["100%", "snake_case", "C:\\temp", "it's", "$1"])(
    "matches %s literally",
    async (text) => {
      const owner = newOwner();
      await acceptAll(turns, ["100 snakeXcase C:temp its 1"], { owner });
      await acceptAll(turns, [`wanted: ${text}`], { owner });
      expect(await find(owner, text)).toEqual([`wanted: ${text}`]);
    },
  );

  it("matches neither turns beside the shown branch nor another owner's turns", async () => {
    const [old] = await acceptAll(turns, ["question"]);
    const { owner, conversationId } = old;
    await answerNext(turns, old, "The wrong pancake.");
    const edited = { message: "question\nedited", bodyHash: "x", replaces: old.turnId };
    await turns.accept({ owner, conversationId, ...edited });
    expect(await find(owner, "pancake")).toEqual([]);
    expect(await find(owner, "edited")).toEqual(["question"]);
    expect(await find(newOwner(), "edited")).toEqual([]);
  });

  it("has pages, like the list", async () => {
    const owner = newOwner();
    for (const message of ["plan a", "other", "plan b", "plan c"]) {
      await acceptAll(turns, [message], { owner });
    }
    const first = await conversations.list({ owner, search: "plan", limit: 2 });
    expect(first?.conversations.map(({ title }) => title)).toEqual(["plan c", "plan b"]);
    const cursor = first?.next_cursor ?? undefined;
    const second = await conversations.list({ owner, search: "plan", cursor, limit: 2 });
    expect(second?.conversations.map(({ title }) => title)).toEqual(["plan a"]);
    expect(second?.next_cursor).toBeNull();
  });
});

describe("a conversation", () => {
  it("has its turns, oldest first, with their status", async () => {
    const [first] = await acceptAll(turns, ["one", "two", "three"]);
    const id = first.conversationId;
    await answerNext(turns, first, "answer one");
    await claimLease(turns, first);
    expect(await requestsOf(() => conversations.get({ owner: first.owner, id, limit: 50 }))).toBe(
      1,
    );
    const conversation = await conversations.get({ owner: first.owner, id, limit: 50 });
    expect(conversation).toMatchObject({ id, title: "one" });
    expect(conversation?.turns.map(({ message, status }) => [message, status])).toEqual([
      ["one", "done"],
      ["two", "running"],
      ["three", "queued"],
    ]);
    const { turn } = (await turns.watch(first)) ?? {};
    expect(conversation?.turns[0]).toEqual({ ...turn, versions: [first.turnId] });
  });

  it("names the open turns of all branches in the order of the queue", async () => {
    const [first, second] = await acceptAll(turns, ["one", "two"]);
    const { owner, conversationId: id } = first;
    const branch = { owner, conversationId: id, message: "other", bodyHash: "other", after: null };
    const other = await turns.accept(branch);
    await answerNext(turns, first, "answer one");
    await claimLease(turns, second!);
    const conversation = await conversations.get({ owner, id, limit: 50 });
    expect(conversation?.turns.map(({ message }) => message)).toEqual(["other"]);
    expect(conversation?.open_turns).toEqual([
      { turn_id: second?.turnId, status: "running" },
      { turn_id: other.outcome === "accepted" && other.turnId, status: "queued" },
    ]);
  });

  it("has pages from its end, with each turn once, in one request each", async () => {
    const messages = ["1", "2", "3", "4", "5"];
    const [{ owner, conversationId: id }] = await acceptAll(turns, messages);
    const pages: string[][] = [];
    let before: string | undefined;
    const readPage = async () => {
      const page = await conversations.get({ owner, id, before, limit: 2 });
      pages.push(page?.turns.map(({ message }) => message) ?? []);
      before = page?.earlier_cursor ?? undefined;
    };
    do expect(await requestsOf(readPage)).toBe(1);
    while (before);
    expect(pages).toEqual([["4", "5"], ["2", "3"], ["1"]]);
    const whole = await conversations.get({ owner, id, limit: 5 });
    expect(whole).toMatchObject({ turns: { length: 5 }, earlier_cursor: null });
  });

  it("has an empty page before a turn of another conversation", async () => {
    const [{ owner, conversationId: id }] = await acceptAll(turns, ["mine"]);
    const [later] = await acceptAll(turns, ["of another one, and later"]);
    for (const before of [later.turnId, unknownId]) {
      const page = await conversations.get({ owner, id, before, limit: 2 });
      expect(page).toMatchObject({ id, turns: [], earlier_cursor: null });
    }
  });

  it("keeps its position in the list when it is renamed", async () => {
    const { owner, ids } = await ownerWith(2);
    const title = "New name";
    const renamed = await conversations.update({ owner, id: ids[0] ?? "", title });
    expect(renamed).toMatchObject({ outcome: "updated", conversation: { id: ids[0], title } });
    const page = await conversations.list({ owner, limit: 10 });
    expect(page?.conversations[1]).toMatchObject({ id: ids[0], title });
    expect(page?.conversations.map(({ id }) => id)).toEqual(ids.reverse());
  });

  it("is deleted with its turns and its thread, in one request", async () => {
    const [accepted, other] = [
      ...(await acceptAll(turns, ["one"])),
      ...(await acceptAll(turns, ["of another conversation"])),
    ];
    if (!other) throw new Error("There are two.");
    await answerNext(turns, accepted, "answer");
    await answerNext(turns, other, "answer");
    const { owner, conversationId: id } = accepted;
    expect(
      await requestsOf(async () => expect(await conversations.delete({ owner, id })).toBe(true)),
    ).toBe(1);
    expect(await conversations.delete({ owner, id })).toBe(false);

    const left = (id: string) =>
      sql(
        `select (select count(*)::int from turns where conversation_id::text = $1) as turns,
          (select count(*)::int from checkpoints where thread_id = $1) as checkpoints,
          (select count(*)::int from checkpoint_blobs where thread_id = $1) > 0 as has_blobs`,
        [id],
      );
    expect(await left(id)).toEqual([{ turns: 0, checkpoints: 0, has_blobs: false }]);
    expect(await left(other.conversationId)).toEqual([
      { turns: 1, checkpoints: 1, has_blobs: true },
    ]);
  });

  it("stays deleted if it is deleted during a commit", async () => {
    for (let round = 0; round < 5; round += 1) {
      const [accepted] = await acceptAll(turns, ["one"]);
      const lease = await claimLease(turns, accepted);
      await runGraph(lease, () => "answer");
      const { owner, conversationId: id } = accepted;
      await Promise.allSettled([
        lease.finish(endOf("answer")),
        conversations.delete({ owner, id }),
      ]);
      expect(await conversations.get({ owner, id, limit: 50 })).toBeUndefined();
      expect(await sql("select from checkpoints where thread_id = $1", [id])).toEqual([]);
    }
  });

  it("of another owner is treated like an unknown conversation", async () => {
    const { owner: theirs, ids } = await ownerWith(1);
    const owner = newOwner();
    for (const id of [ids[0] ?? "", unknownId]) {
      expect(await conversations.get({ owner, id, limit: 50 })).toBeUndefined();
      expect(await conversations.update({ owner, id, title: "Mine" })).toEqual({
        outcome: "unknown",
      });
      expect(await conversations.delete({ owner, id })).toBe(false);
    }
    const page = await conversations.list({ owner: theirs, limit: 1 });
    expect(page?.conversations[0]?.title).toBe("message 0");
  });
});
