import type { ApprovalLinks, LinkedCall } from "#lib/auth/approval-link.ts";
import type { TurnState } from "#lib/contract/chat.ts";
import type { ChatDecision, DecidedTurn, LinkedToolCall } from "#lib/contract/decision.ts";
import type { BudgetRefusal, Decision, DecisionInput } from "#lib/conversations/decide-call.ts";
import type { FoundTurn, TurnKey } from "#lib/conversations/find-turn.ts";
import type { TurnStore } from "#lib/conversations/turn-store.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import { continueTurnRun, sendForMessagesBehind } from "./start-turn-run.ts";
import { streamUrlOf } from "./stream-url.ts";
import type { SendTurnRun } from "./turn-run-event.ts";

interface DecideDependencies {
  decide: (input: DecisionInput) => Promise<Decision>;
  sendTurnRun: SendTurnRun;
  telemetry: Telemetry;
}

export interface DecideCallDependencies extends DecideDependencies {
  findTurn: (turn: TurnKey) => Promise<FoundTurn | undefined>;
  approvalLinks: Pick<ApprovalLinks, "read">;
  now?: () => number;
}

/**
 * Stores the owner's decision about one tool call. The decision that completes the turn has the turn continue without a
 * reader. The same decision again is a replay, which continues a queued turn once more, in case the first event was lost.
 * @throws HttpProblem 402; 404; 409 already_decided, approval_expired, approval_changed; 503 with the decision kept
 */
export async function decideOwnCall(
  dependencies: DecideDependencies,
  owner: string,
  decision: ChatDecision,
): Promise<DecidedTurn> {
  const turn = await decide(dependencies, owner, decision);
  return { ...turn, stream_url: streamUrlOf(turn) };
}

interface DecideHereDependencies extends Omit<DecideDependencies, "decide"> {
  turns: Pick<TurnStore, "decide" | "watch">;
}

/**
 * Stores the owner's decision for an invocation that goes on with the turn itself.
 * @throws HttpProblem as `decideOwnCall` does
 */
export const decideHere = (
  { turns, telemetry, sendTurnRun }: DecideHereDependencies,
  owner: string,
  decision: ChatDecision,
): Promise<DecidedTurn> =>
  decideOwnCall(
    {
      ...{ telemetry, decide: turns.decide },
      sendTurnRun: sendForMessagesBehind({ turns, sendTurnRun }, decision.turn_id),
    },
    owner,
    decision,
  );

/**
 * Stores the decision of a person who has a link. The response shows the call and nothing else of the conversation.
 * @throws HttpProblem as `decideOwnCall` does
 */
export async function decideLinkedCall(
  dependencies: DecideCallDependencies,
  link: string,
  decision: ChatDecision,
): Promise<LinkedToolCall> {
  const linked = await readLink(dependencies, link);
  const isOfThisCall =
    linked.conversationId === decision.conversation_id &&
    linked.turnId === decision.turn_id &&
    linked.callId === decision.call_id;
  if (!isOfThisCall) throw unknownLink();
  if (linked.argumentsSha256 !== decision.arguments_sha256) throw changedProblem();
  return shownCall(await decide(dependencies, undefined, decision), linked);
}

/**
 * Returns the call of a link, whoever owns its conversation.
 * @throws HttpProblem 404 for a link that is not valid, or whose call is deleted; 409 approval_expired
 */
export async function showLinkedCall(
  dependencies: DecideCallDependencies,
  link: string,
): Promise<LinkedToolCall> {
  const linked = await readLink(dependencies, link);
  const found = await dependencies.findTurn(linked);
  if (!found) throw unknownLink();
  return shownCall(found.turn, linked);
}

function shownCall(turn: TurnState, { callId }: LinkedCall): LinkedToolCall {
  const call = turn.tools.find(({ id }) => id === callId);
  if (!call) throw unknownLink();
  return { conversation_id: turn.conversation_id, turn_id: turn.turn_id, call };
}

async function readLink(
  { approvalLinks, now = Date.now }: DecideCallDependencies,
  link: string,
): Promise<LinkedCall> {
  const linked = await approvalLinks.read(link);
  if (!linked) throw unknownLink();
  if (linked.expiresAt.getTime() <= now()) throw expiredProblem();
  return linked;
}

async function decide(
  { decide, telemetry, ...sender }: DecideDependencies,
  owner: string | undefined,
  decision: ChatDecision,
): Promise<TurnState> {
  const decided = await decide({
    owner,
    conversationId: decision.conversation_id,
    turnId: decision.turn_id,
    callId: decision.call_id,
    argumentsSha256: decision.arguments_sha256,
    decision: decision.decision,
    note: decision.note,
  });
  if (!("turn" in decided)) throw problemOf(decided, decision);
  const { turn } = decided;
  if (decided.outcome === "decided") {
    telemetry.info("call.decided", {
      conversation_id: turn.conversation_id,
      turn_id: turn.turn_id,
      call_id: decision.call_id,
      decision: decision.decision,
    });
    telemetry.measure("ToolApprovals", 1, { decision: decision.decision });
  }
  if (turn.status === "queued") await continueTurnRun(sender, decided.owner, turn);
  return turn;
}

type Refusal = Exclude<Decision, { turn: TurnState }>;

function problemOf(refusal: Refusal, { conversation_id, turn_id }: ChatDecision): HttpProblem {
  switch (refusal.outcome) {
    case "unknown":
      return unknownCallProblem();
    case "already_decided":
      return new HttpProblem(
        "already_decided",
        409,
        "There is another decision about this call already. Read the turn to see it.",
      );
    case "expired":
      return expiredProblem();
    case "changed":
      return changedProblem();
    case "client_call":
      return new HttpProblem(
        "approval_changed",
        409,
        "The program that sent the message runs this call. You can only stop the turn.",
      );
    case "refused":
      return budgetProblem(refusal, { conversation_id, turn_id });
  }
}

export function budgetProblem(
  { refusedBy: scope, resetsAt: resets_at }: BudgetRefusal,
  ids: Pick<TurnState, "conversation_id" | "turn_id">,
): HttpProblem {
  return new HttpProblem("budget_exhausted", 402, refusals[scope], {
    members: { scope, resets_at, ...ids },
  });
}

const refusals = {
  "key/day":
    "The budget of this turn’s API key for today does not cover the rest of this turn. Nothing is decided. Decide again tomorrow.",
  "owner/day":
    "The budget for today does not cover the rest of this turn. Nothing is decided. Decide again tomorrow.",
  "site/day":
    "The budget of this service for today does not cover the rest of this turn. Nothing is decided. Decide again tomorrow.",
  "site/month":
    "The budget of this service for this month does not cover the rest of this turn. Nothing is decided. Decide again next month, or ask the operators.",
};

export const unknownCallProblem = () =>
  new HttpProblem("not_found", 404, "Tool call not found, or not yours.");

export const expiredProblem = () =>
  new HttpProblem("approval_expired", 409, "The time to decide about this call is over.");

export const changedProblem = () =>
  new HttpProblem(
    "approval_changed",
    409,
    "This call has other arguments, or its turn has ended. Read the turn to see it.",
  );

const unknownLink = () =>
  new HttpProblem("not_found", 404, "This link is not valid, or its call is deleted.");
