import { setTimeout as delay } from "node:timers/promises";
import type { ToolCall, TurnRemark, TurnState, Usage } from "#lib/contract/chat.ts";
import {
  type Database,
  DatabaseUnavailable,
  SqlError,
  type Statement,
} from "#lib/platform/postgres.ts";
import { storableText } from "./storable-text.ts";
import { storableTools } from "./storable-tools.ts";

/** The right to run one turn, until it ends or somebody else takes it over. */
export interface TurnLease {
  readonly turn: {
    id: string;
    conversationId: string;
    message: string;
    attempt: number;
    /** The turn whose place it took. */
    replaces: string | null;
    /** Turns that others took the place of and that the thread may still hold: the model must not see them. */
    replaced: string[];
    /** What the model is told of the turns up to `untilTurn`. */
    summary?: { text: string; untilTurn: string } | undefined;
  };
  /** Renews the lease and stores what followers see. @throws LeaseLost */
  beat(progress: { text: string; tools: ToolCall[] }): Promise<{ cancelRequested: boolean }>;
  /**
   * Ends the turn: the thread's statements, the result and the release commit together or not at all. Call it once.
   * @throws LeaseLost; or DatabaseUnavailable when the lease ran out before the database answered
   */
  finish(end: TurnEnd, threadWrites: readonly Statement[]): Promise<void>;
}

export interface TurnEnd {
  status: "done" | "failed" | "stopped";
  text: string;
  tools: ToolCall[];
  usage: Usage | null;
  model: string | null;
  remarks: readonly TurnRemark[];
  /** The oldest turn that the model saw; null when it was not asked. */
  historyFrom: string | null;
  /** The newest turn that the model knew only from the summary. */
  summarisedUntil: string | null;
  error: TurnState["error"];
}

/** Somebody else took the conversation over, or it was deleted. Nothing of ours was written. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
}

interface TurnLeaseOptions {
  database: Database;
  turn: TurnLease["turn"];
  fence: string;
  leaseSeconds: number;
  /** `performance.now()` before the claim was sent. */
  claimedAt: number;
}

/** What `assert_fence` raises. */
const fenceDiffers = "TL001";
/** Of what followers see of an answer while it is made; its end is stored whole. */
const maxPartialBytes = 64 * 1024;
const firstRetryMs = 200;

export function createTurnLease(options: TurnLeaseOptions): TurnLease {
  const { database, turn, fence, leaseSeconds } = options;
  let renewedAt = options.claimedAt;
  const leaseHasRunOut = () => performance.now() - renewedAt > leaseSeconds * 1_000;

  return {
    turn,
    async beat({ text, tools }) {
      const sentAt = performance.now();
      const [row] = await database.query({
        text: `
          with lease as (
            update conversations set lease_until = now() + make_interval(secs => $3)
            where id = $1 and fence = $2
              and lease_until is not null              -- a beat that arrives after our own end
            returning id
          )
          update turns set partial = $5, tools = $6
          from lease where turns.id = $4 and turns.status = 'running'
          returning cancel_requested`,
        params: [
          turn.conversationId,
          fence,
          leaseSeconds,
          turn.id,
          firstBytes(storableText(text), maxPartialBytes),
          storableTools(tools),
        ],
      });
      if (row === undefined) throw new LeaseLost("The lease was lost before this beat.");
      renewedAt = sentAt;
      return { cancelRequested: row.cancel_requested === true };
    },

    async finish(end, threadWrites) {
      const statements = [
        { text: "select assert_fence($1, $2)", params: [turn.conversationId, fence] },
        ...threadWrites,
        storeEnd(turn.id, end),
        release(turn.conversationId),
      ];
      for (let retryMs = firstRetryMs; ; retryMs *= 2) {
        try {
          await database.transaction(statements);
          return;
        } catch (error) {
          if (isLeaseLost(error)) {
            // The reply to an earlier try may have been lost, and somebody claimed the next turn since.
            if (await isStored(database, turn, end)) return;
            throw new LeaseLost("The lease was lost before the end.");
          }
          if (!(error instanceof DatabaseUnavailable) || leaseHasRunOut()) throw error;
          await delay(retryMs);
        }
      }
    },
  };
}

/** Cut between characters. */
function firstBytes(text: string, count: number): string {
  const bytes = new TextEncoder().encode(text).subarray(0, count);
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes, { stream: true });
}

/** Only while it runs: sent a second time it changes nothing. */
function storeEnd(turnId: string, end: TurnEnd): Statement {
  return {
    text: `
      update turns set
        status = $2, result = $3, tools = $4, usage = $5, model = $6, error = $7,
        remarks = $8, history_from = $9, summarised_until = $10,
        partial = null, finished_at = now()
      where id = $1 and status = 'running'`,
    params: [
      turnId,
      end.status,
      storableText(end.text),
      storableTools(end.tools),
      end.usage && JSON.stringify(end.usage),
      end.model,
      end.error && JSON.stringify(end.error),
      JSON.stringify(end.remarks),
      end.historyFrom,
      end.summarisedUntil,
    ],
  };
}

function release(conversationId: string): Statement {
  return {
    text: "update conversations set lease_until = null, updated_at = now() where id = $1",
    params: [conversationId],
  };
}

function isLeaseLost(error: unknown): boolean {
  return error instanceof SqlError && error.code === fenceDiffers;
}

async function isStored(
  database: Database,
  turn: TurnLease["turn"],
  end: TurnEnd,
): Promise<boolean> {
  const rows = await database.query({
    text: "select from turns where id = $1 and attempts = $2 and status = $3 and result = $4",
    params: [turn.id, turn.attempt, end.status, storableText(end.text)],
  });
  return rows.length > 0;
}
