import type { Texts } from "#frontend/texts/english.ts";
import type { Formats } from "#frontend/texts/use-formats.ts";
import { wordFor } from "#frontend/texts/word-for.ts";

/** Returns why an answer failed. After a fault of ours the person can quote `turnId`, which the log has, too. */
export function describeFailure(
  error: { type: string; detail: string; resetsAt: string | null } | null,
  texts: Texts,
  { dayAndTime }: Pick<Formats, "dayAndTime">,
  turnId?: string,
): string {
  if (error === null) return texts.turn.incomplete;
  if (error.resetsAt !== null) return texts.turn.budgetUsedUp(dayAndTime(new Date(error.resetsAt)));
  if (error.type === "internal_error") return texts.internalError(turnId);
  return wordFor(texts.problems, error.type) ?? error.detail;
}
