import { ModelFailure } from "#lib/agent/model/model-failure.ts";
import { type ProblemType, problemTitles } from "#lib/contract/problem-titles.ts";
import { LeaseLost, type TurnEnd } from "#lib/conversations/turn-lease.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import { DeadlineExceeded, StopRequested } from "./heartbeat.ts";

/** The part of a turn's end that depends on why the turn ended. */
export type TurnOutcome = Pick<TurnEnd, "status" | "error">;

/** The error that a person reads after a fault of our own. The log has the cause. */
export const internalFailure = {
  type: "internal_error",
  title: problemTitles.internal_error,
  status: 500,
  detail: "This answer failed. Please send the message again.",
};

/**
 * Returns how a turn ends whose agent was interrupted, and logs the cause of a failure.
 * @throws the cause, if it is a lost lease or an unavailable database: then the turn does not end here, but goes on in
 *   another invocation
 */
export function outcomeAfter(cause: unknown, telemetry: Telemetry): TurnOutcome {
  if (cause instanceof LeaseLost || cause instanceof HttpProblem) throw cause;
  if (cause instanceof StopRequested) return { status: "stopped", error: null };
  if (cause instanceof DeadlineExceeded) {
    return failure("deadline_exceeded", 504, "This answer took too long and was ended.");
  }
  telemetry.error("turn.failed", cause);
  if (!(cause instanceof ModelFailure)) return { status: "failed", error: internalFailure };
  return failure(cause.type, statusOf[cause.type], detailOf[cause.kind]);
}

const statusOf = { model_busy: 503, model_failed: 502, model_unavailable: 503 } as const;

const sendAgain = "The model could not answer. Please send the message again.";
const detailOf: Record<ModelFailure["kind"], string> = {
  busy: "The model is busy. Please send the message again in a moment.",
  silent: sendAgain,
  broken: sendAgain,
  too_long: "The answer became too long for the model. Please ask for a smaller part of it.",
  refused:
    "The model refused the request. This is not about your wording; the people who run this service have been notified.",
  unavailable:
    "The model is not available right now. This is not about your message; the people who run this service have been notified.",
};

function failure(type: ProblemType, status: number, detail: string): TurnOutcome {
  return { status: "failed", error: { type, title: problemTitles[type], status, detail } };
}
