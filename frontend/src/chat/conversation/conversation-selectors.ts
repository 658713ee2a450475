import { isUndecided } from "#frontend/approvals/decision.ts";
import type { Conversation, ShownTurn } from "./conversation-state.ts";

/** What tells whether a turn has ended, or waits. */
type Progress = Pick<ShownTurn, "status" | "tools">;

export function isOpen({ status }: Pick<ShownTurn, "status">): boolean {
  return status === "queued" || status === "running" || status === "waiting";
}

/** Returns whether the turn waits for a person. */
export function needsDecision({ status, tools }: Progress): boolean {
  return status === "waiting" && tools.some(isUndecided);
}

/**
 * Returns whether the turn waits for a person, or for the program that sent its message. Nothing streams until every call is decided
 * or its time is over.
 */
export function isParked({ status, tools }: Progress): boolean {
  return (
    status === "waiting" &&
    tools.some((call) => isUndecided(call) || (call.state === "waiting" && call.client))
  );
}

/** Returns whether the service has a stream for the turn. */
export function isStreamed(turn: Progress): boolean {
  return isOpen(turn) && !isParked(turn);
}

/** Returns how often the answer began again after a crash. An answer that goes on after a decision is a new attempt, too. */
export function countRestarts({ status, attempt, parkings }: ShownTurn): number {
  const continuations = status === "waiting" ? parkings - 1 : parkings;
  return Math.max(0, attempt - 1 - Math.max(0, continuations));
}

/** Returns whether the page shows a part of the turn's answer, or its end. */
export function hasBegun(turn: ShownTurn): boolean {
  return turn.text !== "" || turn.tools.length > 0 || !isOpen(turn);
}

/**
 * Returns the turn whose stream the page follows: the turn that runs or waits, else a queued turn. The stream of a queued turn
 * begins with the turns that were accepted before it, on all branches.
 */
export function firstOpenTurn({ turns, elsewhere }: Conversation): ShownTurn | undefined {
  const open = [...turns.filter(isOpen), ...elsewhere];
  return open.find(({ status }) => status !== "queued") ?? open[0];
}

/**
 * Returns the oldest turn that the model read for the newest answer. Returns undefined if the model read every turn, or if
 * the oldest turn that it read is not loaded.
 */
export function firstReadTurn({ turns, earlierCursor }: Conversation): ShownTurn | undefined {
  const newest = newestAnswered(turns);
  const index = turns.findIndex(({ id }) => id === newest?.historyFrom);
  return index > 0 || earlierCursor !== null ? turns[index] : undefined;
}

/** Returns whether a summary gave the model all turns above `firstRead`, the result of `firstReadTurn`. */
export function isSummarisedAbove({ turns }: Conversation, firstRead: ShownTurn): boolean {
  const above = turns.slice(0, turns.indexOf(firstRead));
  // A turn that ended before it reached a model is in no thread, so no summary covers it.
  const nextAbove = above.findLast((turn) => turn.historyFrom !== null);
  const until = newestAnswered(turns)?.summarisedUntil ?? null;
  return until !== null && (nextAbove === undefined || nextAbove.id === until);
}

/** Returns the number of messages without an answer, including messages that are still being sent. */
export function countUnanswered({ turns, elsewhere, outbox }: Conversation): number {
  return turns.filter(isOpen).length + elsewhere.length + outbox.length;
}

function newestAnswered(turns: ShownTurn[]): ShownTurn | undefined {
  return turns.findLast((turn) => !isOpen(turn) && turn.historyFrom !== null);
}
