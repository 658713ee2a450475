import { randomUUID } from "node:crypto";
import * as v from "valibot";
import { TurnState } from "#lib/contract/chat.ts";
import { problemTitles } from "#lib/contract/problem-titles.ts";
import type { Database, Row, Statement } from "#lib/platform/postgres.ts";
import {
  leaseEnd,
  leaseIsFree,
  leaseIsFreeFor,
  leaseIsHeldBy,
  nextFence,
  revokeLease,
} from "./lease-sql.ts";
import { lockConversation } from "./lock-conversation.ts";
import { summaryIsCurrent } from "./store-summary.ts";
import { partOf, type TransactionPart } from "./transaction-part.ts";
import { createTurnLease, type TurnLease } from "./turn-lease.ts";
import { readReservation, reserveForOldestTurn, type TurnBudget } from "./turn-money.ts";
import { endWithoutRunner, selectTurn, turnIsOpen } from "./turn-sql.ts";

export interface ClaimInput {
  owner: string;
  conversationId: string;
  /**
   * The turn whose end the caller waits for. If that turn has ended, the claim starts nothing. The claim always starts the
   * oldest open turn, whichever turn is named here.
   */
  turnId?: string | undefined;
  /** Reads the conversation's thread in the claim's transaction. Returns rows only if the claim takes the lease. */
  readThread: Statement;
  /** The claim's own transaction begins the conversation, so it has no earlier turn and no thread. */
  beginsConversation?: boolean;
}

export type Claim =
  /** The owner has no such conversation, or the conversation has no such turn. */
  | { outcome: "unknown" }
  /** The conversation has no turns. */
  | { outcome: "empty" }
  /** The caller holds the lease and must run the oldest open turn. `threadRows` is what `readThread` returned. */
  | { outcome: "claimed"; lease: TurnLease; threadRows: Row[] }
  /** Another runner holds the lease and runs `turn`. */
  | { outcome: "busy"; turn: TurnState }
  /**
   * A budget could not cover the oldest open turn, which has ended as failed. `turn` is the turn that the caller waits
   * for; unless it has ended itself, the caller claims again.
   */
  | { outcome: "refused"; turn: TurnState }
  /** Nothing to run: `turn` is the named turn, which has ended, or the newest turn if the caller named none. */
  | { outcome: "idle"; turn: TurnState };

/** On which terms a claim starts a turn. */
export interface ClaimTerms {
  /** Another runner may take a turn over whose runner has not beaten for so long. */
  leaseSeconds: number;
  budget: TurnBudget;
}

/** A turn that three runners have started without ending it fails. */
const maxAttempts = 3;

const ClaimedTurn = v.object({
  id: v.string(),
  input: v.string(),
  attempts: v.number(),
  replaces: v.nullable(v.string()),
  replaced: v.array(v.string()),
  fence: v.string(),
  summary: v.nullable(v.object({ text: v.string(), untilTurn: v.string() })),
});

/**
 * Takes a conversation's lease if the lease is free, starts the oldest open turn and reads the thread: one database request.
 *
 *     runner A   claims: fence 7, until 12:00:15 ── freezes ······················· thaws, writes under fence 7: refused
 *     runner B                                      12:00:16 claims: fence 8 ── writes under fence 8 ── ends the turn
 *
 * The first statement locks the conversation. An accept, a stop, an end or another claim of the same conversation runs
 * before all statements or after all of them, never between two of them.
 */
export async function claimTurn(
  database: Database,
  input: ClaimInput,
  terms: ClaimTerms,
): Promise<Claim> {
  const { statements, read } = claimPart(database, input, terms);
  const [conversation, ...rows] = await database.transaction([
    lockConversation(input.conversationId, input.owner),
    ...statements,
  ]);
  return conversation?.[0] === undefined ? { outcome: "unknown" } : read(rows);
}

/**
 * Returns the statements that claim a turn. An earlier statement of the transaction must lock the conversation. If the
 * conversation does not have the named turn, the statements change nothing and return no thread.
 */
export function claimPart(
  database: Database,
  input: ClaimInput,
  { leaseSeconds, budget }: ClaimTerms,
): TransactionPart<Claim> {
  const claimedAt = performance.now();
  const claimId = randomUUID();
  const { beginsConversation } = input;
  return partOf(
    {
      abandoned: beginsConversation ? undefined : endAbandonedTurn(input),
      reserved: reserveForOldestTurn(input, claimId, budget),
      started: startOldestOpenTurn(input, claimId, leaseSeconds),
      running: selectRunningTurn(input),
      requested: selectTurn(input),
      thread: beginsConversation ? undefined : readThreadIfStarted(input, leaseSeconds),
    },
    ({ reserved, started, running, requested, thread }): Claim => {
      const requestedRow = requested?.[0];
      if (requestedRow === undefined) return { outcome: input.turnId ? "unknown" : "empty" };

      const reservation = reserved?.[0] && readReservation(reserved[0]);
      const startedRow = started?.[0];
      if (startedRow !== undefined && reservation !== undefined) {
        const { fence, ...turn } = {
          ...readClaimedTurn(startedRow, input.conversationId),
          reserved: reservation.amount,
        };
        const lease = createTurnLease({ database, turn, fence, leaseSeconds, budget, claimedAt });
        return { outcome: "claimed", lease, threadRows: thread ?? [] };
      }

      const requestedTurn = v.parse(TurnState, requestedRow);
      if (reservation?.refused_by) return { outcome: "refused", turn: requestedTurn };
      const runningRow = running?.[0];
      const namedTurnHasEnded = input.turnId !== undefined && requestedTurn.finished_at !== null;
      if (runningRow === undefined || namedTurnHasEnded) {
        return { outcome: "idle", turn: requestedTurn };
      }
      return { outcome: "busy", turn: v.parse(TurnState, runningRow) };
    },
  );
}

function readClaimedTurn(row: Row, conversationId: string) {
  const { input, attempts, summary, ...turn } = v.parse(ClaimedTurn, row);
  return {
    ...turn,
    conversationId,
    message: input,
    attempt: attempts,
    summary: summary ?? undefined,
  };
}

/**
 * Ends the running turn if its lease is free and either a person stopped the turn or three attempts have failed.
 * Settles the race with a frozen runner: the turn ends here, the runner thaws, and its late writes are refused, even if no
 * other turn is started.
 */
function endAbandonedTurn(input: ClaimInput): Statement {
  const error = {
    type: "attempts_exhausted",
    title: problemTitles.attempts_exhausted,
    status: 500,
    detail: `No answer after ${maxAttempts} attempts. Send the message again.`,
  };
  return {
    text: `
      with abandoned as (
        select id from turns
        where conversation_id = $1 and status = 'running'
          and (cancel_requested or attempts >= $3)
          and ($5::uuid is null                        -- the conversation has the named turn
            or exists (select from turns where id = $5 and conversation_id = $1))
      ), lease as (
        update conversations set ${revokeLease}
        where id = $1 and owner = $2 and ${leaseIsFree} and exists (select from abandoned)
        returning id
      )
      update turns set
        status = case when cancel_requested then 'stopped' else 'failed' end,
        error = case when cancel_requested then null else $4::json end,
        ${endWithoutRunner}
      from abandoned, lease where turns.id = abandoned.id`,
    params: [input.conversationId, input.owner, maxAttempts, JSON.stringify(error), input.turnId],
  };
}

/**
 * Takes the lease and sets the oldest open turn to running. Settles two races:
 *
 * - Two runners claim at once. The first takes the lease; the second finds the lease held and starts nothing.
 * - The reply to a claim is lost, and the database client sends the claim again with the same claim id. The retry keeps the
 *   lease that the claim has taken: same attempt, same fence. A retry that arrives after the turn has ended starts nothing.
 */
function startOldestOpenTurn(input: ClaimInput, claimId: string, leaseSeconds: number): Statement {
  const isRetry = leaseIsHeldBy("$5");
  return {
    text: `
      with oldest as (
        select id, exists (select from conversations where id = $1 and ${isRetry}) as is_retry
        from turns
        where conversation_id = $1 and ${turnIsOpen}
        order by seq limit 1
      ), lease as (
        update conversations
        set fence = case when ${isRetry} then fence else ${nextFence} end,
          lease_until = ${leaseEnd("$4")}, lease_holder = $5
        where id = $1 and owner = $2 and ${leaseIsFreeFor("$5")}
          and exists (select from oldest)
          and ($3::uuid is null                        -- the named turn has not ended
            or exists (
              select from turns where id = $3 and conversation_id = $1 and ${turnIsOpen}))
        returning fence, case when ${summaryIsCurrent}
          then json_build_object('text', summary, 'untilTurn', summary_until) end as summary
      )
      update turns
      set status = 'running', partial = null, tools = '[]',
        attempts = attempts + case when is_retry then 0 else 1 end
      from oldest, lease where turns.id = oldest.id
      returning turns.id, turns.input, turns.attempts, turns.replaces, lease.fence, lease.summary, array(
        -- The newest done turn committed the thread without the turns that were replaced before.
        select replaces from turns
        where conversation_id = $1 and replaces is not null and seq > coalesce(
          (select max(seq) from turns where conversation_id = $1 and status = 'done'), 0)
      ) as replaced`,
    params: [input.conversationId, input.owner, input.turnId, leaseSeconds, claimId],
  };
}

function selectRunningTurn({ owner, conversationId }: ClaimInput): Statement {
  return {
    text: `
      select * from turn_states
      where conversation_id = $1 and owner = $2 and status = 'running'`,
    params: [conversationId, owner],
  };
}

/**
 * Reads the thread only if this transaction took the lease; the lease's exact end identifies it. Callers that follow need
 * no thread, and a caller who does not own the conversation must not get one.
 */
function readThreadIfStarted(
  { owner, conversationId, readThread: { text, params } }: ClaimInput,
  leaseSeconds: number,
): Statement {
  const parameter = (position: number) => `$${params.length + position}`;
  return {
    text: `
      select * from (${text}) as thread
      where exists (
        select from conversations where id = ${parameter(1)} and owner = ${parameter(2)}
          and lease_until = ${leaseEnd(parameter(3))})`,
    params: [...params, conversationId, owner, leaseSeconds],
  };
}
