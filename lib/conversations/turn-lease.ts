import { setTimeout as delay } from "node:timers/promises";
import * as v from "valibot";
import type { ToolCall, TurnRemark, TurnState, Usage } from "#lib/contract/chat.ts";
import { Citation, type UnsourcedNumber } from "#lib/contract/citation.ts";
import type { ClientTool } from "#lib/contract/client-tool.ts";
import type { ConversationSettings } from "#lib/contract/conversation-settings.ts";
import type { Source } from "#lib/contract/source.ts";
import { textNumberOf } from "#lib/contract/text-number.ts";
import { firstBytes } from "#lib/platform/first-bytes.ts";
import {
  type Database,
  DatabaseUnavailable,
  type Row,
  SqlError,
  type Statement,
} from "#lib/platform/postgres.ts";
import { storableText } from "#lib/platform/storable-text.ts";
import {
  beginAtCheckpoint,
  claimEffect,
  type EffectClaim,
  readEffectClaim,
  settleEffect,
} from "./claim-effect.ts";
import { callFunction } from "./function-call.ts";
import { packAttempt } from "./packed-trace.ts";
import { type GatedCall, parkTurn } from "./park-turn.ts";
import { storableSources } from "./storable-sources.ts";
import { storableTools } from "./storable-tools.ts";
import type { StoredAttempt } from "./stored-trace.ts";
import {
  type AttemptCost,
  bookedTokens,
  bookRunningCost,
  type RunningCost,
  readFollowUp,
  reserveForSummary,
  reserveForTitle,
  settleBooking,
  storedUsage,
  type TurnBudget,
} from "./turn-money.ts";
import { selectTurn } from "./turn-sql.ts";
import { readTurnState } from "./turn-state.ts";

interface Progress {
  text: string;
  /** A new array whenever a call has changed. */
  tools: ToolCall[];
  /** A new array whenever a source is added. */
  sources: Source[];
  /** How often this attempt has taken its text back. Missing: never. */
  restarts?: number | undefined;
}

/** The right to run one turn until the turn ends or another runner takes it over. */
export interface TurnLease {
  readonly turn: {
    id: string;
    conversationId: string;
    message: string;
    /** 1 for the first runner of the turn, and one more for each take-over. */
    attempt: number;
    /** The turn that this turn follows. */
    parent: string | null;
    /** The turn that this turn replaces. */
    replaces: string | null;
    /**
     * The last turns of this turn's branch, oldest first, if the stored thread does not end with the parent: the thread begins
     * anew with them. Empty if the stored thread is that of the branch.
     */
    branch: EndedTurn[];
    /** The model reads this text instead of the turns up to `untilTurn`. */
    summary?: { text: string; untilTurn: string } | undefined;
    /** What this attempt may cost, in whole microdollars. */
    reserved: number;
    /** How often the turn has been parked before this attempt. */
    parkings: number;
    /** What the person had seen at the turn's newest checkpoint, and what the model calls before its last parking used. */
    base: { text: string; tools: ToolCall[]; sources: Source[]; usage: Usage | null };
    /** The thread holds this very turn, unfinished: the attempt continues it and does not repeat the message. */
    resumes: boolean;
    /** Tools that the program runs itself which sent the message. */
    clientTools: readonly ClientTool[];
    /** The owner lets the agent keep and read notes. */
    notesEnabled: boolean;
    /** The conversation's. */
    settings: ConversationSettings;
    /** What the model is told in every conversation of the owner. Empty: nothing. */
    ownerInstructions: string;
  };
  /** The most that one model call can cost, in whole microdollars. */
  readonly callWorst: number;
  /** `performance.now()` before the claim was sent. */
  readonly claimedAtMs: number;
  /**
   * Renews the lease, and stores the money spent and, if they have changed, the text and tools that followers see. Returns
   * the stop flag.
   * @throws LeaseLost
   */
  beat(progress: Progress, cost: RunningCost): Promise<{ cancelRequested: boolean }>;
  /**
   * Parks the turn until a person has decided about these calls. The thread's statements, the money and the release of the
   * lease commit together or not at all. Call it once. Returns the turn's state.
   * @param progress its `usage` is the whole turn's so far; that of `cost` is this attempt's
   * @throws StopRequested, LeaseLost, or DatabaseUnavailable if the database gave no answer before the lease ran out
   */
  park(
    calls: readonly GatedCall[],
    progress: Progress & { usage: Usage | null; trace?: StoredAttempt | undefined },
    cost: AttemptCost,
    threadWrites: readonly Statement[],
  ): Promise<TurnState>;
  /**
   * Claims a call's effect. With `threadWrites` the thread so far is stored too, and a later attempt continues from there.
   * @param receiptId a new id for each call of this method
   * @throws StopRequested, LeaseLost, or DatabaseUnavailable if the database gave no answer before the lease ran out
   */
  claimEffect(
    call: GatedCall,
    receiptId: string,
    progress: Progress,
    threadWrites?: readonly Statement[],
  ): Promise<EffectClaim>;
  /**
   * Stores what a call has done, even if the lease was lost meanwhile.
   * @throws DatabaseUnavailable if the database gave no answer before the lease ran out
   */
  settleEffect(receiptId: string, result: { failed: boolean; output: string }): Promise<void>;
  /**
   * Ends the turn. The thread's statements, the result, the money and the release of the lease commit together or not at
   * all. Call it once. Without statements the stored thread stays as it was.
   * @throws LeaseLost
   * @throws DatabaseUnavailable if the database gave no answer before the lease ran out
   */
  finish(
    end: TurnEnd,
    cost: AttemptCost & { followUp?: FollowUp | undefined },
    threadWrites: readonly Statement[],
  ): Promise<StoredEnd>;
  /** Books what this attempt has cost after its lease was lost: it replaces the estimate of whoever ended the attempt. */
  settleLate(cost: AttemptCost): Promise<void>;
}

/** A turn as the model knows it from its row. Its tools tell what happened, so that the model learns of each effect. */
export interface EndedTurn {
  id: string;
  message: string;
  /** What the person saw of the answer. */
  text: string;
  tools: readonly ToolCall[];
}

export interface TurnEnd {
  status: "done" | "failed" | "stopped";
  text: string;
  tools: ToolCall[];
  sources: Source[];
  /** Missing if there was nothing to check. */
  citations?: Citation[] | undefined;
  unsourcedNumbers?: UnsourcedNumber[] | undefined;
  usage: Usage | null;
  model: string | null;
  remarks: readonly TurnRemark[];
  /** The oldest turn that the model saw; null if no model was called. */
  historyFrom: string | null;
  /** The newest turn that the model knew only from the summary. */
  summarisedUntil: string | null;
  error: TurnState["error"];
  /** What the person could send next. */
  suggestions?: readonly string[] | undefined;
  restarts?: number | undefined;
  trace?: StoredAttempt | undefined;
}

/** A model call after the turn: a summary of the thread's oldest turns, or a title for the conversation. */
export type FollowUp = "summary" | "title";

/** What the database knows when a turn has ended. */
export interface StoredEnd {
  /**
   * What is reserved for the follow-up, in whole microdollars. 0 if a budget cannot cover it, which only a free model can use.
   * Null if there is none: the conversation has its title, or nobody knows what was reserved.
   */
  reserved: number | null;
  /** The citations as they are stored: a document may have been deleted since its passage was read. */
  citations?: Citation[] | undefined;
}

/** Another runner took the conversation over, or the conversation was deleted. The refused call wrote nothing. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
}

/** The person stopped the turn. The refused call wrote nothing. */
export class StopRequested extends Error {
  override readonly name = "StopRequested";
}

interface TurnLeaseOptions {
  database: Database;
  owner: string;
  turn: TurnLease["turn"];
  fence: string;
  /** The most that one call of the turn's model can cost. */
  callWorst: number;
  leaseSeconds: number;
  budget: TurnBudget;
  approvalDays: number;
  claimedAtMs: number;
}

/** The SQLSTATE that the SQL function `assert_fence` raises. */
const fenceDiffers = "TL001";
/** The SQLSTATE that the SQL function `refuse_after_stop` raises. */
const turnIsStopped = "TL002";
/** Followers see at most so much of a running turn. The end of the turn stores the whole text. */
const maxPartialBytes = 64 * 1024;
const firstRetryMs = 200;

const reserveFollowUp = { summary: reserveForSummary, title: reserveForTitle };

export function createTurnLease(options: TurnLeaseOptions): TurnLease {
  const { database, owner, turn, fence, leaseSeconds, budget, approvalDays } = options;
  let renewedAt = options.claimedAtMs;
  let stored: Progress | undefined;
  /** Resolves when no beat is under way. Beats of the heartbeat and of payments may overlap. */
  let beats: Promise<unknown> = Promise.resolve();
  const leaseHasRunOut = () => performance.now() - renewedAt > leaseSeconds * 1_000;

  /** Sends a request again while the database gives no answer and the lease lasts. */
  async function untilLeaseRunsOut<Result>(request: () => Promise<Result>): Promise<Result> {
    for (let retryMs = firstRetryMs; ; retryMs *= 2) {
      try {
        return await request();
      } catch (error) {
        if (!(error instanceof DatabaseUnavailable) || leaseHasRunOut()) throw error;
        await delay(retryMs);
      }
    }
  }

  /**
   * Commits all statements under the fence, or none.
   * @param readCommitted returns the result if an earlier try has committed, its reply was lost, and another runner has
   *   claimed the conversation since
   */
  async function commit<Result>(
    statements: readonly Statement[],
    read: (rows: Row[][]) => Result,
    readCommitted: () => Promise<Result | undefined>,
  ): Promise<Result> {
    const all = [assertFence(turn.conversationId, fence), ...statements];
    try {
      return read(await untilLeaseRunsOut(() => database.transaction(all)));
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      if (error.code === turnIsStopped) throw new StopRequested("The person stopped the turn.");
      if (error.code !== fenceDiffers) throw error;
      const result = await readCommitted();
      if (result === undefined) throw new LeaseLost("The lease was lost before this request.");
      return result;
    }
  }

  /** A text must not be stored without its number: whoever goes on behind a number of an earlier text would get the tail of this one. */
  const newRestarts = ({ restarts = 0 }: Pick<Progress, "restarts">): Statement[] =>
    restarts === (stored?.restarts ?? 0) ? [] : [storeRestarts(turn, restarts)];

  return {
    turn,
    callWorst: options.callWorst,
    claimedAtMs: options.claimedAtMs,
    async beat(progress, cost) {
      const sentAt = performance.now();
      const hasChanged =
        progress.text !== stored?.text ||
        progress.restarts !== stored.restarts ||
        progress.tools !== stored.tools ||
        progress.sources !== stored.sources;
      const news = hasChanged ? progress : undefined;
      const beating = database.query(renewLease(turn, fence, leaseSeconds, cost, news));
      beats = Promise.allSettled([beats, beating]).then(() => {});
      const [row] = await beating;
      if (row === undefined) throw new LeaseLost("The lease was lost before this beat.");
      renewedAt = sentAt;
      stored = progress;
      return { cancelRequested: row.cancel_requested === true };
    },

    async park(calls, progress, cost, threadWrites) {
      const state = selectTurn({ owner, conversationId: turn.conversationId, turnId: turn.id });
      return commit(
        [
          ...threadWrites,
          ...newRestarts(progress),
          parkTurn(turn, calls, progress, cost, approvalDays),
          state,
        ],
        (rows) => readTurnState(rows.at(-1)?.[0]),
        async () => {
          const [row] = await database.query(state);
          const parked = row && readTurnState(row);
          return parked && parked.parkings > turn.parkings ? parked : undefined;
        },
      );
    },

    async claimEffect(call, receiptId, progress, threadWrites) {
      // A beat that came after the claim would store the progress from before the call.
      await beats;
      const statements = [
        ...(threadWrites ? [...threadWrites, beginAtCheckpoint(turn.id, progress)] : []),
        storeClaimProgress(turn.id, progress),
        ...newRestarts(progress),
        claimEffect(turn.id, call, receiptId),
      ];
      const claim = await commit(
        statements,
        (rows) => readEffectClaim(rows.at(-1)?.[0]),
        // Whoever holds the lease now calls a claimed receipt unknown. The effect must not follow.
        async () => undefined,
      );
      stored = progress;
      return claim;
    },

    async settleEffect(receiptId, result) {
      await untilLeaseRunsOut(() => database.query(settleEffect(receiptId, result)));
    },

    async finish(end, cost, threadWrites) {
      const statements = [
        ...threadWrites,
        ...newRestarts(end),
        endTurn(turn, end, cost, threadWrites.length > 0),
        ...(cost.followUp ? [reserveFollowUp[cost.followUp](turn.id, budget)] : []),
      ];
      return commit(
        statements,
        (rows) => ({
          reserved: cost.followUp ? readFollowUp(rows.at(-1)?.[0]) : null,
          citations: readCitations(rows.at(cost.followUp ? -2 : -1)?.[0]),
        }),
        () => readStoredEnd(database, turn, end),
      );
    },

    async settleLate(cost) {
      await database.query(settleBooking(turn, cost));
    },
  };
}

/**
 * Settles the race of a beat with a take-over and with the turn's own end. After a take-over the fence differs; after the
 * end the lease is released. In both cases the late beat changes nothing and returns no row.
 * @param news what to store; a model that thinks for a minute gives nothing to store
 */
function renewLease(
  turn: TurnLease["turn"],
  fence: string,
  leaseSeconds: number,
  cost: RunningCost,
  news: Progress | undefined,
): Statement {
  const lease = `
    with lease as (
      update conversations set lease_until = lease_end($3)
      where id = $1 and fence = $2 and lease_until is not null
      returning id
    ), booking as (
      ${bookRunningCost("$4", "$5", "$6", "$7")} and exists (select from lease)
    )`;
  const ofTurn = "turns.id = $4 and turns.status = 'running'";
  const params = [
    ...[turn.conversationId, fence, leaseSeconds],
    ...[turn.id, turn.attempt, cost.spent, cost.inFlight],
  ];
  if (!news) {
    return { text: `${lease} select cancel_requested from turns, lease where ${ofTurn}`, params };
  }
  return {
    text: `
      ${lease}
      update turns set partial = $8, tools = $9, sources = $10, text_number = $11 from lease where ${ofTurn}
      returning cancel_requested`,
    params: [
      ...params,
      firstBytes(storableText(news.text), maxPartialBytes),
      storableTools(news.tools),
      storableSources(news.sources),
      storedTextNumber(turn, news.restarts),
    ],
  };
}

const storeRestarts = (turn: TurnLease["turn"], restarts: number): Statement => ({
  text: "update turns set text_number = $2 where id = $1",
  params: [turn.id, storedTextNumber(turn, restarts)],
});

const storedTextNumber = ({ attempt }: TurnLease["turn"], restarts = 0): number | null =>
  restarts === 0 ? null : textNumberOf({ attempt, restarts });

/**
 * Stores under an asserted fence what followers see when a call is claimed. The next attempt begins with these calls, so that no
 * claimed call is ever out of sight.
 */
function storeClaimProgress(turnId: string, { text, tools, sources }: Progress): Statement {
  return {
    text: `
      update turns set partial = $2, tools = $3, sources = $4,
        base_tools = case when base_text is not null then $3::json end,
        base_sources = case when base_text is not null then $4::json end
      where id = $1 and status = 'running'`,
    params: [
      ...[turnId, firstBytes(storableText(text), maxPartialBytes)],
      ...[storableTools(tools), storableSources(sources)],
    ],
  };
}

/**
 * Settles the race between the end of a turn and a take-over. Locks the conversation, so that a later take-over waits for
 * the commit; raises TL001 if the take-over came first, so that the whole transaction writes nothing.
 */
function assertFence(conversationId: string, fence: string): Statement {
  return { text: "select assert_fence($1, $2)", params: [conversationId, fence] };
}

/**
 * Stores the result, settles the money and releases the conversation.
 * @param storesThread the same transaction stores the thread, which ends with this turn
 */
function endTurn(
  turn: TurnLease["turn"],
  end: TurnEnd,
  cost: AttemptCost,
  storesThread: boolean,
): Statement {
  const { text, params } = callFunction("end_turn", {
    conversation: turn.conversationId,
    turn: turn.id,
    attempt: turn.attempt,
    status: end.status,
    result: storableText(end.text),
    tools: storableTools(end.tools),
    usage: end.usage && storedUsage(end.usage),
    model: end.model,
    error: end.error && JSON.stringify(end.error),
    remarks: JSON.stringify(end.remarks),
    history_from: end.historyFrom,
    summarised_until: end.summarisedUntil,
    spent: cost.spent,
    is_estimated: cost.isEstimated,
    spent_usage: bookedTokens(cost.usage),
    stores_thread: storesThread,
    sources: storableSources(end.sources),
    citations: end.citations?.length ? JSON.stringify(end.citations) : null,
    unsourced_numbers: end.unsourcedNumbers?.length ? JSON.stringify(end.unsourcedNumbers) : null,
    trace: end.trace && packAttempt(end.trace, end.model),
    ...(end.suggestions?.length && { suggestions: JSON.stringify(end.suggestions) }),
  });
  return { text: `select ${text} as citations`, params };
}

const readCitations = (row: Row | undefined): Citation[] | undefined =>
  v.parse(v.nullable(v.array(Citation)), row?.citations ?? null) ?? undefined;

/** Returns undefined if this end of the turn is not the stored one. */
async function readStoredEnd(
  database: Database,
  turn: TurnLease["turn"],
  end: TurnEnd,
): Promise<StoredEnd | undefined> {
  const [row] = await database.query({
    text: "select citations from turns where id = $1 and attempts = $2 and status = $3 and result = $4",
    params: [turn.id, turn.attempt, end.status, storableText(end.text)],
  });
  return row && { reserved: null, citations: readCitations(row) };
}
