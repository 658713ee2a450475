import type { TurnState } from "#lib/contract/chat.ts";
import type { ConversationWithTurns } from "#lib/contract/conversation.ts";
import { isOpen } from "./conversation-selectors.ts";
import {
  type Conversation,
  type ShownTurn,
  toTurnError,
  updateTurn,
} from "./conversation-state.ts";
import { dropOutdated, longestContent } from "./outdated-answer.ts";

/**
 * Merges the newest page of the transcript. Order and content of the transcript win, except where this page is ahead of the
 * transcript: see `isAhead`.
 */
export function mergeTranscript(
  state: Conversation,
  { id, turns, earlier_cursor, settings }: ConversationWithTurns,
): Conversation {
  const known = new Map(state.turns.map((turn) => [turn.id, turn]));
  const loaded = turns.map((turn) => mergeState(state, known.get(turn.turn_id), turn));
  const loadedIds = new Set(loaded.map((turn) => turn.id));
  const firstLoaded = Math.max(
    0,
    state.turns.findIndex((turn) => loadedIds.has(turn.id)),
  );
  const earlier = earlier_cursor === null ? [] : state.turns.slice(0, firstLoaded);
  // A turn that the transcript should contain and does not was replaced in another tab.
  const replacedIds = new Set(turns.map(({ replaces }) => replaces));
  const lastLoaded = state.turns.findLastIndex((turn) => loadedIds.has(turn.id));
  const acceptedSince = state.turns
    .slice(lastLoaded + 1)
    .filter((turn) => !replacedIds.has(turn.id))
    // If the transcript's page and this page have no turn in common, there is a gap: older turns here must go.
    .filter((turn) => lastLoaded >= 0 || earlier_cursor === null || isAfter(turn, turns.at(-1)));
  return {
    ...state,
    id,
    settings,
    turns: [...earlier, ...loaded, ...acceptedSince],
    earlierCursor: earlier.length === 0 ? earlier_cursor : state.earlierCursor,
  };
}

/** Puts an earlier page of the transcript before the turns that are here. Turns that are here already stay. */
export function prependTurns(state: Conversation, page: ConversationWithTurns): Conversation {
  const knownIds = new Set(state.turns.map((turn) => turn.id));
  const earlier = page.turns.filter((turn) => !knownIds.has(turn.turn_id));
  return {
    ...state,
    turns: [...earlier.map((turn) => toShownTurn(turn, turn.turn_id)), ...state.turns],
    earlierCursor: page.earlier_cursor,
  };
}

/** Merges the state of one turn that is here. */
export function mergeTurn(state: Conversation, turn: TurnState): Conversation {
  const merge = (known: ShownTurn) => mergeState(state, known, turn);
  return { ...state, turns: updateTurn(state.turns, turn.turn_id, merge) };
}

function isAfter({ createdAt }: ShownTurn, loaded: TurnState | undefined): boolean {
  return loaded === undefined || createdAt === null || createdAt > loaded.created_at;
}

function mergeState(
  state: Conversation,
  known: ShownTurn | undefined,
  loaded: TurnState,
): ShownTurn {
  if (known === undefined) return toShownTurn(loaded, loaded.turn_id);
  if (isAhead(state, known, loaded))
    return { ...known, message: loaded.message, createdAt: loaded.created_at };
  const next = {
    ...toShownTurn(loaded, known.key),
    reasoning: known.reasoning,
    durationMs: known.durationMs ?? durationOf(loaded),
  };
  return isOpen(next) ? dropOutdated({ ...next, outdated: longestContent(known) }) : next;
}

/**
 * Returns whether this page knows more of an open turn than the transcript does: the turn has ended here, or this page
 * streams it. A stream is ahead of the stored text, which the runner writes once a second.
 */
function isAhead(state: Conversation, known: ShownTurn, loaded: TurnState): boolean {
  return isOpen(loaded) && (!isOpen(known) || state.streamingTurnId === known.id);
}

function toShownTurn(turn: TurnState, key: string): ShownTurn {
  return {
    key,
    id: turn.turn_id,
    status: turn.status,
    attempt: turn.attempt,
    parkings: turn.parkings,
    message: turn.message,
    text: turn.result ?? turn.partial ?? "",
    reasoning: "",
    tools: turn.tools,
    sources: turn.sources,
    outdated: null,
    model: turn.model,
    usage: turn.usage,
    durationMs: durationOf(turn),
    createdAt: turn.created_at,
    citations: turn.citations,
    unsourced_numbers: turn.unsourced_numbers,
    remarks: turn.remarks,
    historyFrom: turn.history_from,
    summarisedUntil: turn.summarised_until,
    summaryUsage: turn.summary_usage,
    error: turn.error && toTurnError(turn.error),
    feedback: turn.feedback,
  };
}

/** From acceptance to end: the service does not store the runner's own time. */
function durationOf({ created_at, finished_at }: TurnState): number | null {
  return finished_at === null ? null : Date.parse(finished_at) - Date.parse(created_at);
}
