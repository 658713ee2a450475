import type { ApiProblem } from "../api/api-problem.ts";
import type { ApprovalTexts } from "../texts/approval-english.ts";
import type { LoginTexts } from "../texts/login-english.ts";
import { describeProblem } from "../ui/problem-texts.ts";

/**
 * Returns why a decision was not accepted, and what holds now. After a 503, or without a response, the service may have kept
 * the decision: sending it again is a replay.
 * @param at formats a time of the wire
 */
export function describeRefusal(
  problem: ApiProblem,
  texts: Pick<LoginTexts, "problems" | "internalError">,
  approvalTexts: ApprovalTexts,
  at: (time: string) => string,
): string {
  const { status, resetsAt } = problem;
  if (resetsAt !== undefined) return approvalTexts.budgetUsedUp(at(resetsAt));
  const isUncertain = status === 0 || status >= 500;
  const result = isUncertain ? approvalTexts.uncertain : approvalTexts.notDecided;
  return `${describeProblem(problem, texts)} ${result}`;
}
