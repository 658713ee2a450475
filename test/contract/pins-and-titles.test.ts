import { describe, expect, it } from "vitest";
import { maxPinned } from "#lib/contract/conversation.ts";
import type { NewTitle } from "#lib/conversations/store-title.ts";
import type { TurnBudget } from "#lib/conversations/turn-money.ts";
import { openStores } from "./open-stores.ts";
import {
  type Accepted,
  acceptAll,
  claimLease,
  endOf,
  type LeaseWithThread,
  newOwner,
  runGraph,
} from "./turn-steps.ts";

const { conversations, database, inOrder, requestsOf, sql, turns, turnsCosting } =
  await openStores();

/** Returns an owner with a conversation for each message, oldest first. */
async function ownerWith(...messages: string[]) {
  const owner = newOwner();
  const ids: string[] = [];
  for (const message of messages) {
    ids.push((await acceptAll(turns, [message], { owner }))[0].conversationId);
  }
  return { owner, ids: ids as [string, string, string] };
}

const titles = (listed: { title: string }[] | undefined) => listed?.map(({ title }) => title);

async function listOf(owner: string, options: { archived?: boolean; search?: string } = {}) {
  const page = await conversations.list({ owner, limit: 30, ...options });
  return { pinned: titles(page?.pinned), others: titles(page?.conversations) };
}

describe("a pinned conversation", () => {
  it("comes on the first page only, in one request, and the newest pin comes first", async () => {
    const { owner, ids } = await ownerWith("A", "B", "C", "D");
    expect(await conversations.update({ owner, id: ids[0], pinned: true })).toMatchObject({
      ...{ outcome: "updated", conversation: { title: "A", pinned: true, archived: false } },
    });
    await conversations.update({ owner, id: ids[1], pinned: true });
    expect(await listOf(owner)).toEqual({ pinned: ["B", "A"], others: ["D", "C"] });
    const first = await conversations.list({ owner, limit: 1 });
    const cursor = first?.next_cursor ?? undefined;
    const next = await conversations.list({ owner, limit: 1, cursor });
    expect([titles(first?.pinned), titles(first?.conversations)]).toEqual([["B", "A"], ["D"]]);
    expect([titles(next?.pinned), titles(next?.conversations)]).toEqual([[], ["C"]]);
    expect(await requestsOf(() => listOf(owner))).toBe(1);
  });

  it("keeps its place when it is pinned again or gets a turn, and loses it when it is unpinned", async () => {
    const { owner, ids } = await ownerWith("A", "B");
    const [first, second] = ids;
    await conversations.update({ owner, id: first, pinned: true });
    await conversations.update({ owner, id: second, pinned: true });
    await conversations.update({ owner, id: first, pinned: true });
    await acceptAll(turns, ["And?"], { owner, conversationId: first });
    expect(await listOf(owner)).toEqual({ pinned: ["B", "A"], others: [] });
    await conversations.update({ owner, id: second, pinned: false });
    expect(await listOf(owner)).toEqual({ pinned: ["A"], others: ["B"] });
  });

  it(`is one of at most ${maxPinned} of its owner, also when two are pinned at once`, async () => {
    const { owner, ids } = await ownerWith("A", "B");
    await sql(
      `insert into conversations (id, owner, title, pinned_at)
       select gen_random_uuid(), $1, 'pinned', now() from generate_series(2, $2)`,
      [owner, maxPinned],
    );
    const pin = (id: string) => conversations.update({ owner, id, pinned: true });
    const results = await Promise.all([pin(ids[0]), pin(ids[1])]);
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(["too_many_pinned", "updated"]);
    const pinned = (await conversations.list({ owner, limit: 1 }))?.pinned ?? [];
    expect(pinned).toHaveLength(maxPinned);
    // What is pinned already is no further pin.
    expect(await pin(pinned[0]?.id ?? "")).toMatchObject({ outcome: "updated" });
  });

  it("is refused together with everything else that the request changes", async () => {
    const { owner, ids } = await ownerWith("A");
    await sql(
      `insert into conversations (id, owner, title, pinned_at)
       select gen_random_uuid(), $1, 'pinned', now() from generate_series(1, $2)`,
      [owner, maxPinned],
    );
    const change = { owner, id: ids[0], title: "New", pinned: true };
    expect(await conversations.update(change)).toEqual({ outcome: "too_many_pinned" });
    expect(await listOf(owner)).toMatchObject({ others: ["A"] });
    expect(await requestsOf(() => conversations.update({ ...change, pinned: false }))).toBe(1);
    expect(await listOf(owner)).toMatchObject({ others: ["New"] });
  });

  it("is out of reach of another owner", async () => {
    const { ids } = await ownerWith("A");
    const change = { owner: newOwner(), id: ids[0], pinned: true, archived: false };
    expect(await conversations.update(change)).toEqual({ outcome: "unknown" });
  });
});

describe("an archived conversation", () => {
  it("leaves the list for the archive, loses its pin, and comes back", async () => {
    const { owner, ids } = await ownerWith("A", "B");
    const id = ids[0];
    await conversations.update({ owner, id, pinned: true });
    const archived = await conversations.update({ owner, id, archived: true });
    expect(archived).toMatchObject({ conversation: { pinned: false, archived: true } });
    expect(await listOf(owner)).toEqual({ pinned: [], others: ["B"] });
    expect(await listOf(owner, { archived: true })).toEqual({ pinned: [], others: ["A"] });
    await conversations.update({ owner, id, pinned: true });
    expect(await listOf(owner, { archived: true })).toEqual({ pinned: [], others: [] });
    expect(await listOf(owner)).toEqual({ pinned: ["A"], others: ["B"] });
  });

  it("is found by a search, which tells that it is archived", async () => {
    const { owner, ids } = await ownerWith("the same words", "the same words", "the same words");
    await conversations.update({ owner, id: ids[0], archived: true });
    await conversations.update({ owner, id: ids[1], pinned: true });
    const page = await conversations.list({ owner, limit: 30, search: "same" });
    expect(page?.pinned).toEqual([]);
    expect(page?.conversations.map(({ pinned, archived }) => [pinned, archived])).toEqual([
      [false, false],
      [true, false],
      [false, true],
    ]);
  });

  it("costs the list nothing: a page reads as many rows beside 300 archived conversations", async () => {
    const { owner } = await ownerWith("A", "B");
    const rowsRead = async () => {
      await database.query({ text: "select pg_stat_force_next_flush()", params: [] });
      const [row] = await sql(`
        select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as rows
        from pg_stat_user_tables where relname = 'conversations'`);
      return Number(row?.rows);
    };
    const readsOfList = async () => {
      const before = await rowsRead();
      await listOf(owner);
      return (await rowsRead()) - before;
    };
    const alone = await readsOfList();
    await sql(
      `insert into conversations (id, owner, title, archived)
       select gen_random_uuid(), $1, 'archived', true from generate_series(1, 300)`,
      [owner],
    );
    expect(await readsOfList()).toBe(alone);
  });
});

const usage = {
  ...{ input_tokens: 90, output_tokens: 8, cache_read_tokens: 0, cache_write_tokens: 0 },
  cost_usd: 0.000_1,
};
const title = (
  turn: Pick<Accepted, "owner" | "conversationId" | "turnId">,
  changes: Partial<NewTitle> = {},
): NewTitle => ({
  ...{ owner: turn.owner, conversationId: turn.conversationId, turnId: turn.turnId },
  ...{ title: "A name", usage, cost: { spent: 100, isEstimated: false, usage } },
  ...changes,
});

/** Ends the next turn of a conversation with a title to follow. Returns what is reserved for the title. */
async function endWithTitle(where: Accepted, store = turns): Promise<number | null> {
  const lease = await claimLease(store, where);
  return (await finishWithTitle(lease)).reserved;
}

async function finishWithTitle(lease: LeaseWithThread) {
  await runGraph(lease, () => "Yes.");
  return await lease.finish(endOf("Yes."), { followUp: "title" });
}

const titleOf = async ({ owner, conversationId: id }: Accepted) =>
  (await conversations.get({ owner, id, limit: 50 }))?.title;

describe("a title that the model writes", () => {
  it("is reserved with the first answer, and stored with its price in one request", async () => {
    const [turn] = await acceptAll(turns, ["What is a lease?"]);
    expect(await endWithTitle(turn)).toBe(0);
    const updatedAt = () =>
      sql("select updated_at from conversations where id = $1", [turn.conversationId]);
    const before = await updatedAt();
    expect(
      await requestsOf(async () => expect(await turns.storeTitle(title(turn))).toBe(true)),
    ).toBe(1);
    expect(await titleOf(turn)).toBe("A name");
    expect((await turns.watch(turn))?.turn).toMatchObject({ title_usage: usage, usage: null });
    expect(await updatedAt()).toEqual(before);
  });

  it("is asked for once in the life of a conversation, also if none came of it", async () => {
    const [first] = await acceptAll(turns, ["One", "Two", "Three"]);
    expect(await endWithTitle(first)).toBe(0);
    expect(await endWithTitle(first)).toBeNull();
    await turns.storeTitle(title(first, { title: null }));
    expect(await endWithTitle(first)).toBeNull();
    expect(await titleOf(first)).toBe("One");
    expect((await turns.watch(first))?.turn).toMatchObject({ title_usage: usage });
  });

  it("is not asked for after a person has named the conversation", async () => {
    const [turn] = await acceptAll(turns, ["One"]);
    const { owner, conversationId: id } = turn;
    await conversations.update({ owner, id, title: "Mine" });
    expect(await endWithTitle(turn)).toBeNull();
  });

  it("loses against a person's title, whichever is stored first", async () => {
    const rename = ({ owner, conversationId: id }: Accepted) =>
      conversations.update({ owner, id, title: "Mine" });
    const [one] = await acceptAll(turns, ["One"]);
    await endWithTitle(one);
    const [, isStored] = await inOrder(
      one.conversationId,
      () => rename(one),
      () => turns.storeTitle(title(one)),
    );
    expect([isStored, await titleOf(one)]).toEqual([false, "Mine"]);
    const [two] = await acceptAll(turns, ["Two"]);
    await endWithTitle(two);
    const [wasStored] = await inOrder(
      two.conversationId,
      () => turns.storeTitle(title(two)),
      () => rename(two),
    );
    expect([wasStored, await titleOf(two)]).toEqual([true, "Mine"]);
  });

  it("is kept when the conversation is pinned or archived", async () => {
    const [turn] = await acceptAll(turns, ["One"]);
    await endWithTitle(turn);
    const { owner, conversationId: id } = turn;
    await conversations.update({ owner, id, pinned: true });
    expect(await turns.storeTitle(title(turn))).toBe(true);
    expect(await titleOf(turn)).toBe("A name");
  });

  it("is stored by no other owner and no other turn, and restores no conversation", async () => {
    const [turn] = await acceptAll(turns, ["One"]);
    const [other] = await acceptAll(turns, ["Other"]);
    await endWithTitle(turn);
    expect(await turns.storeTitle(title(turn, { owner: newOwner() }))).toBe(false);
    expect(await turns.storeTitle(title(turn, { turnId: other.turnId }))).toBe(false);
    expect(await titleOf(turn)).toBe("One");
    const { owner, conversationId: id } = turn;
    await conversations.delete({ owner, id });
    expect(await turns.storeTitle(title(turn))).toBe(false);
    expect(await sql("select from conversations where id = $1", [id])).toEqual([]);
  });
});

describe("the money of a title", () => {
  const worst = 300;
  const budget: TurnBudget = {
    caps: { turn: 1_000, ownerDay: 1_000_000, siteDay: 1_000_000, siteMonth: 1_000_000 },
    ...{ turnWorst: 1_000, callWorst: worst, worstByModel: {} },
  };
  const paying = turnsCosting(budget);

  /** Returns what an owner's day has spent and reserved. */
  async function moneyOf(owner: string) {
    const [row] = await sql("select settled, reserved from budgets where scope = $1", [
      `owner/day ${owner}`,
    ]);
    return { settled: Number(row?.settled), reserved: Number(row?.reserved) };
  }

  it("is reserved after the turn, booked as spent, and the rest is released", async () => {
    const [turn] = await acceptAll(paying, ["One"]);
    expect(await endWithTitle(turn, paying)).toBe(worst);
    expect(await moneyOf(turn.owner)).toEqual({ settled: 0, reserved: worst });
    await paying.storeTitle(title(turn));
    await paying.storeTitle(title(turn));
    expect(await moneyOf(turn.owner)).toEqual({ settled: 100, reserved: 0 });
  });

  it("is booked if no title came of the call", async () => {
    const [turn] = await acceptAll(paying, ["One"]);
    await endWithTitle(turn, paying);
    await paying.settleTitle(turn.turnId, { spent: 40, isEstimated: true, usage: null });
    expect(await moneyOf(turn.owner)).toEqual({ settled: 40, reserved: 0 });
  });

  it("of a killed runner is estimated once when its conversation is deleted, and an exact figure replaces it", async () => {
    const [turn] = await acceptAll(paying, ["One"]);
    const { owner, conversationId: id } = turn;
    await endWithTitle(turn, paying);
    await conversations.delete({ owner, id });
    expect(await moneyOf(owner)).toEqual({ settled: worst, reserved: 0 });
    await paying.storeTitle(title(turn));
    expect(await moneyOf(owner)).toEqual({ settled: 100, reserved: 0 });
  });

  it("is not reserved if a budget cannot cover it, and nobody tries again", async () => {
    const poor = turnsCosting({
      ...budget,
      caps: { ...budget.caps, turn: 5_000, ownerDay: 1_000 },
    });
    const [turn] = await acceptAll(poor, ["One", "Two"]);
    const lease = await claimLease(poor, turn);
    await runGraph(lease, () => "Yes.");
    const cost = { spent: 900, isEstimated: false, followUp: "title" as const };
    expect((await lease.finish(endOf("Yes."), cost)).reserved).toBeNull();
    expect(await moneyOf(turn.owner)).toEqual({ settled: 900, reserved: 0 });
  });
});
