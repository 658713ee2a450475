import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { StopRequested } from "#lib/conversations/turn-lease.ts";
import { callOf, claimEffect, decisionAbout, park, sha256, shownCall } from "./act-steps.ts";
import { openStores } from "./open-stores.ts";
import { acceptAll, claimLease, endOf, runGraph } from "./turn-steps.ts";

const { conversations, letLeaseRunOut, neon, requestsOf, sql, turns, turnsOn, database } =
  await openStores();

/** A call that the policy allows. */
const allowed = { verdict: "effect" } as const;
const kept = { failed: false, output: "Kept." };

const receiptOf = async (callId: string) =>
  (await sql("select state, failed, output from receipts where call_id = $1", [callId]))[0];

async function startTurn(where: { owner?: string; conversationId?: string } = {}) {
  const [accepted] = await acceptAll(turns, ["Keep this"], where);
  const lease = await claimLease(turns, accepted);
  await runGraph(lease, () => "Let me see.");
  return { accepted, lease };
}

/** Lets the runner of a turn die, and claims the turn again. */
async function takeOver(accepted: { owner: string; conversationId: string }) {
  await letLeaseRunOut(accepted.conversationId);
  return claimLease(turns, accepted);
}

describe("an effect", () => {
  it("costs two requests: the claim, with the thread so far, and the settlement", async () => {
    const { accepted, lease } = await startTurn();
    const call = callOf(accepted, 0, allowed);
    const receiptId = randomUUID();
    let claim: unknown;
    const claiming = await requestsOf(async () => {
      claim = await claimEffect(lease, call, { receiptId });
    });
    expect(claim).toEqual({ outcome: "claimed" });
    expect(await sql("select state, owner, tool from receipts where id = $1", [receiptId])).toEqual(
      [{ state: "claimed", owner: accepted.owner, tool: "save_note" }],
    );
    expect(
      await sql(
        "select partial, base_text, base_tools, thread_turn, thread_is_complete " +
          "from turns join conversations on conversations.id = conversation_id where turns.id = $1",
        [accepted.turnId],
      ),
    ).toEqual([
      {
        ...{ partial: "Let me see.", base_text: "Let me see." },
        base_tools: [shownCall(call, "running")],
        ...{ thread_turn: accepted.turnId, thread_is_complete: false },
      },
    ]);
    const settling = await requestsOf(() => lease.settleEffect(receiptId, kept));
    expect([claiming, settling]).toEqual([1, 1]);
    expect(await receiptOf(call.id)).toEqual({ state: "settled", ...kept });
  });

  it("is refused without a checkpoint of its turn", async () => {
    const { accepted, lease } = await startTurn();
    const call = callOf(accepted, 0, allowed);
    await expect(claimEffect(lease, call, { withThread: false })).rejects.toThrow(/checkpoint/);
  });

  it("is claimed once if the reply is lost", async () => {
    const { accepted, lease } = await startTurn();
    const call = callOf(accepted, 0, allowed);
    let faults = 1;
    neon.fault = () => (faults-- > 0 ? "cut-answer" : undefined);
    expect(await claimEffect(lease, call)).toEqual({ outcome: "claimed" });
    neon.fault = undefined;
    expect(await sql("select from receipts where call_id = $1", [call.id])).toHaveLength(1);
  });

  it("waits for a database that is away, as long as the lease lasts", async () => {
    const { DatabaseUnavailable } = await import("#lib/platform/postgres.ts");
    let faults = 0;
    const shaky = turnsOn({
      transaction: async (statements) => {
        if (faults-- > 0) throw new DatabaseUnavailable(new Error("away"), "unavailable");
        return database.transaction(statements);
      },
      query: async (statement) => {
        if (faults-- > 0) throw new DatabaseUnavailable(new Error("away"), "unavailable");
        return database.query(statement);
      },
    });
    const [accepted] = await acceptAll(shaky, ["Keep this"]);
    const lease = await claimLease(shaky, accepted);
    const receiptId = randomUUID();
    faults = 2;
    await claimEffect(lease, callOf(accepted, 0, allowed), { receiptId });
    faults = 2;
    await lease.settleEffect(receiptId, kept);
    expect(await receiptOf(`${accepted.turnId}.1.0`)).toEqual({ state: "settled", ...kept });
  });

  it("does not begin after a stop was answered", async () => {
    const { accepted, lease } = await startTurn();
    await turns.stop(accepted);
    const call = callOf(accepted, 0, allowed);
    await expect(claimEffect(lease, call)).rejects.toThrow(StopRequested);
    expect(await receiptOf(call.id)).toBeUndefined();
  });

  it("does not begin after a take-over", async () => {
    const { accepted, lease } = await startTurn();
    await takeOver(accepted);
    const call = callOf(accepted, 0, allowed);
    await expect(claimEffect(lease, call)).rejects.toThrow(/lease was lost/);
    expect(await receiptOf(call.id)).toBeUndefined();
  });
});

describe("a later runner", () => {
  it("reuses a settled receipt", async () => {
    const { accepted, lease } = await startTurn();
    const call = callOf(accepted, 0, allowed);
    const receiptId = randomUUID();
    await claimEffect(lease, call, { receiptId });
    await lease.settleEffect(receiptId, { failed: true, output: "Error: \u0000full" });
    const next = await takeOver(accepted);
    expect(await claimEffect(next, call, { withThread: false })).toEqual({
      ...{ outcome: "settled", failed: true, output: "Error: full" },
    });
  });

  it("calls a receipt unknown that nobody settled, and never runs the call", async () => {
    const { accepted, lease } = await startTurn();
    const call = callOf(accepted, 0, allowed);
    const receiptId = randomUUID();
    await claimEffect(lease, call, { receiptId });
    const next = await takeOver(accepted);
    expect(await claimEffect(next, call, { withThread: false })).toEqual({ outcome: "unknown" });
    expect(await claimEffect(next, call, { withThread: false })).toEqual({ outcome: "unknown" });
    // The runner was slow and not dead: what happened, happened.
    await lease.settleEffect(receiptId, kept);
    await lease.settleEffect(receiptId, { failed: true, output: "later" });
    expect(await claimEffect(next, call, { withThread: false })).toEqual({
      ...{ outcome: "settled", ...kept },
    });
  });
});

describe("the same tool with the same arguments", () => {
  it.each([
    ["done", kept],
    ["failed", { failed: true, output: "Error" }],
    ["unknown", undefined],
  ])("asks if it was %s before, in whichever turn", async (state, result) => {
    const first = await startTurn();
    const receiptId = randomUUID();
    await claimEffect(first.lease, callOf(first.accepted, 0, allowed), { receiptId });
    if (result) await first.lease.settleEffect(receiptId, result);
    await first.lease.finish(endOf("Kept."));

    const { accepted, lease } = await startTurn(first.accepted);
    const call = callOf(accepted, 0, allowed);
    expect(await claimEffect(lease, call)).toEqual({ outcome: "ask" });
    const other = callOf(accepted, 1, allowed);
    expect(await claimEffect(lease, other)).toEqual({ outcome: "claimed" });

    const parked = await park(lease, [call]);
    expect(parked.tools[0]?.approval?.before).toEqual({
      state,
      at: expect.stringMatching(/T.*Z$/),
    });
    await turns.decide(decisionAbout(accepted, call));
    const again = await claimLease(turns, accepted);
    expect(await claimEffect(again, call)).toEqual({ outcome: "claimed" });
  });

  it("is free in another conversation, and for a tool that only reads", async () => {
    const first = await startTurn();
    await claimEffect(first.lease, callOf(first.accepted, 0, allowed));
    await first.lease.finish(endOf("Kept."));
    const elsewhere = await startTurn({ owner: first.accepted.owner });
    expect(await claimEffect(elsewhere.lease, callOf(elsewhere.accepted, 0, allowed))).toEqual({
      outcome: "claimed",
    });
    const { accepted, lease } = await startTurn(first.accepted);
    const read = callOf(accepted, 0, { effect: "external_read" });
    expect((await park(lease, [read])).tools[0]?.approval?.before).toBeUndefined();
  });
});

describe("a call that a person was asked about", () => {
  async function decided(decision?: "approve" | "deny", note?: string) {
    const { accepted, lease } = await startTurn();
    const call = callOf(accepted);
    await park(lease, [call]);
    if (decision) await turns.decide(decisionAbout(accepted, call, { decision, note }));
    else await sql("update approvals set expires_at = now() where call_id = $1", [call.id]);
    return { accepted, call, lease: await claimLease(turns, accepted) };
  }

  it("runs once after the approval", async () => {
    const { accepted, call, lease } = await decided("approve");
    expect(await claimEffect(lease, call)).toEqual({ outcome: "claimed" });
    const next = await takeOver(accepted);
    expect(await claimEffect(next, call)).toEqual({ outcome: "unknown" });
    await sql("delete from receipts where call_id = $1", [call.id]);
    expect(await claimEffect(next, call)).toEqual({ outcome: "ask" });
  });

  it.each([
    ["arguments", { argumentsSha256: sha256("other") }],
    ["definition", { definitionSha256: sha256("other") }],
    ["tool", { name: "send_webhook" }],
  ])("asks again if its %s differs", async (_, changes) => {
    const { call, lease } = await decided("approve");
    expect(await claimEffect(lease, { ...call, ...changes })).toEqual({ outcome: "ask" });
    expect(await claimEffect(lease, call)).toEqual({ outcome: "claimed" });
  });

  it("tells the model that the person refused, with the note", async () => {
    const { call, lease } = await decided("deny", "Not now.");
    expect(await claimEffect(lease, call)).toEqual({ outcome: "denied", note: "Not now." });
    // Also if the policy allows the tool by now.
    expect(await claimEffect(lease, { ...call, ...allowed })).toMatchObject({ outcome: "denied" });
    expect(await receiptOf(call.id)).toBeUndefined();
  });

  it("stays refused if its tool is gone meanwhile", async () => {
    const { call, lease } = await decided("deny", "Not now.");
    const gone = {
      ...call,
      verdict: "refused",
      argumentsSha256: "",
      definitionSha256: "",
    } as const;
    expect(await claimEffect(lease, gone)).toEqual({ outcome: "denied", note: "Not now." });
  });

  it("tells the model that nobody decided in time", async () => {
    const { call, lease } = await decided();
    expect(await claimEffect(lease, call)).toEqual({ outcome: "expired" });
  });

  it("does not run on an approval that has expired since", async () => {
    const { call, lease } = await decided("approve");
    await sql("update approvals set expires_at = now() where call_id = $1", [call.id]);
    expect(await claimEffect(lease, call)).toEqual({ outcome: "expired" });
    expect(await receiptOf(call.id)).toBeUndefined();
  });

  it("keeps its approval while the gate refuses it", async () => {
    const { call, lease } = await decided("approve");
    const refused = { ...call, verdict: "refused" } as const;
    expect(await claimEffect(lease, refused)).toEqual({ outcome: "ask" });
    expect(await claimEffect(lease, call)).toEqual({ outcome: "claimed" });
    expect(await claimEffect(lease, refused)).toEqual({ outcome: "unknown" });
  });

  it("waits if nobody was asked", async () => {
    const { accepted, lease } = await startTurn();
    expect(await claimEffect(lease, callOf(accepted))).toEqual({ outcome: "ask" });
  });
});

describe("the end of a turn", () => {
  it("without a runner turns claimed receipts and their calls to unknown, running calls to failed", async () => {
    const { accepted, lease } = await startTurn();
    const input = { text: 'nul \u0000, {"state":"running"}', state: "running" };
    const claimed = callOf(accepted, 0, { ...allowed, input });
    const settled = callOf(accepted, 1, { ...allowed, input: { text: "other" } });
    await claimEffect(lease, claimed);
    const receiptId = randomUUID();
    await claimEffect(lease, settled, { receiptId });
    await lease.settleEffect(receiptId, kept);
    const tools = [
      shownCall(claimed, "running"),
      shownCall(settled, "done"),
      { ...shownCall(callOf(accepted, 2, { input }), "running"), output: '"state":"running"' },
    ];
    await lease.beat({ text: "Half", tools });
    await letLeaseRunOut(accepted.conversationId);
    const stopped = await turns.stop(accepted);
    expect(stopped?.tools).toEqual([
      shownCall(claimed, "unknown"),
      shownCall(settled, "done"),
      { ...tools[2], state: "failed" },
    ]);
    expect(await receiptOf(claimed.id)).toMatchObject({ state: "unknown" });
  });

  it("by its own runner does the same, and a later settlement changes the receipt alone", async () => {
    const { accepted, lease } = await startTurn();
    const call = callOf(accepted, 0, allowed);
    const receiptId = randomUUID();
    await claimEffect(lease, call, { receiptId });
    await lease.finish(endOf("Half", { status: "stopped", tools: [shownCall(call, "failed")] }));
    expect((await turns.watch(accepted))?.turn.tools).toEqual([shownCall(call, "unknown")]);
    await lease.settleEffect(receiptId, kept);
    expect(await receiptOf(call.id)).toEqual({ state: "settled", ...kept });
    expect((await turns.watch(accepted))?.turn.tools).toEqual([shownCall(call, "unknown")]);
  });

  it("by the deletion of its conversation leaves nothing to settle", async () => {
    const { accepted, lease } = await startTurn();
    const receiptId = randomUUID();
    const call = callOf(accepted, 0, allowed);
    await claimEffect(lease, call, { receiptId });
    await conversations.delete({ owner: accepted.owner, id: accepted.conversationId });
    await lease.settleEffect(receiptId, kept);
    expect(await receiptOf(call.id)).toBeUndefined();
    await expect(claimEffect(lease, callOf(accepted, 1, allowed))).rejects.toThrow(
      /lease was lost/,
    );
  });

  it("names the turn in the conversation only if it stores the thread", async () => {
    const { accepted, lease } = await startTurn();
    await lease.finish(endOf("Kept."));
    const thread = () =>
      sql("select thread_turn, thread_is_complete from conversations where id = $1", [
        accepted.conversationId,
      ]);
    const whole = [{ thread_turn: accepted.turnId, thread_is_complete: true }];
    expect(await thread()).toEqual(whole);
    const next = await startTurn(accepted);
    next.lease.thread.discard();
    await next.lease.finish(endOf("Lost.", { status: "failed" }));
    expect(await thread()).toEqual(whole);
  });

  it("costs no more requests than without acts", async () => {
    const [accepted] = await acceptAll(turns, ["Keep this"]);
    const requests = await requestsOf(async () => {
      const lease = await claimLease(turns, accepted);
      await runGraph(lease, () => "answer");
      await lease.finish(endOf("answer"));
    });
    expect(requests).toBe(2);
  });
});
