import { randomUUID } from "node:crypto";
import * as v from "valibot";
import { ToolCall, type TurnState, Usage } from "#lib/contract/chat.ts";
import { ClientTool } from "#lib/contract/client-tool.ts";
import { ConversationSettings } from "#lib/contract/conversation-settings.ts";
import { problemTitles } from "#lib/contract/problem-titles.ts";
import { Source } from "#lib/contract/source.ts";
import type { Database, Row, Statement } from "#lib/platform/postgres.ts";
import { callFunction } from "./function-call.ts";
import { createTurnLease, type TurnLease } from "./turn-lease.ts";
import { budgetExhausted, reserveArguments, type TurnBudget } from "./turn-money.ts";
import { StoredApprovals, StoredTurn, withApprovals } from "./turn-state.ts";

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
  /** The oldest open turn waits for a person's decision. */
  | { outcome: "waiting"; turn: TurnState }
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
  /** A person may decide for so long about a call. */
  approvalDays: number;
}

/** A turn fails that three runners have started since its newest checkpoint. */
const maxAttempts = 3;

/** What the SQL function `claim_turn` returns. */
const ClaimResult = v.variant("outcome", [
  v.object({ outcome: v.picklist(["unknown", "empty"]) }),
  v.object({ outcome: v.picklist(["busy", "waiting", "refused", "idle"]), turn: StoredTurn }),
  v.object({
    outcome: v.literal("claimed"),
    turn: v.object({
      id: v.string(),
      message: v.string(),
      attempt: v.number(),
      parent: v.nullable(v.string()),
      replaces: v.nullable(v.string()),
      branch: v.array(
        v.object({
          ...{ id: v.string(), message: v.string(), text: v.string() },
          tools: v.array(ToolCall),
        }),
      ),
      resumes: v.boolean(),
      parkings: v.number(),
      base: v.pipe(
        v.object({
          text: v.string(),
          tools: v.array(ToolCall),
          sources: v.array(Source),
          approvals: StoredApprovals,
          usage: v.nullable(Usage),
        }),
        v.transform(({ approvals, tools, ...base }) => ({
          ...base,
          tools: withApprovals(tools, approvals),
        })),
      ),
      clientTools: v.array(ClientTool),
      notesEnabled: v.boolean(),
      settings: ConversationSettings,
      ownerInstructions: v.string(),
      summary: v.nullable(v.object({ text: v.string(), untilTurn: v.string() })),
      reserved: v.number(),
      callWorst: v.number(),
      fence: v.string(),
    }),
  }),
]);

/**
 * Takes a conversation's lease if the lease is free, starts the oldest open turn and reads the thread: one database request.
 * The comments of the SQL function `claim_turn` in migration 0011 say which races it settles.
 */
export async function claimTurn(
  database: Database,
  input: ClaimInput,
  terms: ClaimTerms,
): Promise<Claim> {
  const claim = prepareClaim(database, input, terms);
  const { text, params } = claim.call;
  const [rows, threadRows = []] = await database.transaction([
    { text: `select ${text} as claim`, params },
    claim.readThreadIfClaimed(input.readThread),
  ]);
  return claim.read(rows?.[0]?.claim, threadRows);
}

interface PreparedClaim {
  /** The call of the SQL function `claim_turn`, which returns JSON. */
  call: Statement;
  /** Adds to the statement that reads the thread that it returns rows only if this claim has taken the lease. */
  readThreadIfClaimed(readThread: Statement): Statement;
  /** @param json what the call returned */
  read(json: unknown, threadRows: Row[]): Claim;
}

/** @param earlier the parameters that come before those of the call in its statement */
export function prepareClaim(
  database: Database,
  { owner, conversationId, turnId }: Omit<ClaimInput, "readThread">,
  { leaseSeconds, budget, approvalDays }: ClaimTerms,
  earlier: readonly unknown[] = [],
): PreparedClaim {
  const claimedAtMs = performance.now();
  const claimId = randomUUID();
  return {
    call: callFunction(
      "claim_turn",
      {
        claim: claimId,
        owner,
        conversation: conversationId,
        awaited: turnId,
        lease_seconds: leaseSeconds,
        max_attempts: maxAttempts,
        errors: JSON.stringify({ attempts_exhausted: attemptsExhausted, ...budgetExhausted }),
        ...reserveArguments(budget),
        worst_by_model: JSON.stringify(budget.worstByModel),
      },
      earlier,
    ),

    /**
     * Callers that follow need no thread, and a caller who does not own the conversation must not get one. A thread of another
     * branch has no name any more: the claim has returned the turns of this branch instead.
     */
    readThreadIfClaimed({ text, params }) {
      const parameter = (position: number) => `$${params.length + position}`;
      return {
        text: `
          select * from (${text}) as thread
          where exists (
            select from conversations where id = ${parameter(1)} and owner = ${parameter(2)}
              and lease_is_held_by(conversations, ${parameter(3)}) and thread_turn is not null)`,
        params: [...params, conversationId, owner, claimId],
      };
    },

    read(json, threadRows) {
      const claim = v.parse(ClaimResult, json);
      if (claim.outcome !== "claimed") return claim;
      const { fence, callWorst, summary, ...rest } = claim.turn;
      const turn = { ...rest, conversationId, summary: summary ?? undefined };
      const lease = createTurnLease({
        ...{ database, owner, turn, fence, callWorst },
        ...{ leaseSeconds, budget, approvalDays, claimedAtMs },
      });
      return { outcome: "claimed", lease, threadRows };
    },
  };
}

const attemptsExhausted = {
  type: "attempts_exhausted",
  title: problemTitles.attempts_exhausted,
  status: 500,
  detail: `No answer after ${maxAttempts} attempts. Send the message again.`,
};
