import { describe, expect, it } from "vitest";
import { LeaseLost } from "#lib/conversations/turn-lease.ts";
import { openStores } from "./open-stores.ts";
import { type Accepted, acceptAll, answerNext, claimLease, endOf, runGraph } from "./turn-steps.ts";

const { letLeaseRunOut, sql, threadOf, turns } = await openStores();

describe("a stop", () => {
  it("ends a queued turn at once and leaves the next turn queued", async () => {
    const [first, second] = await acceptAll(turns, ["one", "two"]);
    for (let time = 1; time <= 2; time += 1) {
      expect(await turns.stop(first)).toMatchObject({
        ...{ status: "stopped", result: "", attempt: 0 },
        ...{ remarks: [], history_from: null },
      });
    }
    expect((await claimLease(turns, first)).turn.id).toBe(second?.turnId);
  });

  it("sets the flag that the runner reads at its next beat", async () => {
    const [accepted] = await acceptAll(turns, ["one"]);
    const lease = await claimLease(turns, accepted);
    for (let time = 1; time <= 2; time += 1) {
      expect(await turns.stop(accepted)).toMatchObject({ status: "running", result: null });
    }
    expect((await turns.claim(accepted)).outcome).toBe("busy");
    expect(await lease.beat({ text: "Half", tools: [] })).toEqual({ cancelRequested: true });
    await lease.finish(endOf("Half", { status: "stopped" }));
    expect(await turns.stop(accepted)).toMatchObject({ status: "stopped", result: "Half" });
  });

  it("ends a turn whose lease ran out, keeps its text and refuses its runner", async () => {
    const [first, second] = await acceptAll(turns, ["one", "two"]);
    const gone = await claimLease(turns, first);
    await runGraph(gone, () => "Half an answer");
    await gone.beat({ text: "Half", tools: [] });
    await letLeaseRunOut(first.conversationId);
    for (let time = 1; time <= 2; time += 1) {
      expect(await turns.stop(first)).toMatchObject({
        status: "stopped",
        result: "Half",
        partial: null,
      });
    }
    await expect(gone.finish(endOf("Half an answer"))).rejects.toThrow(LeaseLost);
    expect(await threadOf(first.conversationId)).toEqual([]);
    expect((await claimLease(turns, first)).turn.id).toBe(second?.turnId);
  });

  it("and a claim set running tools to failed in a turn without a runner", async () => {
    const tool = { id: "1", name: "calculator", input: { expression: 'a "\u0000"' } };
    for (const end of [
      (turn: Accepted) => turns.stop(turn),
      async (turn: Accepted) => {
        await sql("update turns set tries = 3 where id = $1", [turn.turnId]);
        await turns.claim(turn);
      },
    ]) {
      const [accepted] = await acceptAll(turns, ["one"]);
      const gone = await claimLease(turns, accepted);
      const tools = [
        { ...tool, state: "done" as const, output: '"state":"running"' },
        { ...tool, id: "2", state: "running" as const },
      ];
      await gone.beat({ text: "", tools });
      await letLeaseRunOut(accepted.conversationId);
      await end(accepted);
      expect((await turns.watch(accepted))?.turn.tools).toEqual([
        tools[0],
        { ...tools[1], state: "failed" },
      ]);
    }
  });

  it("does not change an ended turn", async () => {
    const [accepted] = await acceptAll(turns, ["one"]);
    await answerNext(turns, accepted, "answer");
    const before = await turns.watch(accepted);
    for (let time = 1; time <= 2; time += 1) {
      expect(await turns.stop(accepted)).toEqual(before?.turn);
    }
  });

  it("of a queued turn does not disturb the running turn", async () => {
    const [first, second] = await acceptAll(turns, ["one", "two"]);
    const lease = await claimLease(turns, first);
    await letLeaseRunOut(first.conversationId); // the runner is slow, not dead
    if (second) await turns.stop(second);
    expect(await lease.beat({ text: "on", tools: [] })).toEqual({ cancelRequested: false });
    await lease.finish(endOf("answer"));
  });
});
