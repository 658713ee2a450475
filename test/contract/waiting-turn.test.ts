import { describe, expect, it } from "vitest";
import { StopRequested } from "#lib/conversations/turn-lease.ts";
import {
  acceptAndPark,
  callOf,
  claimEffect,
  decisionAbout,
  noCost,
  park,
  sha256,
  shownCall,
} from "./act-steps.ts";
import { openStores } from "./open-stores.ts";
import { acceptAll, claimLease, endOf, newOwner, runGraph, unknownId } from "./turn-steps.ts";

const { conversations, database, inOrder, neon, requestsOf, sql, threadOf, turns, turnsCosting } =
  await openStores();

const budget = {
  caps: { turn: 100, ownerDay: 1_000, siteDay: 1_000, siteMonth: 1_000 },
  turnWorst: 500,
  callWorst: 40,
  worstByModel: {},
};

const bookingsOf = (turnId: string) =>
  sql(
    "select attempt, state, spent::int, reserved::int from bookings where turn_id = $1 order by attempt",
    [turnId],
  );

async function moneyOf(owner: string): Promise<[settled: number, reserved: number]> {
  const [row] = await sql("select settled, reserved from budgets where scope = $1", [
    `owner/day ${owner}`,
  ]);
  return [Number(row?.settled ?? 0), Number(row?.reserved ?? 0)];
}

const letApprovalsExpire = (turnId: string) =>
  sql("update approvals set expires_at = now() - interval '1 s' where turn_id = $1", [turnId]);

describe("parking", () => {
  it("keeps text and tools, shows the approvals, and costs one request", async () => {
    const [accepted] = await acceptAll(turns, ["Keep this"]);
    const lease = await claimLease(turns, accepted);
    await runGraph(lease, () => "Let me see.");
    const input = { text: 'nul \u0000, half \ud800, "state":"waiting"' };
    const call = callOf(accepted, 0, { input });
    let state: Awaited<ReturnType<typeof park>> | undefined;
    const requests = await requestsOf(async () => {
      state = await park(lease, [call]);
    });
    expect(requests).toBe(1);
    expect(state).toMatchObject({
      ...{
        status: "waiting",
        parkings: 1,
        partial: "Let me see.",
        result: null,
        finished_at: null,
      },
      tools: [
        {
          ...shownCall(call),
          approval: { arguments_sha256: call.argumentsSha256, state: "open" },
        },
      ],
    });
    const inDays =
      (Date.parse(state?.tools[0]?.approval?.expires_at ?? "") - Date.now()) / 86_400_000;
    expect(inDays).toBeGreaterThan(6.99);
    expect(inDays).toBeLessThan(7.01);
    expect(await turns.watch(accepted)).toEqual({ turn: state, isAbandoned: false });
    expect(
      (await conversations.get({ ...accepted, id: accepted.conversationId, limit: 5 }))?.turns,
    ).toEqual([{ ...state, versions: [accepted.turnId] }]);
    expect(await threadOf(accepted.conversationId)).toEqual([
      "human: Keep this",
      "ai: Let me see.",
    ]);
    expect(
      await sql(
        "select lease_until, thread_turn, thread_is_complete from conversations where id = $1",
        [accepted.conversationId],
      ),
    ).toEqual([{ lease_until: null, thread_turn: accepted.turnId, thread_is_complete: false }]);
  });

  it("settles the money and holds none", async () => {
    const costly = turnsCosting(budget);
    const [accepted] = await acceptAll(costly, ["Keep this"]);
    const lease = await claimLease(costly, accepted);
    await park(lease, [callOf(accepted)], { cost: { ...noCost, spent: 7 } });
    expect(await moneyOf(accepted.owner)).toEqual([7, 0]);
  });

  it("is parked once if its reply is lost, also if a person has decided and the turn runs again", async () => {
    const [accepted] = await acceptAll(turns, ["Keep this"]);
    const lease = await claimLease(turns, accepted);
    const call = callOf(accepted);
    let faults = 1;
    neon.fault = () => (faults-- > 0 ? "cut-answer" : undefined);
    const state = await park(lease, [call]);
    neon.fault = undefined;
    expect(state.parkings).toBe(1);
    await turns.decide(decisionAbout(accepted, call));
    // The same request, much later.
    expect((await park(lease, [call])).status).toBe("queued");
    expect((await turns.watch(accepted))?.turn.tools[0]?.approval?.state).toBe("approved");
  });

  it("is refused after a stop, which then ends the turn", async () => {
    const [accepted] = await acceptAll(turns, ["Keep this"]);
    const lease = await claimLease(turns, accepted);
    await turns.stop(accepted);
    await expect(park(lease, [callOf(accepted)])).rejects.toThrow(StopRequested);
    await lease.finish(endOf("", { status: "stopped" }));
    expect((await turns.watch(accepted))?.turn.status).toBe("stopped");
  });

  it("is refused after a take-over", async () => {
    const [accepted] = await acceptAll(turns, ["Keep this"]);
    const lease = await claimLease(turns, accepted);
    await sql("update conversations set fence = fence + 1 where id = $1", [
      accepted.conversationId,
    ]);
    await expect(park(lease, [callOf(accepted)])).rejects.toThrow(/lease was lost/);
    expect(await sql("select from approvals where turn_id = $1", [accepted.turnId])).toEqual([]);
  });
});

describe("a waiting turn", () => {
  it("is open: it counts among ten, also if it gets another version", async () => {
    const { accepted } = await acceptAndPark(turns);
    const where = { owner: accepted.owner, conversationId: accepted.conversationId };
    const replacing = { ...where, message: "Other", bodyHash: "x", replaces: accepted.turnId };
    expect(await turns.accept(replacing)).toMatchObject({ outcome: "accepted" });
    await acceptAll(turns, Array.from({ length: 8 }, String), where);
    const eleventh = { ...where, message: "11", bodyHash: "11" };
    expect(await turns.accept(eleventh)).toEqual({ outcome: "queue_full" });
  });

  it("ends by a stop: approvals are void, tools failed, text and money stay", async () => {
    const { accepted, calls } = await acceptAndPark(turns, 2);
    await turns.decide(decisionAbout(accepted, calls[0] ?? callOf(accepted)));
    const stopped = await turns.stop(accepted);
    expect(stopped).toMatchObject({
      ...{ status: "stopped", result: "Let me see.", partial: null },
      tools: [
        { state: "failed", approval: { state: "void" } },
        { state: "failed", approval: { state: "void" } },
      ],
    });
    expect(await turns.stop(accepted)).toEqual(stopped);
    const late = await turns.decide(decisionAbout(accepted, calls[1] ?? callOf(accepted)));
    expect(late).toEqual({ outcome: "changed" });
    expect(
      await sql("select base_text, base_tools from turns where id = $1", [accepted.turnId]),
    ).toEqual([{ base_text: null, base_tools: null }]);
  });

  it("is deleted with its conversation", async () => {
    const { accepted, calls } = await acceptAndPark(turns);
    await conversations.delete({ owner: accepted.owner, id: accepted.conversationId });
    const decision = decisionAbout(accepted, calls[0] ?? callOf(accepted));
    expect(await turns.decide(decision)).toEqual({ outcome: "unknown" });
    expect(await sql("select from approvals where turn_id = $1", [accepted.turnId])).toEqual([]);
  });

  it("keeps its conversation from idle expiry until its approvals have expired", async () => {
    const { expireConversations } = await import("#lib/conversations/expire-conversations.ts");
    const { deleteThreads } = await import("#lib/thread/delete-threads.ts");
    const { accepted } = await acceptAndPark(turns);
    await sql("update conversations set updated_at = now() - interval '40 days' where id = $1", [
      accepted.conversationId,
    ]);
    const expire = () =>
      expireConversations({ database, deleteThreads }, { idleDays: 30, limit: 10 });
    expect(await expire()).toBe(0);
    await letApprovalsExpire(accepted.turnId);
    expect(await expire()).toBe(1);
  });
});

describe("a decision", () => {
  it("is stored with its note, in one request, and queues the turn when no call is undecided", async () => {
    const { accepted, calls } = await acceptAndPark(turns, 2);
    const [first, second] = calls;
    if (!first || !second) throw new Error("two calls");
    const approve = decisionAbout(accepted, first);
    expect(await requestsOf(() => turns.decide(approve))).toBe(1);
    expect((await turns.watch(accepted))?.turn).toMatchObject({
      status: "waiting",
      tools: [{ approval: { state: "approved" } }, { approval: { state: "open" } }],
    });
    const deny = decisionAbout(accepted, second, { decision: "deny", note: "Not \u0000this one." });
    expect(await turns.decide(deny)).toMatchObject({ outcome: "decided" });
    expect((await turns.watch(accepted))?.turn).toMatchObject({
      ...{ status: "queued", partial: "Let me see.", parkings: 1 },
      tools: [
        { state: "waiting", approval: { state: "approved" } },
        { state: "waiting", approval: { state: "denied", note: "Not this one." } },
      ],
    });
  });

  it("may be made by another session that has another proof", async () => {
    const { accepted, calls } = await acceptAndPark(turns);
    const { owner: _, ...byLink } = decisionAbout(accepted, calls[0] ?? callOf(accepted));
    expect(await turns.decide({ ...byLink, owner: newOwner() })).toEqual({ outcome: "unknown" });
    expect(await turns.decide(byLink)).toMatchObject({ outcome: "decided" });
  });

  it("is replayed if it comes again, and is refused if it comes otherwise", async () => {
    const { accepted, calls } = await acceptAndPark(turns);
    const approve = decisionAbout(accepted, calls[0] ?? callOf(accepted), { note: "Yes" });
    expect(await turns.decide(approve)).toMatchObject({ outcome: "decided" });
    expect(await turns.decide({ ...approve, note: "Other" })).toMatchObject({
      outcome: "replayed",
    });
    expect(await turns.decide({ ...approve, decision: "deny" })).toEqual({
      outcome: "already_decided",
    });
    expect((await turns.watch(accepted))?.turn.tools[0]?.approval?.note).toBe("Yes");
  });

  it.each([
    ["of another turn", { turnId: unknownId }, "unknown"],
    ["of another conversation", { conversationId: unknownId }, "unknown"],
    ["that nobody asked about", { callId: `${unknownId}.1.0` }, "unknown"],
    ["with other arguments", { argumentsSha256: sha256("other") }, "changed"],
  ])("about a call %s changes nothing", async (_, changes, outcome) => {
    const { accepted, calls, state } = await acceptAndPark(turns);
    const decision = decisionAbout(accepted, calls[0] ?? callOf(accepted), changes);
    expect(await turns.decide(decision)).toEqual({ outcome });
    expect((await turns.watch(accepted))?.turn).toEqual(state);
  });

  it("comes too late after the expiry, by the database's clock", async () => {
    const { accepted, calls } = await acceptAndPark(turns);
    await letApprovalsExpire(accepted.turnId);
    expect((await turns.watch(accepted))?.turn.tools[0]?.approval?.state).toBe("expired");
    const decision = decisionAbout(accepted, calls[0] ?? callOf(accepted));
    expect(await turns.decide(decision)).toEqual({ outcome: "expired" });
    expect(await turns.decide(decision)).toEqual({ outcome: "expired" });
  });

  it("completes a turn whose other calls have expired", async () => {
    const { accepted, calls } = await acceptAndPark(turns, 2);
    await sql("update approvals set expires_at = now() - interval '1 s' where call_id = $1", [
      calls[1]?.id,
    ]);
    await turns.decide(decisionAbout(accepted, calls[0] ?? callOf(accepted)));
    expect((await turns.watch(accepted))?.turn).toMatchObject({
      status: "queued",
      tools: [{ approval: { state: "approved" } }, { approval: { state: "expired" } }],
    });
  });
});

describe("two at once", () => {
  it("opposite decisions: the first counts", async () => {
    const { accepted, calls } = await acceptAndPark(turns);
    const approve = decisionAbout(accepted, calls[0] ?? callOf(accepted));
    const [first, second] = await inOrder(
      accepted.conversationId,
      () => turns.decide(approve),
      () => turns.decide({ ...approve, decision: "deny" }),
    );
    expect([first.outcome, second.outcome]).toEqual(["decided", "already_decided"]);
  });

  it("decisions about two calls: the later one queues the turn", async () => {
    const costly = turnsCosting(budget);
    const { accepted, calls } = await acceptAndPark(costly, 2);
    const [one, two] = calls;
    if (!one || !two) throw new Error("two calls");
    await inOrder(
      accepted.conversationId,
      () => costly.decide(decisionAbout(accepted, one)),
      () => costly.decide(decisionAbout(accepted, two)),
    );
    expect((await turns.watch(accepted))?.turn.status).toBe("queued");
    expect(await moneyOf(accepted.owner)).toEqual([0, 100]);
  });

  it("a stop and a decision: the stop ends the turn either way", async () => {
    for (const stopComesFirst of [true, false]) {
      const costly = turnsCosting(budget);
      const { accepted, calls } = await acceptAndPark(costly);
      const stop = async () => (await costly.stop(accepted))?.status;
      const decide = async () =>
        (await costly.decide(decisionAbout(accepted, calls[0] ?? callOf(accepted)))).outcome;
      const results = await inOrder<unknown, unknown>(
        accepted.conversationId,
        stopComesFirst ? stop : decide,
        stopComesFirst ? decide : stop,
      );
      expect(results).toEqual(stopComesFirst ? ["stopped", "changed"] : ["decided", "stopped"]);
      expect((await turns.watch(accepted))?.turn).toMatchObject({
        status: "stopped",
        tools: [{ state: "failed", approval: { state: "void" } }],
      });
      // The decision's reservation was never used, so it cost nothing.
      expect(await moneyOf(accepted.owner)).toEqual([0, 0]);
    }
  });
});

describe("the money of a decision", () => {
  it("is reserved with the decision that completes the turn", async () => {
    const costly = turnsCosting(budget);
    const { accepted, calls } = await acceptAndPark(costly, 2);
    const [one, two] = calls;
    if (!one || !two) throw new Error("two calls");
    await costly.decide(decisionAbout(accepted, one));
    expect(await moneyOf(accepted.owner)).toEqual([0, 0]);
    await costly.decide(decisionAbout(accepted, two, { decision: "deny" }));
    expect(await moneyOf(accepted.owner)).toEqual([0, 100]);
    expect(await bookingsOf(accepted.turnId)).toMatchObject([
      { attempt: 1, state: "settled" },
      { attempt: 2, state: "open", reserved: 100 },
    ]);
  });

  it("suffices for the dearest model, because the conversation may get it before the turn continues", async () => {
    const dear = { turn: 90, call: 40 };
    const costly = turnsCosting({ ...budget, turnWorst: 30, callWorst: 3, worstByModel: { dear } });
    const { accepted, calls } = await acceptAndPark(costly);
    await costly.decide(decisionAbout(accepted, calls[0] ?? callOf(accepted)));
    expect(await moneyOf(accepted.owner)).toEqual([0, 90]);
    const { owner, conversationId: id } = accepted;
    await conversations.update({ owner, id, settings: { model: "dear" } });
    const { turn, callWorst } = await claimLease(costly, accepted);
    expect([turn.reserved, callWorst]).toEqual([90, 40]);
  });

  it("that is not covered: nothing is decided, and the turn waits on", async () => {
    const costly = turnsCosting(budget);
    const { accepted, calls, state } = await acceptAndPark(costly);
    const poor = turnsCosting({ ...budget, caps: { ...budget.caps, ownerDay: 99 } });
    const decision = decisionAbout(accepted, calls[0] ?? callOf(accepted));
    const tomorrow = new Date();
    tomorrow.setUTCHours(24, 0, 0, 0);
    expect(await poor.decide(decision)).toEqual({
      ...{ outcome: "refused", refusedBy: "owner/day", resetsAt: tomorrow.toISOString() },
    });
    expect((await turns.watch(accepted))?.turn).toEqual(state);
    expect(await moneyOf(accepted.owner)).toEqual([0, 0]);
    expect(await costly.decide(decision)).toMatchObject({ outcome: "decided" });
  });

  it("goes back at no cost by deletion", async () => {
    const costly = turnsCosting(budget);
    const { accepted, calls } = await acceptAndPark(costly);
    await costly.decide(decisionAbout(accepted, calls[0] ?? callOf(accepted)));
    await conversations.delete({ owner: accepted.owner, id: accepted.conversationId });
    expect(await moneyOf(accepted.owner)).toEqual([0, 0]);
  });

  it("goes back at no cost when another turn needs it", async () => {
    const strict = turnsCosting({ ...budget, caps: { ...budget.caps, ownerDay: 150 } });
    const { accepted, calls } = await acceptAndPark(strict);
    await strict.decide(decisionAbout(accepted, calls[0] ?? callOf(accepted)));
    expect(await moneyOf(accepted.owner)).toEqual([0, 100]);
    const [other] = await acceptAll(strict, ["Other"], { owner: accepted.owner });
    const lease = await claimLease(strict, other);
    expect(await moneyOf(accepted.owner)).toEqual([0, 100]);
    expect(await bookingsOf(accepted.turnId)).toMatchObject([{ attempt: 1 }]);
    await lease.finish(endOf("2"), { spent: 20 });
    expect(await moneyOf(accepted.owner)).toEqual([20, 0]);
  });
});

it("parking anew asks again only about the calls that it names", async () => {
  const [accepted] = await acceptAll(turns, ["Keep this"]);
  const [one, two] = [callOf(accepted, 0), callOf(accepted, 1)];
  await park(await claimLease(turns, accepted), [one, two]);
  await turns.decide(decisionAbout(accepted, one, { note: "Yes" }));
  await turns.decide(decisionAbout(accepted, two));
  const again = await claimLease(turns, accepted);
  const changed = { ...one, definitionSha256: sha256("newer") };
  expect(await claimEffect(again, changed)).toEqual({ outcome: "ask" });
  const state = await again.park(
    [changed],
    { text: "Let me see.", tools: [shownCall(one), shownCall(two)], sources: [], usage: null },
    noCost,
    again.thread.writes(),
  );
  expect(state).toMatchObject({
    ...{ status: "waiting", parkings: 2 },
    tools: [{ approval: { state: "open" } }, { approval: { state: "approved" } }],
  });
  expect(state.tools[0]?.approval?.note).toBeUndefined();
});
