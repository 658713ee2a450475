import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { expireMoney } from "#lib/budget/expire-money.ts";
import { createPurse, type PurseState } from "#lib/budget/purse.ts";
import type { TurnBudget } from "#lib/conversations/turn-money.ts";
import { isFullRun } from "#test/faults/run-size.ts";
import { callOf, decisionAbout, noCost, park } from "./act-steps.ts";
import { openStores } from "./open-stores.ts";
import { acceptAll, answerNext, claimLease, endOf, leaseOf, newOwner } from "./turn-steps.ts";

const {
  beginTransaction,
  conversations,
  database,
  letLeaseRunOut,
  neon,
  requestsOf,
  sql,
  turnsCosting,
  waitForBlocked,
} = await openStores();

/** Turns of at most 100 microdollars, model calls of at most 40. */
const budget: TurnBudget = {
  caps: { turn: 100, ownerDay: 1_000, siteDay: 1_000, siteMonth: 1_000 },
  turnWorst: 500,
  callWorst: 40,
  worstByModel: {},
};
const turns = turnsCosting(budget);
const capped = (caps: Partial<TurnBudget["caps"]>) =>
  turnsCosting({ ...budget, caps: { ...budget.caps, ...caps } });

/** Returns what a scope has settled and reserved in its current period. */
async function budgetOf(scope: string): Promise<[settled: number, reserved: number]> {
  const [row] = await sql("select settled, reserved from budgets where scope = $1", [scope]);
  return [Number(row?.settled ?? 0), Number(row?.reserved ?? 0)];
}

const bookingOf = async (turnId: string, attempt = 1) =>
  (
    await sql("select state, spent::int from bookings where turn_id = $1 and attempt = $2", [
      turnId,
      attempt,
    ])
  )[0];

beforeEach(async () => {
  await sql("truncate budgets, bookings");
});

const scopesOf = (owner: string) => ["site/month", "site/day", `owner/day ${owner}`];

describe("a claim", () => {
  it("reserves the turn's cap in every scope, and the end settles what was spent", async () => {
    const [first] = await acceptAll(turns, ["Hello"]);
    const lease = await claimLease(turns, first);
    expect(lease.turn.reserved).toBe(100);
    for (const scope of scopesOf(first.owner)) expect(await budgetOf(scope)).toEqual([0, 100]);
    await lease.finish(endOf("Hi"), { spent: 7 });
    for (const scope of scopesOf(first.owner)) expect(await budgetOf(scope)).toEqual([7, 0]);
    expect(await bookingOf(first.turnId)).toEqual({ state: "settled", spent: 7 });
  });

  it("reserves no more than the turn can cost", async () => {
    const cheap = turnsCosting({ ...budget, turnWorst: 30 });
    const [first] = await acceptAll(cheap, ["Hello"]);
    expect((await claimLease(cheap, first)).turn.reserved).toBe(30);
  });

  it("reserves by the worst case of the conversation's model, and by the default's if that is not offered", async () => {
    const priced = turnsCosting({ ...budget, worstByModel: { cheap: { turn: 30, call: 3 } } });
    const leaseWith = async (model: string | undefined) => {
      const owner = newOwner();
      const settings = { model };
      const accepted = await priced.accept({ owner, message: "Hello", bodyHash: "h", settings });
      if (accepted.outcome !== "accepted") throw new Error(accepted.outcome);
      const { turn, callWorst } = await claimLease(priced, { owner, ...accepted });
      const [booking] = await sql("select call_worst::int from bookings where turn_id = $1", [
        turn.id,
      ]);
      return [turn.reserved, callWorst, booking?.call_worst];
    };
    expect(await leaseWith("cheap")).toEqual([30, 3, 3]);
    expect(await leaseWith("gone")).toEqual([100, 40, 40]);
    expect(await leaseWith(undefined)).toEqual([100, 40, 40]);
  });

  it("reserves once if its reply is lost and the claim is sent again", async () => {
    const [first] = await acceptAll(turns, ["Hello"]);
    let faults = 1;
    neon.fault = () => (faults-- > 0 ? "cut-answer" : undefined);
    const lease = await claimLease(turns, first);
    neon.fault = undefined;
    expect(lease.turn.reserved).toBe(100);
    expect(await budgetOf("site/day")).toEqual([0, 100]);
  });

  it("costs one database request, also with the accept", async () => {
    const owner = newOwner();
    expect(
      await requestsOf(() => turns.acceptAndClaim({ owner, message: "Hello", bodyHash: "h" })),
    ).toBe(1);
    expect(await budgetOf("site/day")).toEqual([0, 100]);
  });
});

describe("a claim that a budget cannot cover", () => {
  it.each([
    ["owner/day", { ownerDay: 150 }, /Your budget for today/],
    ["site/day", { siteDay: 150 }, /this service for today/],
    ["site/month", { siteMonth: 150 }, /this month/],
  ])("of %s ends the turn as failed, keeps the message and the queue", async (_, caps, detail) => {
    const strict = capped(caps);
    const [busy] = await acceptAll(strict, ["Running"]);
    const running = await claimLease(strict, busy);
    const [first, second] = await acceptAll(strict, ["one", "two"], { owner: busy.owner });
    expect(await strict.claim({ ...first, turnId: first.turnId })).toMatchObject({
      outcome: "refused",
      turn: {
        turn_id: first.turnId,
        status: "failed",
        message: "one",
        error: { type: "budget_exhausted", status: 402, detail: expect.stringMatching(detail) },
      },
    });
    expect(await budgetOf("site/day")).toEqual([0, 100]);
    await running.finish(endOf("Done"), { spent: 10 });
    const next = await claimLease(strict, first);
    expect(next.turn.id).toBe(second?.turnId);
    await next.finish(endOf("2"), { spent: 90 });
    expect(await budgetOf("site/day")).toEqual([100, 0]);
  });

  it("tells when the next period begins", async () => {
    const strict = capped({ siteDay: 1 });
    const [first] = await acceptAll(strict, ["one"]);
    const claim = await strict.claim(first);
    if (claim.outcome !== "refused") throw new Error(claim.outcome);
    const tomorrow = new Date();
    tomorrow.setUTCHours(24, 0, 0, 0);
    expect(claim.turn.error?.resets_at).toBe(tomorrow.toISOString());
  });

  it("is refused again, without another effect, if its reply is lost", async () => {
    const strict = capped({ siteDay: 1 });
    const [first, second] = await acceptAll(strict, ["one", "two"]);
    let faults = 1;
    neon.fault = () => (faults-- > 0 ? "cut-answer" : undefined);
    await strict.claim(first);
    neon.fault = undefined;
    const statuses = await sql("select status from turns where conversation_id = $1 order by seq", [
      first.conversationId,
    ]);
    expect(statuses).toEqual([{ status: "failed" }, { status: "queued" }]);
    expect(second).toBeDefined();
  });

  it("of an accept in the same request keeps the message", async () => {
    const strict = capped({ siteDay: 1 });
    const { acceptance, claim } = await strict.acceptAndClaim({
      owner: newOwner(),
      message: "Hello",
      bodyHash: "h",
    });
    expect(acceptance.outcome).toBe("accepted");
    expect(claim).toMatchObject({ outcome: "refused", turn: { status: "failed" } });
  });

  it("keeps the text of the attempt before", async () => {
    const strict = capped({ siteDay: 100 });
    const [first] = await acceptAll(strict, ["one"]);
    const lease = await claimLease(strict, first);
    await lease.beat({ text: "Half a", tools: [] }, { spent: 30, inFlight: 10 });
    await letLeaseRunOut(first.conversationId);
    const poor = capped({ siteDay: 90 });
    expect(await poor.claim(first)).toMatchObject({
      outcome: "refused",
      turn: { status: "failed", result: "Half a" },
    });
  });
});

describe("a runner that dies", () => {
  it("is booked with the running call and one more", async () => {
    const [first] = await acceptAll(turns, ["Hello"]);
    const dead = await claimLease(turns, first);
    await dead.beat({ text: "", tools: [] }, { spent: 5, inFlight: 12 });
    await letLeaseRunOut(first.conversationId);
    const next = await claimLease(turns, first);
    expect(await bookingOf(first.turnId)).toEqual({ state: "estimated", spent: 5 + 12 + 40 });
    expect(next.turn.reserved).toBe(100 - 57);
    expect(await budgetOf("site/day")).toEqual([57, 43]);
    await next.finish(endOf("Hi"), { spent: 3 });
    expect(await budgetOf("site/day")).toEqual([60, 0]);
  });

  it.each([
    ["one tool call, which the estimate covers", [30]],
    ["one dear tool call", [70]],
    ["tool calls side by side", [30, 30, 30]],
  ])("during %s is booked with what was billed at least", async (_, prices) => {
    const [first] = await acceptAll(turns, ["Search"]);
    const dead = await claimLease(turns, first);
    const { reserved } = dead.turn;
    const store = (cost: PurseState) => dead.beat({ text: "", tools: [] }, cost);
    const purse = createPurse({ reserved, callWorst: dead.callWorst, store });
    await purse.take(10);
    purse.settle(5);
    await Promise.all(prices.map((price) => purse.spend(price)));
    // A heartbeat that was sent before the calls arrives after them.
    await dead.beat({ text: "", tools: [] }, { spent: 5, inFlight: 0 });
    await letLeaseRunOut(first.conversationId);
    await claimLease(turns, first);
    const billed = 5 + prices.reduce((sum, price) => sum + price);
    const booked = await bookingOf(first.turnId);
    expect(booked?.state).toBe("estimated");
    expect(booked?.spent).toBeGreaterThanOrEqual(billed);
    expect(booked?.spent).toBeLessThanOrEqual(reserved);
  });

  it("is booked with its reservation at most", async () => {
    const [first] = await acceptAll(turns, ["Hello"]);
    const dead = await claimLease(turns, first);
    await dead.beat({ text: "", tools: [] }, { spent: 60, inFlight: 35 });
    await letLeaseRunOut(first.conversationId);
    const next = await claimLease(turns, first);
    expect(await budgetOf("site/day")).toEqual([100, 0]);
    expect(next.turn.reserved).toBe(0);
  });

  it("is booked exactly once it tells its cost too late, and once only", async () => {
    const [first] = await acceptAll(turns, ["Hello"]);
    const slow = await claimLease(turns, first);
    await letLeaseRunOut(first.conversationId);
    const next = await claimLease(turns, first);
    const cost = { spent: 4, isEstimated: false, usage: null };
    await slow.settleLate(cost);
    await slow.settleLate({ ...cost, spent: 9 });
    expect(await bookingOf(first.turnId)).toEqual({ state: "settled", spent: 4 });
    await next.finish(endOf("Hi"), { spent: 3 });
    expect(await budgetOf("site/day")).toEqual([7, 0]);
  });

  it("does not hold its reservation against other turns, and cannot go on", async () => {
    const strict = capped({ siteDay: 199 });
    const [first] = await acceptAll(strict, ["one"]);
    const slow = await claimLease(strict, first);
    await letLeaseRunOut(first.conversationId);
    const [other] = await acceptAll(strict, ["two"]);
    const lease = await claimLease(strict, other);
    expect(lease.turn.reserved).toBe(100);
    expect(await budgetOf("site/day")).toEqual([40, 100]);
    await expect(slow.beat({ text: "", tools: [] })).rejects.toThrow(/lease was lost/);
    await lease.finish(endOf("2"), { spent: 1 });
    const again = await claimLease(strict, first);
    expect(again.turn).toMatchObject({ attempt: 2, reserved: 60 });
  });

  it("with a live lease keeps its reservation", async () => {
    const strict = capped({ siteDay: 199 });
    const [first] = await acceptAll(strict, ["one"]);
    await claimLease(strict, first);
    const [other] = await acceptAll(strict, ["two"]);
    expect(await strict.claim(other)).toMatchObject({ outcome: "refused" });
    expect(await budgetOf("site/day")).toEqual([0, 100]);
  });
});

describe("every way a turn can end", () => {
  it("by a stop without a runner settles its booking", async () => {
    const [first] = await acceptAll(turns, ["one"]);
    await claimLease(turns, first);
    await letLeaseRunOut(first.conversationId);
    await turns.stop(first);
    expect(await budgetOf("site/day")).toEqual([40, 0]);
  });

  it("by a third death settles every booking", async () => {
    const [first] = await acceptAll(turns, ["one"]);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await turns.claim(first);
      await letLeaseRunOut(first.conversationId);
    }
    expect(await turns.claim(first)).toMatchObject({ outcome: "idle" });
    expect(await budgetOf("site/day")).toEqual([40 + 40 + 20, 0]);
  });

  it("by the deletion of its conversation settles it, and what it cost stays booked", async () => {
    const [first] = await acceptAll(turns, ["one"]);
    const lease = await claimLease(turns, first);
    await conversations.delete({ owner: first.owner, id: first.conversationId });
    expect(await budgetOf("site/day")).toEqual([40, 0]);
    await lease.settleLate({ spent: 2, isEstimated: false, usage: null });
    expect(await budgetOf("site/day")).toEqual([2, 0]);
  });
});

it("money that was reserved yesterday is settled yesterday", async () => {
  const [first] = await acceptAll(turns, ["one"]);
  const lease = await claimLease(turns, first);
  await sql("update bookings set day = day - 40");
  await sql("update budgets set period = period - 40 where scope <> 'site/month'");
  await sql(
    "update budgets set period = date_trunc('month', now() - interval '40 days') where scope = 'site/month'",
  );
  await lease.finish(endOf("Late"), { spent: 8 });
  const rows = await sql("select distinct settled::int, reserved::int from budgets");
  expect(rows).toEqual([{ settled: 8, reserved: 0 }]);
});

it("a take-over settles yesterday's attempt while another claim begins the day", async () => {
  const [old] = await acceptAll(turns, ["Since yesterday"]);
  await claimLease(turns, old);
  const [fresh] = await acceptAll(turns, ["Of today"], { owner: old.owner });
  await letLeaseRunOut(old.conversationId);
  await sql("update bookings set day = day - 1");
  await sql("update budgets set period = period - 1 where scope <> 'site/month'");
  const other = await beginTransaction();
  await other.sql("select from budgets where scope = 'site/month' for update");
  const takeOver = claimLease(turns, old);
  await waitForBlocked(1);
  const claim = claimLease(turns, fresh);
  await waitForBlocked(2);
  await other.commit();
  expect((await takeOver).turn.attempt).toBe(2);
  expect((await claim).turn.attempt).toBe(1);
});

it("a settlement of several bookings waits for no booking that another settlement holds", async () => {
  const [one] = await acceptAll(turns, ["one"]);
  const [two] = await acceptAll(turns, ["two"]);
  const late = await claimLease(turns, two);
  await claimLease(turns, one);
  const other = await beginTransaction();
  await other.sql(`select settle_turn('${one.turnId}')`);
  const settled = late.settleLate({ spent: 2, isEstimated: false, usage: null });
  await waitForBlocked(1);
  await other.sql(`select settle_turn('${two.turnId}')`);
  await other.commit();
  await settled;
  expect(await bookingOf(two.turnId)).toEqual({ state: "settled", spent: 2 });
});

it("the daily job deletes money that no report shows, and nothing younger", async () => {
  const [first, second] = await acceptAll(turns, ["one", "two"]);
  await answerNext(turns, first, "1");
  await answerNext(turns, first, "2");
  await sql("update bookings set day = day - 101 where turn_id = $1", [first.turnId]);
  await sql(`
    insert into budgets (scope, period, settled)
    select 'site/day', (now() at time zone 'UTC')::date - days, 7 from unnest('{80,140}'::int[]) as days`);
  await expireMoney(database);
  expect(await sql("select turn_id from bookings")).toEqual([{ turn_id: second?.turnId }]);
  expect(await sql("select from budgets where settled = 7")).toHaveLength(1);
});

/** `npm run test:claims` sends ten thousand. */
const turnCount = isFullRun ? 10_000 : 1_000;

it(`${turnCount} turns of ten owners at once never pass a cap`, { timeout: 600_000 }, async () => {
  const siteDay = 5 * turnCount;
  const strict = capped({ siteDay, siteMonth: 1_000 * turnCount, ownerDay: 0.7 * turnCount });
  const owners = Array.from({ length: 10 }, newOwner);
  let sent = 0;
  async function sendOneAfterTheOther() {
    while (sent < turnCount) {
      sent += 1;
      const owner = owners[sent % owners.length] ?? "";
      const turn = { owner, message: "Hello", bodyHash: String(sent) };
      const { claim } = await strict.acceptAndClaim(turn);
      if (claim?.outcome !== "claimed") continue;
      const cost = { spent: 60, isEstimated: false, usage: null };
      await claim.lease.finish(endOf("Hi"), cost, claim.thread.writes());
    }
  }
  // The database has room for so many statements at once.
  await Promise.all(Array.from({ length: 40 }, sendOneAfterTheOther));
  const [settled, reserved] = await budgetOf("site/day");
  expect(reserved).toBe(0);
  expect(settled).toBeGreaterThan(0.6 * siteDay);
  expect(settled).toBeLessThanOrEqual(siteDay);
  const [sum] = await sql("select sum(spent)::int as spent from bookings");
  expect(sum?.spent).toBe(settled);
});

it("a turn costs no more database requests than without money", async () => {
  const [first] = await acceptAll(turns, ["one"]);
  expect(await requestsOf(() => answerNext(turns, first, "1"))).toBe(2);
});

it("turns that wait, are decided, stopped, deleted and continued at once never pass a cap or wait in a circle", async () => {
  const caps = { siteDay: 3_000, siteMonth: 1_000_000, ownerDay: 450 };
  const strict = capped(caps);
  const owners = Array.from({ length: 10 }, newOwner);
  const outcomes: string[] = [];
  let begun = 0;

  /** Takes one turn through its life. Some are stopped or deleted while a decision or a settlement is under way. */
  async function live(number: number): Promise<void> {
    const owner = owners[number % owners.length] ?? "";
    const turn = { owner, message: "Hello", bodyHash: String(number) };
    const { acceptance, claim } = await strict.acceptAndClaim(turn);
    if (claim?.outcome !== "claimed" || !("turnId" in acceptance)) return;
    const accepted = { owner, ...acceptance };
    const call = callOf(accepted);
    await park(leaseOf(claim), [call], { cost: { ...noCost, spent: 20 } });
    const [decision] = await Promise.all([
      strict.decide(decisionAbout(accepted, call)),
      number % 7 === 0 ? strict.stop(accepted) : undefined,
      number % 11 === 0 ? conversations.delete({ owner, id: accepted.conversationId }) : undefined,
    ]);
    outcomes.push(decision.outcome);
    const continued = await strict.claim(accepted);
    if (continued.outcome !== "claimed") return;
    const lease = leaseOf(continued);
    const receiptId = randomUUID();
    await lease.claimEffect(call, receiptId, { text: "", tools: [], sources: [] });
    await Promise.all([
      lease.settleEffect(receiptId, { failed: false, output: "Kept." }),
      number % 5 === 0 ? strict.stop(accepted) : undefined,
    ]);
    await lease.finish(endOf("Hi"), { spent: 30 });
  }
  async function liveOneAfterTheOther() {
    while (begun < 300) {
      begun += 1;
      await live(begun);
    }
  }
  await Promise.all(Array.from({ length: 30 }, liveOneAfterTheOther));

  expect(outcomes).toEqual(expect.arrayContaining(["decided", "refused"]));
  const rows = await sql("select scope, settled::int, reserved::int from budgets");
  for (const { scope, settled, reserved } of rows) {
    expect(reserved, String(scope)).toBe(0);
    const cap = String(scope).startsWith("owner") ? caps.ownerDay : caps.siteDay;
    expect(settled, String(scope)).toBeLessThanOrEqual(cap);
  }
  const [sum] = await sql("select sum(spent)::int as spent from bookings");
  expect(await budgetOf("site/day")).toEqual([sum?.spent, 0]);
});
