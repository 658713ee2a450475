import { beforeEach, expect, it } from "vitest";
import { readUsage } from "#lib/budget/usage-report.ts";
import type { TurnBudget } from "#lib/conversations/turn-money.ts";
import { openStores } from "./open-stores.ts";
import { acceptAll, claimLease, endOf, newOwner } from "./turn-steps.ts";

const { conversations, database, letLeaseRunOut, requestsOf, sql, turnsCosting } =
  await openStores();

/** Turns of at most 0.1 USD, model calls of at most 0.04 USD. */
const budget: TurnBudget = {
  caps: { turn: 100_000, ownerDay: 300_000, siteDay: 1_000_000, siteMonth: 4_000_000 },
  turnWorst: 500_000,
  callWorst: 40_000,
  worstByModel: {},
};
const turns = turnsCosting(budget);
const usageOf = (owner: string, days = 1, caps = budget.caps) =>
  readUsage(database, { owner, days, caps });

const usage = {
  input_tokens: 100,
  cache_read_tokens: 20,
  cache_write_tokens: 3,
  output_tokens: 40,
  cost_usd: 0.007,
};
const emptyDay = {
  turns: 0,
  cost_usd: 0,
  input_tokens: 0,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  output_tokens: 0,
  is_estimated: false,
};
const spentDay = { ...emptyDay, ...usage, turns: 1 };

const utcDay = (daysAgo = 0) =>
  new Date(Date.now() - daysAgo * 24 * 60 * 60 * 1_000).toISOString().slice(0, 10);

/** Runs a turn that costs 0.007 USD. */
async function spend(owner: string) {
  const [turn] = await acceptAll(turns, ["Hello"], { owner });
  const lease = await claimLease(turns, turn);
  await lease.finish(endOf("Hi"), { spent: 7_000, usage });
  return turn;
}

beforeEach(async () => {
  await sql("truncate budgets, bookings");
});

it("an owner without turns has every day, and the whole budget left", async () => {
  const report = await usageOf(newOwner(), 3);
  expect(report.days).toEqual([2, 1, 0].map((ago) => ({ day: utcDay(ago), ...emptyDay })));
  const tomorrow = new Date();
  tomorrow.setUTCHours(24, 0, 0, 0);
  const resets_at = tomorrow.toISOString();
  expect(report.today).toEqual({
    ...{ cap_usd: 0.3, settled_usd: 0, reserved_usd: 0, left_usd: 0.3 },
    resets_at,
  });
  const now = new Date();
  const nextMonth = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1));
  expect(report.site).toEqual({
    day: { left: 1, resets_at },
    month: { left: 1, resets_at: nextMonth.toISOString() },
  });
});

it("a turn that has ended counts with its money and its tokens", async () => {
  const owner = newOwner();
  await spend(owner);
  const { days, today, site } = await usageOf(owner);
  expect(days).toEqual([{ day: utcDay(), ...spentDay }]);
  expect(today).toMatchObject({ settled_usd: 0.007, reserved_usd: 0, left_usd: 0.293 });
  expect([site.day.left, site.month.left]).toEqual([0.99, 0.99]);
});

it("a running turn is reserved, and counts as a turn without money", async () => {
  const owner = newOwner();
  const [turn] = await acceptAll(turns, ["Hello"], { owner });
  const lease = await claimLease(turns, turn);
  await lease.beat({ text: "", tools: [] }, { spent: 5_000, inFlight: 0 });
  const { days, today, site } = await usageOf(owner);
  expect(days).toMatchObject([{ turns: 1, cost_usd: 0 }]);
  expect(today).toMatchObject({ settled_usd: 0, reserved_usd: 0.1, left_usd: 0.2 });
  expect([site.day.left, site.month.left]).toEqual([0.9, 0.97]);
});

it("an attempt of a dead runner is estimated, and its turn counts once", async () => {
  const owner = newOwner();
  const [turn] = await acceptAll(turns, ["Hello"], { owner });
  await claimLease(turns, turn);
  await letLeaseRunOut(turn.conversationId);
  const next = await claimLease(turns, turn);
  await next.finish(endOf("Hi"), { spent: 7_000, usage });
  const { days, today } = await usageOf(owner);
  expect(days).toMatchObject([{ ...spentDay, cost_usd: 0.047, is_estimated: true }]);
  expect(today.settled_usd).toBe(0.047);
});

it("a deleted turn stays in the figures", async () => {
  const owner = newOwner();
  const turn = await spend(owner);
  await conversations.delete({ owner, id: turn.conversationId });
  expect((await usageOf(owner)).days).toMatchObject([spentDay]);
});

it("another owner's turns show only in the share that is left of the site's budgets", async () => {
  await spend(newOwner());
  const { days, today, site } = await usageOf(newOwner());
  expect(days).toMatchObject([emptyDay]);
  expect(today).toMatchObject({ settled_usd: 0, left_usd: 0.3 });
  expect(site.day.left).toBe(0.99);
});

it("a day shows what began on it, and a day before the first one is left out", async () => {
  const owner = newOwner();
  for (const daysAgo of [1, 5]) {
    const { turnId } = await spend(owner);
    await sql("update bookings set day = day - $2::int where turn_id = $1", [turnId, daysAgo]);
  }
  const { days } = await usageOf(owner, 3);
  expect(days.map((day) => day.turns)).toEqual([0, 1, 0]);
});

it("a cap that was lowered leaves nothing, not less", async () => {
  const owner = newOwner();
  await spend(owner);
  const caps = { ownerDay: 5_000, siteDay: 5_000, siteMonth: 5_000 };
  const { today, site } = await usageOf(owner, 1, { ...budget.caps, ...caps });
  expect(today.left_usd).toBe(0);
  expect([site.day.left, site.month.left]).toEqual([0, 0]);
});

it("costs one database request", async () => {
  expect(await requestsOf(() => usageOf(newOwner(), 90))).toBe(1);
});
