import * as v from "valibot";
import type { Usage } from "#lib/contract/chat.ts";
import { problemTitles } from "#lib/contract/problem-titles.ts";
import type { Row, Statement } from "#lib/platform/postgres.ts";

/**
 * What turns may cost, in whole microdollars. The SQL functions of migration 0009 do the arithmetic: `reserve_budget` in a
 * claim, `settle_booking` at an end. A trigger settles the turns that end without a runner.
 */
export interface TurnBudget {
  /** The most that one turn with all its attempts, one owner's day, the site's day and the site's month may cost. */
  caps: { turn: number; ownerDay: number; siteDay: number; siteMonth: number };
  /** The most that a turn can cost with the deployment's models, and the most that one of its model calls can cost. */
  turnWorst: number;
  callWorst: number;
  /** The same for each model that a conversation may choose. */
  worstByModel: Readonly<Record<string, { turn: number; call: number }>>;
}

/** What a runner has spent on a turn, in whole microdollars. */
export interface RunningCost {
  spent: number;
  /** The most that the running model call can cost. 0 while none runs. */
  inFlight: number;
}

/** What an attempt has cost when it ends. */
export interface AttemptCost {
  spent: number;
  /** True if a call ended without telling its tokens. Then `spent` has the most that the call can have cost. */
  isEstimated: boolean;
  usage: Usage | null;
}

/** PostgreSQL sends a bigint as text. */
const Amount = v.pipe(v.string(), v.transform(Number));

/** The arguments of the SQL function `claim_turn` that decide whether the budgets cover a turn. */
export const reserveArguments = ({ caps, turnWorst, callWorst }: TurnBudget) => ({
  turn_cap: caps.turn,
  turn_worst: turnWorst,
  call_worst: callWorst,
  site_month_cap: caps.siteMonth,
  site_day_cap: caps.siteDay,
  owner_day_cap: caps.ownerDay,
});

const exhausted = (scope: string, detail: string) => ({
  type: "budget_exhausted",
  title: problemTitles.budget_exhausted,
  status: 402,
  detail,
  scope,
});

/** Returns the arguments that suffice for whichever model the conversation has when the turn starts. */
export function reserveArgumentsOfDearest(budget: TurnBudget) {
  const worst = Object.values(budget.worstByModel);
  return reserveArguments({
    ...budget,
    turnWorst: Math.max(budget.turnWorst, ...worst.map(({ turn }) => turn)),
    callWorst: Math.max(budget.callWorst, ...worst.map(({ call }) => call)),
  });
}

/** The error of a turn that a budget does not cover. `claim_turn` adds when the budget's next period begins. */
export const budgetExhausted = {
  "key/day": exhausted(
    "key/day",
    "The budget of this API key for today is used up. Send the message again tomorrow.",
  ),
  "owner/day": exhausted(
    "owner/day",
    "Your budget for today is used up. Send the message again tomorrow.",
  ),
  "site/day": exhausted(
    "site/day",
    "The budget of this service for today is used up. Send the message again tomorrow.",
  ),
  "site/month": exhausted(
    "site/month",
    "The budget of this service for this month is used up. Send the message again next month, or ask the operators.",
  ),
};

/** The attempts of the bookings that pay for the model calls after a turn. */
const summaryAttempt = 0;
const titleAttempt = -1;

/** Reserves the money of one model call after a turn. Runs after the turn's own booking is settled. */
export function reserveForSummary(turnId: string, { caps, callWorst }: TurnBudget): Statement {
  return {
    text: `
      select reserved.amount::text
      from turns, lateral reserve_budget(
        turns.id, ${summaryAttempt}, turns.owner, $2, $3, $3, $4, $5, $6) as reserved
      where turns.id = $1`,
    params: [turnId, caps.turn, callWorst, caps.siteMonth, caps.siteDay, caps.ownerDay],
  };
}

/**
 * Reserves the money of the model call that names a conversation. The SQL function `reserve_title` does so once in the life of
 * a conversation, and only while the title is the beginning of a message.
 */
export function reserveForTitle(turnId: string, { caps, callWorst }: TurnBudget): Statement {
  return {
    text: "select reserve_title($1, $2, $3, $4, $5, $6)::text as amount",
    params: [turnId, caps.turn, callWorst, caps.siteMonth, caps.siteDay, caps.ownerDay],
  };
}

/** Returns what is reserved for the model call after a turn, or null if there must be none. */
export const readFollowUp = (row: Row | undefined): number | null =>
  v.parse(v.nullable(Amount), row?.amount);

/** Settles the booking of the title after a turn. */
export const settleTitle = (turnId: string, cost: AttemptCost): Statement =>
  settleBooking({ id: turnId, attempt: titleAttempt }, cost);

/** Settles the booking of the summary after a turn. */
export const settleSummary = (turnId: string, cost: AttemptCost): Statement =>
  settleBooking({ id: turnId, attempt: summaryAttempt }, cost);

/**
 * Adds to the statement of a beat: stores what the runner has spent so far. An older figure that arrives later changes
 * nothing. The arguments are SQL: positions of parameters.
 */
export const bookRunningCost = (
  turnId: string,
  attempt: string,
  spent: string,
  inFlight: string,
) => `
  update bookings set spent = ${spent}, in_flight = ${inFlight}
  where turn_id = ${turnId} and attempt = ${attempt} and state = 'open'
    and (${spent}, ${inFlight}) > (spent, in_flight)`;

/** Settles an attempt. Repeated, or after another statement has estimated the attempt, it books the amount once. */
export function settleBooking(
  turn: { id: string; attempt: number },
  { spent, isEstimated, usage }: AttemptCost,
): Statement {
  return {
    text: "select settle_booking($1, $2, $3, $4, $5)",
    params: [turn.id, turn.attempt, spent, isEstimated, bookedTokens(usage)],
  };
}

/** Returns the JSON of `bookings.usage`: no cost, which is `bookings.spent`, and no kind without tokens. */
export function bookedTokens(usage: Usage | null): string | null {
  if (usage === null) return null;
  const { cost_usd: _, ...tokens } = usage;
  const used = Object.entries(tokens).filter(([, count]) => count);
  return JSON.stringify(Object.fromEntries(used));
}

/** Returns the JSON of `turns.usage`: without the kinds of the prompt cache that are 0, the schema's default for them. */
export const storedUsage = (usage: Usage): string =>
  JSON.stringify(usage, (kind, count) =>
    kind.startsWith("cache_") && count === 0 ? undefined : count,
  );
