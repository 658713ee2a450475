import { describe, expect, it } from "vitest";
import type { Usage } from "#lib/contract/chat.ts";
import type { NewSummary } from "#lib/conversations/store-summary.ts";
import { openStores } from "./open-stores.ts";
import {
  type Accepted,
  acceptAll,
  answerNext,
  claimLease,
  endOf,
  newOwner,
  runGraph,
} from "./turn-steps.ts";

const { conversations, requestsOf, sql, turns } = await openStores();

const usage: Usage = {
  ...{ input_tokens: 900, output_tokens: 80, cache_read_tokens: 0, cache_write_tokens: 0 },
  cost_usd: 0.001,
};

/** Returns answered turns of one conversation. */
async function answered(...messages: string[]): Promise<Accepted[]> {
  const all = await acceptAll(turns, messages);
  for (const turn of all) await answerNext(turns, turn, "Yes.");
  return all;
}

/** Returns a summary that covers all turns up to one turn. */
const summaryOf = (until: Accepted, changes: Partial<NewSummary> = {}): NewSummary => ({
  ...until,
  text: "The person is Ada.",
  untilTurn: until.turnId,
  usage,
  cost: { spent: 1_000, isEstimated: false, usage },
  ...changes,
});

/** Claims and answers another turn. Returns the summary that the claim read. */
async function readSummary(where: Accepted) {
  await acceptAll(turns, ["And?"], where);
  const lease = await claimLease(turns, where);
  await runGraph(lease, () => "Yes.");
  await lease.finish(endOf("Yes."));
  return lease.turn.summary;
}

const stateOf = async (turn: Accepted) => (await turns.watch(turn))?.turn;

describe("a summary of a conversation's oldest turns", () => {
  it("is stored in one request, and the next claim reads it without an additional request", async () => {
    const [first, second] = (await answered("My name is Ada.", "And?")) as [Accepted, Accepted];
    const text = "Ada\u0000 said \ud83d hello";
    const store = () => turns.storeSummary(summaryOf(first, { text, turnId: second.turnId }));
    expect(await requestsOf(store)).toBe(1);

    await acceptAll(turns, ["What is my name?"], first);
    let read: unknown;
    const claim = async () => {
      read = (await claimLease(turns, first)).turn.summary;
    };
    expect(await requestsOf(claim)).toBe(1);
    expect(read).toEqual({ text: "Ada said \ufffd hello", untilTurn: first.turnId });
  });

  it("adds its cost only to the turn after which it was written", async () => {
    const [first, second] = (await answered("My name is Ada.", "And?")) as [Accepted, Accepted];
    await turns.storeSummary(summaryOf(first, { turnId: second.turnId }));
    expect(await stateOf(first)).toMatchObject({ summary_usage: null });
    expect(await stateOf(second)).toMatchObject({ summary_usage: usage, usage: null });
    const { owner, conversationId: id } = first;
    const transcript = await conversations.get({ owner, id, limit: 50 });
    expect(transcript?.turns.map(({ summary_usage }) => summary_usage)).toEqual([null, usage]);
  });

  it("does not move its conversation in the list", async () => {
    const [first] = (await answered("My name is Ada.", "And?")) as [Accepted];
    const updatedAt = () =>
      sql("select updated_at from conversations where id = $1", [first.conversationId]);
    const before = await updatedAt();
    await turns.storeSummary(summaryOf(first));
    expect(await updatedAt()).toEqual(before);
  });

  it("is replaced only by a summary that covers more turns", async () => {
    const [first, second] = (await answered("A", "B", "C")) as [Accepted, Accepted];
    await turns.storeSummary(summaryOf(second, { text: "further" }));
    await turns.storeSummary(summaryOf(first, { text: "late" }));
    await turns.storeSummary(summaryOf(second, { text: "twice" }));
    expect(await readSummary(first)).toEqual({ text: "further", untilTurn: second.turnId });
  });

  it("covers the most turns if several summaries are stored at once", async () => {
    const all = await answered("A", "B", "C", "D", "E", "F");
    const stored = all
      .slice(0, 5)
      .map((turn, index) => turns.storeSummary(summaryOf(turn, { text: `until ${index}` })));
    await Promise.all(stored);
    expect(await readSummary(all[0]!)).toMatchObject({ text: "until 4" });
  });

  it("is stored while the next turn runs and does not affect that turn's commit", async () => {
    const [first] = (await answered("My name is Ada.", "B")) as [Accepted];
    await acceptAll(turns, ["C"], first);
    const lease = await claimLease(turns, first);
    await turns.storeSummary(summaryOf(first));
    await runGraph(lease, () => "Yes.");
    await lease.finish(endOf("Yes."));
    expect(lease.turn.summary).toBeUndefined();
    expect(await readSummary(first)).toMatchObject({ untilTurn: first.turnId });
  });

  it("does not restore a deleted conversation", async () => {
    const [first] = (await answered("My name is Ada.", "B")) as [Accepted];
    const { owner, conversationId } = first;
    await conversations.delete({ owner, id: conversationId });
    await turns.storeSummary(summaryOf(first));
    const left = "select from conversations where id = $1";
    expect(await sql(left, [conversationId])).toEqual([]);
  });

  it("is not stored for another owner or for a turn of another conversation", async () => {
    const [first] = (await answered("My name is Ada.", "B")) as [Accepted];
    const [other] = (await answered("Elsewhere", "B")) as [Accepted];
    await turns.storeSummary(summaryOf(first, { owner: newOwner() }));
    await turns.storeSummary(summaryOf(first, { untilTurn: other.turnId }));
    expect(await readSummary(first)).toBeUndefined();
  });
});

describe("a summary of another branch", () => {
  async function replace({ conversationId, owner, turnId }: Accepted) {
    const instead = { message: "Instead", bodyHash: "x", replaces: turnId };
    await turns.accept({ owner, conversationId, ...instead });
    await answerNext(turns, { owner, conversationId }, "Yes.");
  }

  it.each([0, 1])("is not used if turn %i was replaced", async (index) => {
    const all = await answered("My name is Ada.", "I live in Rome.", "C");
    await turns.storeSummary(summaryOf(all[1]!));
    await replace(all[index]!);
    expect(await readSummary(all[0]!)).toBeUndefined();
  });

  it("is not used even if it is stored after the replacement", async () => {
    const all = await answered("My name is Ada.", "I live in Rome.", "C");
    await replace(all[0]!);
    await turns.storeSummary(summaryOf(all[1]!));
    expect(await readSummary(all[0]!)).toBeUndefined();
  });

  it("is replaced by a summary of fewer turns that are all current", async () => {
    const all = await answered("My name is Ada.", "I live in Rome.", "C");
    await turns.storeSummary(summaryOf(all[1]!));
    await replace(all[1]!);
    await turns.storeSummary(summaryOf(all[0]!, { text: "true" }));
    expect(await readSummary(all[0]!)).toMatchObject({ text: "true" });
  });

  it("stays in use if only a newer turn was replaced", async () => {
    const all = await answered("My name is Ada.", "I live in Rome.", "C");
    await turns.storeSummary(summaryOf(all[1]!));
    await replace(all[2]!);
    expect(await readSummary(all[0]!)).toMatchObject({ untilTurn: all[1]!.turnId });
  });
});
