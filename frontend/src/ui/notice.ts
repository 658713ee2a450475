import type { ApiProblem } from "../api/api-problem.ts";

/** Something that the person should know. */
export interface Notice {
  problem: ApiProblem;
  /** Milliseconds since 1970: when trying again may help. Null when nobody can say. */
  until: number | null;
}

export function toNotice(problem: ApiProblem): Notice {
  const { retryAfterSeconds } = problem;
  const until = retryAfterSeconds === undefined ? null : Date.now() + retryAfterSeconds * 1_000;
  return { problem, until };
}
