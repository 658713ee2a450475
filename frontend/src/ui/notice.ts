import type { ApiProblem } from "../api/api-problem.ts";

/** A problem that the page shows to the person. */
export interface Notice {
  problem: ApiProblem;
  /** When another attempt may succeed (milliseconds since 1970). Null if the service did not say. */
  until: number | null;
}

export function toNotice(problem: ApiProblem): Notice {
  const { retryAfterSeconds } = problem;
  const until = retryAfterSeconds === undefined ? null : Date.now() + retryAfterSeconds * 1_000;
  return { problem, until };
}
