import { randomUUID } from "node:crypto";
import * as v from "valibot";
import { TurnState } from "#lib/contract/chat.ts";
import { problemTitles } from "#lib/contract/problem-titles.ts";
import type { Database, Row, Statement } from "#lib/platform/postgres.ts";
import { endedWithoutRunner } from "./ended-without-runner.ts";
import { lockConversation } from "./lock-conversation.ts";
import { summaryIsTrue } from "./summary-is-true.ts";
import { createTurnLease, type TurnLease } from "./turn-lease.ts";

export interface ClaimInput {
  owner: string;
  conversationId: string;
  /** The turn that the caller waits for; without it all of them. It does not choose what is run. */
  turnId?: string | undefined;
  /** A statement that reads the conversation's thread. It runs in the claim's transaction, if the claim takes the lease. */
  readThread: Statement;
}

export type Claim =
  /** No such conversation of this owner, or no such turn in it. */
  | { outcome: "unknown" }
  /** A conversation without turns. */
  | { outcome: "empty" }
  /** The head of the queue is ours, with the rows that `readThread` has read. */
  | { outcome: "claimed"; lease: TurnLease; threadRows: Row[] }
  /** Somebody else runs `turn`. */
  | { outcome: "busy"; turn: TurnState }
  /** The asked turn has ended; or, without one, nothing is open, and this is the newest. */
  | { outcome: "idle"; turn: TurnState };

/** So often a turn is begun before it is given up. */
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
 * Takes the right to run a conversation's turns, if nobody has it, together with the thread as it is:
 * one database request. Only the database's clock is asked.
 *
 *     runner A   claim: fence 7, until 12:00:15 ── frozen ······························ thaws, writes: fence 7 ≠ 8, refused
 *     runner B                                      12:00:16 claim: fence 8 ── writes ── ends
 *
 * The conversation's row is locked first, so whoever claims, accepts, stops or ends at the same time
 * comes before or after, never between two of these statements.
 */
export async function claimTurn(
  database: Database,
  input: ClaimInput,
  leaseSeconds: number,
): Promise<Claim> {
  const claimedAt = performance.now();
  const claimId = randomUUID();
  const [conversation, , taken, running, asked, thread] = await database.transaction([
    lockConversation(input.conversationId, input.owner),
    endAbandonedTurn(input),
    takeHeadOfQueue(input, claimId, leaseSeconds),
    selectRunning(input),
    selectAsked(input),
    ifJustTaken(input, leaseSeconds),
  ]);

  const askedRow = asked?.[0];
  if (conversation?.[0] === undefined) return { outcome: "unknown" };
  if (askedRow === undefined) return { outcome: input.turnId ? "unknown" : "empty" };

  const claimed = taken?.[0];
  if (claimed !== undefined) {
    const { fence, ...turn } = v.parse(ClaimedTurn, claimed);
    const lease = createTurnLease({
      database,
      turn: {
        id: turn.id,
        conversationId: input.conversationId,
        message: turn.input,
        attempt: turn.attempts,
        replaces: turn.replaces,
        replaced: turn.replaced,
        summary: turn.summary ?? undefined,
      },
      fence,
      leaseSeconds,
      claimedAt,
    });
    return { outcome: "claimed", lease, threadRows: thread ?? [] };
  }

  const askedTurn = v.parse(TurnState, askedRow);
  const runningRow = running?.[0];
  const isTold = input.turnId !== undefined && askedTurn.finished_at !== null;
  if (runningRow === undefined || isTold) return { outcome: "idle", turn: askedTurn };
  return { outcome: "busy", turn: v.parse(TurnState, runningRow) };
}

const nobodyHoldsTheLease = "(lease_until is null or lease_until <= now())";

/** A turn whose runner is gone ends here if it was to be stopped, or was tried often enough. */
function endAbandonedTurn(input: ClaimInput): Statement {
  const error = {
    type: "attempts_exhausted",
    title: problemTitles.attempts_exhausted,
    status: 500,
    detail: `This message could not be answered in ${maxAttempts} attempts. Please send it again.`,
  };
  return {
    text: `
      with over as (
        select id from turns
        where conversation_id = $1 and status = 'running'
          and (cancel_requested or attempts >= $3)
      ), lease as (
        -- The higher number keeps a runner out that is not gone but frozen, though nobody may follow it.
        update conversations set fence = fence + 1, lease_until = null
        where id = $1 and owner = $2 and ${nobodyHoldsTheLease} and exists (select from over)
        returning id
      )
      update turns set
        status = case when cancel_requested then 'stopped' else 'failed' end,
        error = case when cancel_requested then null else $4::json end,
        ${endedWithoutRunner}
      from over, lease where turns.id = over.id`,
    params: [input.conversationId, input.owner, maxAttempts, JSON.stringify(error)],
  };
}

/**
 * The lease goes to a claim once. One whose reply was lost comes again by the same id and has it still: it is the same
 * attempt, under the same fence. One that arrives when its turn has long ended takes nothing.
 */
function takeHeadOfQueue(input: ClaimInput, claimId: string, leaseSeconds: number): Statement {
  const isRepeated = "(lease_holder is not distinct from $5 and lease_until > now())";
  return {
    text: `
      with head as (
        select id, exists (select from conversations where id = $1 and ${isRepeated}) as is_repeated
        from turns
        where conversation_id = $1 and status in ('queued', 'running')
        order by seq limit 1
      ), lease as (
        update conversations
        set fence = fence + case when ${isRepeated} then 0 else 1 end,
          lease_until = now() + make_interval(secs => $4), lease_holder = $5
        where id = $1 and owner = $2
          and (${isRepeated} or ${nobodyHoldsTheLease} and lease_holder is distinct from $5)
          and exists (select from head)                -- there is something to run
          and ($3::uuid is null                        -- what was asked about is still to come
            or exists (
              select from turns where id = $3 and conversation_id = $1
                and status in ('queued', 'running')))
        returning fence, case when ${summaryIsTrue}
          then json_build_object('text', summary, 'untilTurn', summary_until) end as summary
      )
      update turns
      set status = 'running', partial = null, tools = '[]',
        attempts = attempts + case when is_repeated then 0 else 1 end
      from head, lease where turns.id = head.id
      returning turns.id, turns.input, turns.attempts, turns.replaces, lease.fence, lease.summary, array(
        -- The newest answer was committed without those before it.
        select replaces from turns
        where conversation_id = $1 and replaces is not null and seq > coalesce(
          (select max(seq) from turns where conversation_id = $1 and status = 'done'), 0)
      ) as replaced`,
    params: [input.conversationId, input.owner, input.turnId, leaseSeconds, claimId],
  };
}

function selectRunning({ owner, conversationId }: ClaimInput): Statement {
  return {
    text: `
      select * from turn_states
      where conversation_id = $1 and owner = $2 and status = 'running'`,
    params: [conversationId, owner],
  };
}

function selectAsked({ owner, conversationId, turnId }: ClaimInput): Statement {
  return {
    text: `
      select * from turn_states
      where conversation_id = $1 and owner = $2 and ($3::uuid is null or turn_id = $3)
      order by seq desc limit 1`,
    params: [conversationId, owner, turnId],
  };
}

/** A follower needs no thread, and a stranger must not get one: only the lease of this very transaction ends then. */
function ifJustTaken(
  { owner, conversationId, readThread: { text, params } }: ClaimInput,
  leaseSeconds: number,
): Statement {
  const own = (position: number) => `$${params.length + position}`;
  return {
    text: `
      select * from (${text}) as thread
      where exists (
        select from conversations where id = ${own(1)} and owner = ${own(2)}
          and lease_until = now() + make_interval(secs => ${own(3)}))`,
    params: [...params, conversationId, owner, leaseSeconds],
  };
}
