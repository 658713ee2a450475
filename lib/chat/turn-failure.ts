import { ModelFailure } from "#lib/agent/model/model-failure.ts";
import { BudgetExhausted } from "#lib/budget/purse.ts";
import type { Problem } from "#lib/contract/problem.ts";
import { type ProblemType, problemTitles } from "#lib/contract/problem-titles.ts";
import { LeaseLost, StopRequested, type TurnEnd } from "#lib/conversations/turn-lease.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import { DeadlineExceeded } from "./heartbeat.ts";

/** The part of a turn's end that depends on why the turn ended. */
export type TurnOutcome = Pick<TurnEnd, "status" | "error">;

/** The error that a person reads after a fault of our own. The log has the cause. */
export const internalFailure = {
  type: "internal_error",
  title: problemTitles.internal_error,
  status: 500,
  detail: "The answer failed. Send the message again.",
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
    return failure(
      "deadline_exceeded",
      504,
      "The answer timed out. Send the message again, or ask for a smaller part.",
    );
  }
  if (cause instanceof BudgetExhausted) {
    const detail = "The answer reached the most that one answer may cost. Ask for a smaller part.";
    return failure("budget_exhausted", 402, detail, { scope: "turn" });
  }
  telemetry.error("turn.failed", cause);
  if (!(cause instanceof ModelFailure)) return { status: "failed", error: internalFailure };
  return failure(cause.type, statusOf[cause.type], detailOf[cause.kind]);
}

const statusOf = { model_busy: 503, model_failed: 502, model_unavailable: 503 } as const;

const sendAgain = "The model couldn't answer. Send the message again.";
const detailOf: Record<ModelFailure["kind"], string> = {
  busy: "The model is busy. Send the message again in a moment.",
  silent: sendAgain,
  broken: sendAgain,
  too_long: "The answer was too long for the model. Ask for a smaller part.",
  refused:
    "The model rejected the request. This is not about your wording; the operators have been notified.",
  unavailable:
    "The model is unavailable. This is not about your message; the operators have been notified.",
};

function failure(
  type: ProblemType,
  status: number,
  detail: string,
  members: Pick<Problem, "scope"> = {},
): TurnOutcome {
  const title = problemTitles[type];
  return { status: "failed", error: { type, title, status, detail, ...members } };
}
