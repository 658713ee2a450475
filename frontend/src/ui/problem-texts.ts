import type { ApiProblem } from "../api/api-problem.ts";
import type { Texts } from "../texts/english.ts";
import { wordFor } from "../texts/word-for.ts";

/** One kind sentence or two for a person: what happened, and what to do. The service's own `detail` where we have none. */
export function describeProblem({ type, detail, requestId }: ApiProblem, texts: Texts): string {
  if (type === "internal_error") return texts.internalError(requestId);
  return wordFor(texts.problems, type) ?? detail;
}

/** Why an answer could not be finished. */
export function describeFailure(
  error: { type: string; detail: string } | null,
  texts: Texts,
): string {
  if (error === null) return texts.turn.incomplete;
  return wordFor(texts.problems, error.type) ?? error.detail;
}

/** "42 s", from a minute on "1:05 min". */
export function formatWait(seconds: number, { notices }: Texts): string {
  if (seconds < 60) return notices.seconds(seconds);
  return notices.minutes(`${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);
}
