import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { unknownUsage } from "#lib/contract/chat.ts";
import {
  acceptAndPark,
  callOf,
  claimEffect,
  decisionAbout,
  noCost,
  park,
  shownCall,
} from "./act-steps.ts";
import { openStores } from "./open-stores.ts";
import {
  acceptAll,
  answerNext,
  claimLease,
  endOf,
  newOwner,
  runGraph,
  sourceOf,
} from "./turn-steps.ts";

const {
  beginTransaction,
  inOrder,
  letLeaseRunOut,
  neon,
  requestsOf,
  sql,
  threadOf,
  turns,
  turnsCosting,
  waitForBlocked,
} = await openStores();

const budget = {
  caps: { turn: 100, ownerDay: 1_000, siteDay: 1_000, siteMonth: 1_000 },
  turnWorst: 500,
  callWorst: 40,
  worstByModel: {},
};

async function moneyOf(owner: string): Promise<[settled: number, reserved: number]> {
  const [row] = await sql("select settled, reserved from budgets where scope = $1", [
    `owner/day ${owner}`,
  ]);
  return [Number(row?.settled ?? 0), Number(row?.reserved ?? 0)];
}

const letApprovalsExpire = (turnId: string) =>
  sql("update approvals set expires_at = now() - interval '1 s' where turn_id = $1", [turnId]);

describe("a claim of a waiting turn", () => {
  it("starts nothing, whichever turn the caller waits for, until every call is decided", async () => {
    const { accepted, calls, state } = await acceptAndPark(turns, 2);
    const [later] = await acceptAll(turns, ["Later"], accepted);
    const waiting = { outcome: "waiting", turn: state };
    expect(await turns.claim(accepted)).toEqual(waiting);
    expect(await turns.claim(later)).toEqual(waiting);
    const { owner, conversationId } = accepted;
    expect(await turns.claim({ owner, conversationId })).toEqual(waiting);
    await turns.decide(decisionAbout(accepted, calls[0] ?? callOf(accepted)));
    expect(await turns.claim(later)).toMatchObject({ outcome: "waiting" });
    await turns.decide(decisionAbout(accepted, calls[1] ?? callOf(accepted), { decision: "deny" }));
    expect((await claimLease(turns, accepted)).turn.id).toBe(accepted.turnId);
  });

  it("continues it from its checkpoint, in one request", async () => {
    const { accepted, calls } = await acceptAndPark(turns);
    await turns.decide(decisionAbout(accepted, calls[0] ?? callOf(accepted)));
    let lease: Awaited<ReturnType<typeof claimLease>> | undefined;
    const claiming = async () => {
      lease = await claimLease(turns, accepted);
    };
    expect(await requestsOf(claiming)).toBe(1);
    const [shown] = calls.map((call) => shownCall(call));
    expect(lease?.turn).toMatchObject({
      ...{ attempt: 2, parkings: 1, resumes: true, branch: [] },
      base: {
        ...{ text: "Let me see.", usage: null },
        tools: [{ ...shown, approval: { state: "approved" } }],
      },
    });
    expect((await turns.watch(accepted))?.turn).toMatchObject({
      ...{ status: "running", partial: "Let me see.", attempt: 2 },
      tools: [{ state: "waiting", approval: { state: "approved" } }],
    });
    expect(await threadOf(accepted.conversationId)).toEqual([
      "human: Keep this",
      "ai: Let me see.",
    ]);
  });

  it("tells what the part before the parking used", async () => {
    const [accepted] = await acceptAll(turns, ["Keep this"]);
    const lease = await claimLease(turns, accepted);
    const usage = { ...unknownUsage, input_tokens: 3, output_tokens: 2, cost_usd: 0.5 };
    await runGraph(lease, () => "Let me see.");
    const call = callOf(accepted);
    const state = await park(lease, [call], { cost: { ...noCost, usage } });
    expect(state.usage).toEqual(usage);
    await turns.decide(decisionAbout(accepted, call));
    expect((await claimLease(turns, accepted)).turn.base.usage).toEqual(usage);
  });

  it("treats expired calls as decided, by the database's clock", async () => {
    const { accepted } = await acceptAndPark(turns);
    await letApprovalsExpire(accepted.turnId);
    const lease = await claimLease(turns, accepted);
    expect(lease.turn.resumes).toBe(true);
    expect(await sql("select state from approvals where turn_id = $1", [accepted.turnId])).toEqual([
      { state: "expired" },
    ]);
  });

  it("that ends as failed without money keeps what was shown", async () => {
    const costly = turnsCosting(budget);
    const { accepted } = await acceptAndPark(costly);
    await letApprovalsExpire(accepted.turnId);
    const poor = turnsCosting({ ...budget, caps: { ...budget.caps, ownerDay: 99 } });
    expect(await poor.claim(accepted)).toMatchObject({
      outcome: "refused",
      turn: {
        ...{ status: "failed", result: "Let me see.", error: { type: "budget_exhausted" } },
        tools: [{ state: "failed", approval: { state: "expired" } }],
      },
    });
  });

  it("begins a stopped one's successor", async () => {
    const { accepted } = await acceptAndPark(turns);
    const [next] = await acceptAll(turns, ["Next"], accepted);
    await turns.stop(accepted);
    expect((await claimLease(turns, accepted)).turn.id).toBe(next.turnId);
  });
});

describe("the money of a continued turn", () => {
  it("is what the decision has reserved", async () => {
    const costly = turnsCosting(budget);
    const { accepted, calls } = await acceptAndPark(costly);
    await costly.decide(decisionAbout(accepted, calls[0] ?? callOf(accepted)));
    const lease = await claimLease(costly, accepted);
    expect(lease.turn.reserved).toBe(100);
    expect(await moneyOf(accepted.owner)).toEqual([0, 100]);
    await lease.finish(endOf("Kept."), { spent: 9 });
    expect(await moneyOf(accepted.owner)).toEqual([9, 0]);
  });

  it("is within the cap of the turn with what was spent before it waited", async () => {
    const costly = turnsCosting(budget);
    const [accepted] = await acceptAll(costly, ["Keep this"]);
    const call = callOf(accepted);
    await park(await claimLease(costly, accepted), [call], { cost: { ...noCost, spent: 70 } });
    await costly.decide(decisionAbout(accepted, call));
    expect((await claimLease(costly, accepted)).turn.reserved).toBe(30);
  });

  it("is reserved anew if another turn has taken the reservation, and never runs on a settled one", async () => {
    const strict = turnsCosting({ ...budget, caps: { ...budget.caps, ownerDay: 150 } });
    const { accepted, calls } = await acceptAndPark(strict);
    await strict.decide(decisionAbout(accepted, calls[0] ?? callOf(accepted)));
    const [other] = await acceptAll(strict, ["Other"], { owner: accepted.owner });
    const running = await claimLease(strict, other);
    await running.finish(endOf("2"), { spent: 20 });
    const lease = await claimLease(strict, accepted);
    expect(lease.turn.reserved).toBe(100);
    expect(await moneyOf(accepted.owner)).toEqual([20, 100]);
    expect(
      await sql("select state, has_begun from bookings where turn_id = $1 and attempt = 2", [
        accepted.turnId,
      ]),
    ).toEqual([{ state: "open", has_begun: true }]);
    await lease.finish(endOf("Kept."), { spent: 1 });
    expect(await moneyOf(accepted.owner)).toEqual([21, 0]);
  });

  it("is booked as that of any runner once it has begun", async () => {
    const costly = turnsCosting(budget);
    const { accepted, calls } = await acceptAndPark(costly);
    await costly.decide(decisionAbout(accepted, calls[0] ?? callOf(accepted)));
    await claimLease(costly, accepted);
    await letLeaseRunOut(accepted.conversationId);
    await costly.stop(accepted);
    expect(await moneyOf(accepted.owner)).toEqual([40, 0]);
  });

  it("is not taken away between a claim's look and its end", async () => {
    const strict = turnsCosting({ ...budget, caps: { ...budget.caps, ownerDay: 150 } });
    const { accepted, calls } = await acceptAndPark(strict);
    await strict.decide(decisionAbout(accepted, calls[0] ?? callOf(accepted)));
    const [other] = await acceptAll(strict, ["Other"], { owner: accepted.owner });
    const holder = await beginTransaction();
    await holder.sql("select lock_money()");
    const claim = strict.claim(accepted);
    await waitForBlocked(1);
    const rival = strict.claim(other);
    await waitForBlocked(2);
    await holder.commit();
    expect(await claim).toMatchObject({ outcome: "claimed" });
    expect(await rival).toMatchObject({ outcome: "refused" });
    expect(await moneyOf(accepted.owner)).toEqual([0, 100]);
  });
});

describe("races with a claim", () => {
  it("a decision before a claim: the claim runs the turn", async () => {
    const { accepted, calls } = await acceptAndPark(turns);
    const [decision, claim] = await inOrder(
      accepted.conversationId,
      () => turns.decide(decisionAbout(accepted, calls[0] ?? callOf(accepted))),
      () => turns.claim(accepted),
    );
    expect([decision.outcome, claim.outcome]).toEqual(["decided", "claimed"]);
  });

  it("a claim before a decision: the turn waits on, and is queued", async () => {
    const { accepted, calls } = await acceptAndPark(turns);
    const [claim, decision] = await inOrder(
      accepted.conversationId,
      () => turns.claim(accepted),
      () => turns.decide(decisionAbout(accepted, calls[0] ?? callOf(accepted))),
    );
    expect([claim.outcome, decision.outcome]).toEqual(["waiting", "decided"]);
    expect((await turns.watch(accepted))?.turn.status).toBe("queued");
  });

  it("two claims after a decision: one runs the turn", async () => {
    const { accepted, calls } = await acceptAndPark(turns);
    await turns.decide(decisionAbout(accepted, calls[0] ?? callOf(accepted)));
    const claims = await inOrder(
      accepted.conversationId,
      () => turns.claim(accepted),
      () => turns.claim(accepted),
    );
    expect(claims.map(({ outcome }) => outcome)).toEqual(["claimed", "busy"]);
  });

  it("an expiry while a claim waits for its lock: the claim runs the turn", async () => {
    const { accepted, calls } = await acceptAndPark(turns);
    const holder = await beginTransaction();
    await holder.sql(
      `select from conversations where id = '${accepted.conversationId}' for update`,
    );
    const claim = turns.claim(accepted);
    await waitForBlocked(1);
    await holder.sql(
      `update approvals set expires_at = now() - interval '1 s' where turn_id = '${accepted.turnId}'`,
    );
    await holder.commit();
    expect((await claim).outcome).toBe("claimed");
    const late = decisionAbout(accepted, calls[0] ?? callOf(accepted));
    expect(await turns.decide(late)).toEqual({ outcome: "expired" });
  });

  it("a claim that is sent again, because its reply was lost, keeps attempt, base and money", async () => {
    const costly = turnsCosting(budget);
    const { accepted, calls } = await acceptAndPark(costly);
    await costly.decide(decisionAbout(accepted, calls[0] ?? callOf(accepted)));
    let faults = 1;
    neon.fault = () => (faults-- > 0 ? "cut-answer" : undefined);
    const lease = await claimLease(costly, accepted);
    neon.fault = undefined;
    expect(lease.turn).toMatchObject({
      ...{ attempt: 2, resumes: true, reserved: 100, base: { text: "Let me see." } },
    });
    expect(await sql("select tries from turns where id = $1", [accepted.turnId])).toEqual([
      { tries: 1 },
    ]);
  });
});

describe("the sources of a turn", () => {
  const [first, second, third] = [sourceOf(1), sourceOf(2), sourceOf(3)];

  it("are there for followers, after a parking, and at the end", async () => {
    const [accepted] = await acceptAll(turns, ["Search for this"]);
    const lease = await claimLease(turns, accepted);
    await runGraph(lease, () => "Let me see.");
    await lease.beat({ text: "Let", tools: [], sources: [first] });
    expect((await turns.watch(accepted))?.turn.sources).toEqual([first]);
    const call = callOf(accepted);
    const state = await park(lease, [call], { sources: [first, second] });
    expect(state.sources).toEqual([first, second]);
    await turns.decide(decisionAbout(accepted, call));
    const next = await claimLease(turns, accepted);
    expect(next.turn.base.sources).toEqual([first, second]);
    await next.finish(endOf("See [3].", { sources: [first, second, third] }));
    expect((await turns.watch(accepted))?.turn.sources).toEqual([first, second, third]);
  });

  it("are those of the checkpoint after a take-over", async () => {
    const [accepted] = await acceptAll(turns, ["Search for this"]);
    const lease = await claimLease(turns, accepted);
    await runGraph(lease, () => "Let me see.");
    const call = callOf(accepted, 0, { verdict: "effect" });
    await claimEffect(lease, call, { sources: [first] });
    await lease.beat({ text: "Let me see.", tools: [], sources: [first, second] });
    await letLeaseRunOut(accepted.conversationId);
    const next = await claimLease(turns, accepted);
    expect(next.turn.base.sources).toEqual([first]);
    expect((await turns.watch(accepted))?.turn.sources).toEqual([first]);
  });

  it("of a later call of the same answer are kept, too", async () => {
    const [accepted] = await acceptAll(turns, ["Search for this"]);
    const lease = await claimLease(turns, accepted);
    await runGraph(lease, () => "Let me see.");
    const [one, two] = [0, 1].map((index) => callOf(accepted, index, { verdict: "effect" }));
    if (!one || !two) throw new Error("two calls");
    await claimEffect(lease, one, { sources: [first] });
    await claimEffect(lease, two, { sources: [first, second], withThread: false });
    await letLeaseRunOut(accepted.conversationId);
    expect((await claimLease(turns, accepted)).turn.base.sources).toEqual([first, second]);
  });

  it("are gone with the text of an attempt that had no checkpoint", async () => {
    const [accepted] = await acceptAll(turns, ["Search for this"]);
    const lease = await claimLease(turns, accepted);
    await lease.beat({ text: "Half", tools: [], sources: [first] });
    await letLeaseRunOut(accepted.conversationId);
    expect((await claimLease(turns, accepted)).turn.base.sources).toEqual([]);
    expect((await turns.watch(accepted))?.turn.sources).toEqual([]);
  });

  it("stay with the text if the turn is stopped without a runner", async () => {
    const [accepted] = await acceptAll(turns, ["Search for this"]);
    const lease = await claimLease(turns, accepted);
    await lease.beat({ text: "Half", tools: [], sources: [first] });
    await letLeaseRunOut(accepted.conversationId);
    expect(await turns.stop(accepted)).toMatchObject({ status: "stopped", sources: [first] });
  });
});

describe("a take-over", () => {
  it("continues from a checkpoint in mid-turn", async () => {
    const [accepted] = await acceptAll(turns, ["Keep this"]);
    const lease = await claimLease(turns, accepted);
    expect(lease.turn).toMatchObject({ resumes: false, base: { text: "", tools: [] } });
    await runGraph(lease, () => "Let me see.");
    const call = callOf(accepted, 0, { verdict: "effect" });
    await claimEffect(lease, call);
    await lease.beat({ text: "Let me see. And then", tools: [] });
    await letLeaseRunOut(accepted.conversationId);
    const next = await claimLease(turns, accepted);
    expect(next.turn).toMatchObject({
      ...{ resumes: true, attempt: 2 },
      base: { text: "Let me see.", tools: [shownCall(call, "running")] },
    });
    expect((await turns.watch(accepted))?.turn).toMatchObject({
      ...{ partial: "Let me see.", tools: [shownCall(call, "running")] },
    });
  });

  it("fails after three attempts without progress, and each checkpoint is progress", async () => {
    const [accepted] = await acceptAll(turns, ["Keep this"]);
    const allowed = { verdict: "effect" } as const;
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      const lease = await claimLease(turns, accepted);
      expect(lease.turn.attempt).toBe(attempt);
      await runGraph(lease, () => `Step ${attempt}.`);
      await claimEffect(lease, callOf(accepted, attempt, allowed), { text: `Step ${attempt}.` });
      await letLeaseRunOut(accepted.conversationId);
    }
    for (let attempt = 5; attempt <= 7; attempt += 1) {
      const lease = await claimLease(turns, accepted);
      expect(lease.turn).toMatchObject({ attempt, base: { text: "Step 4." } });
      await letLeaseRunOut(accepted.conversationId);
    }
    expect(await turns.claim(accepted)).toMatchObject({
      outcome: "idle",
      turn: {
        ...{ status: "failed", result: "Step 4.", error: { type: "attempts_exhausted" } },
        tools: [{ id: `${accepted.turnId}.1.4`, state: "unknown" }],
      },
    });
  });
});

describe("the branch of a turn whose parent the thread does not end with", () => {
  /** Ends the conversation's running turn as a vanished runner leaves it. */
  async function vanish(where: { owner: string; conversationId: string; turnId: string }) {
    await letLeaseRunOut(where.conversationId);
    await turns.stop(where);
  }

  it("has the turns that ended without a runner, and those before them", async () => {
    const [first] = await acceptAll(turns, ["one"]);
    await answerNext(turns, first, "1");
    const [two, three, four] = await acceptAll(turns, ["two", "three", "four"], first);
    const lease = await claimLease(turns, first);
    await lease.beat({ text: "Half", tools: [] });
    await vanish(two);
    await turns.stop(three ?? two);
    const next = await claimLease(turns, first);
    expect(next.turn.id).toBe(four?.turnId);
    expect(next.turn.branch).toEqual([
      { id: first.turnId, message: "one", text: "1", tools: [] },
      { id: two.turnId, message: "two", text: "Half", tools: [] },
      { id: three?.turnId, message: "three", text: "", tools: [] },
    ]);
    // The thread that this turn stores is that of its branch.
    await runGraph(next, () => "4");
    await next.finish(endOf("4"));
    const [five] = await acceptAll(turns, ["five"], first);
    expect((await claimLease(turns, five)).turn.branch).toEqual([]);
  });

  it("has all turns if the conversation has no thread yet", async () => {
    const [first] = await acceptAll(turns, ["My name is Ada", "Who am I?"]);
    await turns.stop(first);
    const { branch } = (await claimLease(turns, first)).turn;
    expect(branch).toEqual([{ id: first.turnId, message: "My name is Ada", text: "", tools: [] }]);
  });

  it("has a turn that the thread holds in part, with what its calls did", async () => {
    const { accepted, calls } = await acceptAndPark(turns, 3);
    const [done, denied, other] = calls;
    if (!done || !denied || !other) throw new Error("three calls");
    await turns.decide(decisionAbout(accepted, done));
    await turns.decide(decisionAbout(accepted, denied, { decision: "deny" }));
    await turns.decide(decisionAbout(accepted, other));
    const lease = await claimLease(turns, accepted);
    const receiptId = randomUUID();
    await lease.claimEffect(
      done,
      receiptId,
      { text: "Let me see.", tools: calls.map((call) => shownCall(call)), sources: [] },
      undefined,
    );
    await lease.settleEffect(receiptId, { failed: false, output: 'Kept "it".' });
    await letLeaseRunOut(accepted.conversationId);
    await turns.stop(accepted);
    await acceptAll(turns, ["Next"], accepted);
    const { turn, thread } = await claimLease(turns, accepted);
    expect(turn.resumes).toBe(false);
    expect(turn.branch).toEqual([
      {
        ...{ id: accepted.turnId, message: "Keep this", text: "Let me see." },
        tools: [
          { ...shownCall(done, "done"), output: 'Kept "it".' },
          shownCall(denied, "denied"),
          shownCall(other, "failed"),
        ],
      },
    ]);
    const { conversationId } = accepted;
    const stored = thread.checkpointer.getTuple({ configurable: { thread_id: conversationId } });
    expect(await stored).toBeUndefined();
  });

  it("does not change if the claim is lost, or taken over", async () => {
    const [one] = await acceptAll(turns, ["one"]);
    await answerNext(turns, one, "1");
    const { owner, conversationId } = one;
    const start = { owner, conversationId, message: "start", bodyHash: "x", after: null };
    await turns.accept(start);
    await turns.accept({ ...start, after: one.turnId });
    await turns.stop({ ...one, turnId: (await claimLease(turns, one)).turn.id });
    await letLeaseRunOut(conversationId);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const { turn } = await claimLease(turns, one);
      expect(turn).toMatchObject({ attempt, parent: one.turnId, branch: [{ message: "one" }] });
      await letLeaseRunOut(conversationId);
    }
  });

  it("has at most 200 turns of one megabyte together, and the newest is whole", async () => {
    const [first] = await acceptAll(turns, ["0"]);
    const { owner, conversationId } = first;
    await turns.stop(first);
    await sql(
      `insert into turns (id, conversation_id, owner, input, status, result, finished_at, parent)
      select md5($1::text || step)::uuid, $1::uuid, $2, step::text, 'stopped', '', now(),
        case when step = 1 then $3::uuid else md5($1::text || (step - 1))::uuid end
      from generate_series(1, 202) as step`,
      [conversationId, owner, first.turnId],
    );
    await sql("update conversations set head = md5($1::text || 202)::uuid where id = $1", [
      conversationId,
    ]);
    await acceptAll(turns, ["Next"], first);
    const messages = (lease: Awaited<ReturnType<typeof claimLease>>) =>
      lease.turn.branch.map(({ message }) => message);
    const lease = await claimLease(turns, first);
    expect(messages(lease)).toEqual(Array.from({ length: 200 }, (_, index) => String(index + 3)));
    await letLeaseRunOut(conversationId);
    await sql(
      "update turns set result = repeat('x', 700000) where conversation_id = $1 and input in ('201', '202')",
      [conversationId],
    );
    expect(messages(await claimLease(turns, first))).toEqual(["202"]);
  });
});

it("a claim says whether the owner lets the agent keep notes", async () => {
  const owner = newOwner();
  const [first] = await acceptAll(turns, ["one"], { owner });
  expect((await claimLease(turns, first)).turn.notesEnabled).toBe(false);
  await sql("insert into owner_settings (owner, notes_enabled) values ($1, true)", [owner]);
  await letLeaseRunOut(first.conversationId);
  expect((await claimLease(turns, first)).turn.notesEnabled).toBe(true);
});
