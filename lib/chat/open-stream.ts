import type { TurnState } from "#lib/contract/chat.ts";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import type { ThreadClaim } from "./claim-with-thread.ts";
import { createInvocationTime } from "./invocation-time.ts";
import { type StreamTarget, type StreamTurnsDependencies, streamTurns } from "./stream-turns.ts";

export interface OpenStreamDependencies
  extends Omit<StreamTurnsDependencies, "requestId" | "time"> {
  turnDeadlineMs: number;
}

/** The invocation that streams: its request, and how much of its time is left. */
interface Invocation {
  requestId: string;
  remainingMs: () => number;
}

/**
 * Returns the events of a claimed, followed or ended turn, or undefined if the conversation has no turns.
 * @throws HttpProblem 404; 402 if a budget has ended the turn before its first token
 */
export function openStream(
  dependencies: OpenStreamDependencies,
  target: StreamTarget,
  claim: ThreadClaim,
  { requestId, remainingMs }: Invocation,
): AsyncIterable<StreamEvent> | undefined {
  if (claim.outcome === "unknown") throw unknownTurn();
  if (claim.outcome === "refused") refuseWithoutBudget(claim.turn);
  if (claim.outcome === "empty") return undefined;
  const { turnDeadlineMs } = dependencies;
  const time = createInvocationTime({ remainingMs, turnDeadlineMs });
  return streamTurns({ ...dependencies, requestId, time }, target, claim);
}

/** @throws HttpProblem 402 if a budget ended the turn before its first token */
export function refuseWithoutBudget({ conversation_id, turn_id, error }: TurnState): void {
  if (error?.type !== "budget_exhausted" || error.resets_at === undefined) return;
  throw new HttpProblem("budget_exhausted", 402, error.detail, {
    members: { scope: error.scope, resets_at: error.resets_at, conversation_id, turn_id },
  });
}

export const unknownTurn = () =>
  new HttpProblem("not_found", 404, "Conversation or turn not found, or not yours.");
