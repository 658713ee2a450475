import type { ApiProblem } from "../api/api-problem.ts";
import type { LoginTexts } from "../texts/login-english.ts";
import { wordFor } from "../texts/word-for.ts";

/** Returns what happened and what to do, in the page's language. An unknown type gets the service's own `detail`. */
export function describeProblem(
  { type, detail, requestId }: ApiProblem,
  texts: Pick<LoginTexts, "problems" | "internalError">,
): string {
  if (type === "internal_error") return texts.internalError(requestId);
  return wordFor(texts.problems, type) ?? detail;
}

/** Returns "42 s", or "1:05 min" from a minute on. */
export function formatWait(seconds: number, { notices }: Pick<LoginTexts, "notices">): string {
  if (seconds < 60) return notices.seconds(seconds);
  return notices.minutes(`${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);
}
