import { describe, expect, it } from "vitest";
import { LeaseLost } from "#lib/conversations/turn-lease.ts";
import { openStores } from "./open-stores.ts";
import { acceptAll, answerNext, claimLease, endOf, runGraph } from "./turn-steps.ts";

const { conversations, letLeaseRunOut, sql, threadOf, turns } = await openStores();

describe("a runner that lost its lease", () => {
  it("gets LeaseLost at its next beat and at its end", async () => {
    const [accepted] = await acceptAll(turns, ["one"]);
    const zombie = await claimLease(turns, accepted);
    const gate = Promise.withResolvers<string>();
    const zombieRun = runGraph(zombie, () => gate.promise);

    await letLeaseRunOut(accepted.conversationId);
    await answerNext(turns, accepted, "from the second runner");
    gate.resolve("from the zombie");
    await zombieRun;
    await expect(zombie.beat({ text: "from the zombie", tools: [] })).rejects.toThrow(LeaseLost);
    await expect(zombie.finish(endOf("from the zombie"))).rejects.toThrow(LeaseLost);

    expect(await threadOf(accepted.conversationId)).toEqual([
      "human: one",
      "ai: from the second runner",
    ]);
    expect((await turns.watch(accepted))?.turn.result).toBe("from the second runner");
  });

  it("cannot write into the next turn", async () => {
    const [accepted] = await acceptAll(turns, ["one", "two"]);
    const zombie = await claimLease(turns, accepted);
    await runGraph(zombie, () => "from the zombie");
    await letLeaseRunOut(accepted.conversationId);
    await answerNext(turns, accepted, "answer one");
    const second = await claimLease(turns, accepted);
    await runGraph(second, () => "answer two");

    const ends = [zombie.finish(endOf("from the zombie")), second.finish(endOf("answer two"))];
    expect((await Promise.allSettled(ends)).map(({ status }) => status)).toEqual([
      "rejected",
      "fulfilled",
    ]);
    expect(await threadOf(accepted.conversationId)).toEqual([
      "human: one",
      "ai: answer one",
      "human: two",
      "ai: answer two",
    ]);
  });

  it("can still end its turn if no other runner took over", async () => {
    const [accepted] = await acceptAll(turns, ["one"]);
    const lease = await claimLease(turns, accepted);
    await runGraph(lease, () => "late");
    await letLeaseRunOut(accepted.conversationId);
    await lease.finish(endOf("late"));
    expect((await turns.watch(accepted))?.turn.result).toBe("late");
  });

  it("cannot write to a deleted conversation", async () => {
    const [accepted] = await acceptAll(turns, ["one"]);
    const lease = await claimLease(turns, accepted);
    await runGraph(lease, () => "answer");
    await conversations.delete({ owner: accepted.owner, id: accepted.conversationId });
    await expect(lease.beat({ text: "", tools: [] })).rejects.toThrow(LeaseLost);
    await expect(lease.finish(endOf("answer"))).rejects.toThrow(LeaseLost);
    const left = await sql("select from checkpoints where thread_id = $1", [
      accepted.conversationId,
    ]);
    expect(left).toEqual([]);
  });
});
