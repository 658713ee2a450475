import * as v from "valibot";
import type { Usage } from "#lib/contract/chat.ts";
import { problemTitles } from "#lib/contract/problem-titles.ts";
import type { Row, Statement } from "#lib/platform/postgres.ts";
import { leaseIsFreeFor, leaseIsHeldBy, revokeLease } from "./lease-sql.ts";
import { endWithoutRunner, turnIsOpen } from "./turn-sql.ts";

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

const Reservation = v.object({
  amount: v.pipe(v.string(), v.transform(Number)),
  refused_by: v.nullable(v.picklist(["owner/day", "site/day", "site/month"])),
});

/** Reads the row that a reserving statement returns. */
export const readReservation = (row: Row | undefined) => v.parse(Reservation, row);

interface ReserveInput {
  owner: string;
  conversationId: string;
  turnId?: string | undefined;
}

/**
 * Reserves the money of the turn that the claim is about to start: a condition for the claim's next statement. If a scope
 * cannot cover the turn, the turn ends as failed and keeps what it had written; the claim then holds no lease, and its next
 * statement starts nothing. Returns one row if there is a turn to start.
 */
export function reserveForOldestTurn(
  { owner, conversationId, turnId }: ReserveInput,
  claimId: string,
  { caps, turnWorst, callWorst }: TurnBudget,
): Statement {
  return {
    text: `
      with oldest as (
        select id, attempts from turns
        where conversation_id = $1 and ${turnIsOpen}
        order by seq limit 1
      ), startable as (
        select oldest.id, oldest.attempts + case when ${leaseIsHeldBy("$4")} then 0 else 1 end as attempt
        from oldest, conversations
        where conversations.id = $1 and owner = $2 and ${leaseIsFreeFor("$4")}
          and ($3::uuid is null                        -- the named turn has not ended
            or exists (
              select from turns where id = $3 and conversation_id = $1 and ${turnIsOpen}))
      ), reservation as materialized (
        select startable.id, reserved.*
        from startable, lateral reserve_budget(
          startable.id, startable.attempt, $2, $5, $6, $7, $8, $9, $10) as reserved
      ), ended as (
        update turns set
          status = 'failed',
          error = json_build_object(
            'type', 'budget_exhausted', 'title', '${problemTitles.budget_exhausted}', 'status', 402,
            'detail', $11::json ->> refused_by,
            'resets_at', to_char(resets_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')),
          ${endWithoutRunner}
        from reservation where turns.id = reservation.id and refused_by is not null
      ), released as (
        -- With this holder and no lease, the claim's next statement takes nothing.
        update conversations set ${revokeLease}, lease_holder = $4
        where id = $1 and exists (select from reservation where refused_by is not null)
      )
      select amount::text, refused_by from reservation`,
    params: [
      conversationId,
      owner,
      turnId,
      claimId,
      caps.turn,
      turnWorst,
      callWorst,
      caps.siteMonth,
      caps.siteDay,
      caps.ownerDay,
      JSON.stringify(refusals),
    ],
  };
}

const refusals = {
  "owner/day": "Your budget for today is used up. Send the message again tomorrow.",
  "site/day": "The budget of this service for today is used up. Send the message again tomorrow.",
  "site/month":
    "The budget of this service for this month is used up. Send the message again next month, or ask the operators.",
};

/** The attempt of the booking that pays for the summary after a turn. */
const summaryAttempt = 0;

/** Reserves the money of one model call after a turn. Runs after the turn's own booking is settled. */
export function reserveForSummary(turnId: string, { caps, callWorst }: TurnBudget): Statement {
  return {
    text: `
      select reserved.amount::text, reserved.refused_by
      from turns, lateral reserve_budget(
        turns.id, ${summaryAttempt}, turns.owner, $2, $3, $3, $4, $5, $6) as reserved
      where turns.id = $1`,
    params: [turnId, caps.turn, callWorst, caps.siteMonth, caps.siteDay, caps.ownerDay],
  };
}

/** Settles the booking of the summary after a turn. */
export const settleSummary = (turnId: string, cost: AttemptCost): Statement =>
  settleBooking({ id: turnId, attempt: summaryAttempt }, cost);

/** Adds to the statement of a beat: stores what the runner has spent so far. `$1` and `$2` are positions of parameters. */
export const bookRunningCost = (
  turnId: string,
  attempt: string,
  spent: string,
  inFlight: string,
) => `
  update bookings set spent = ${spent}, in_flight = ${inFlight}
  where turn_id = ${turnId} and attempt = ${attempt} and state = 'open'
    and (spent, in_flight) is distinct from (${spent}, ${inFlight})`;

/** Settles an attempt. Repeated, or after another statement has estimated the attempt, it books the amount once. */
export function settleBooking(
  turn: { id: string; attempt: number },
  { spent, isEstimated, usage }: AttemptCost,
): Statement {
  return {
    text: "select settle_booking($1, $2, $3, $4, $5)",
    params: [turn.id, turn.attempt, spent, isEstimated, usage && JSON.stringify(usage)],
  };
}
