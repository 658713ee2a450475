import type { TurnState } from "#lib/contract/chat.ts";
import type { ConversationWithTurns } from "#lib/contract/conversation.ts";
import { findTurn, leafOf, updateTurn } from "./branch.ts";
import { isOpen } from "./conversation-selectors.ts";
import { type Conversation, newTurn, type ShownTurn, toTurnError } from "./conversation-state.ts";
import { dropOutdated, longestContent } from "./outdated-answer.ts";

/**
 * Merges the newest page of the transcript: it decides which branch is shown. Order and content of the transcript win, except
 * where this page is ahead of the transcript: see `isAhead`.
 */
export function mergeTranscript(state: Conversation, page: ConversationWithTurns): Conversation {
  const { id, turns, earlier_cursor, settings } = page;
  const loaded = turns.map((turn) => mergeState(state, turn));
  const isFirst = earlier_cursor === null;
  const joint = state.turns.findIndex((turn) => turn.id === loaded[0]?.parent);
  const earlier = isFirst ? [] : state.turns.slice(0, joint + 1);
  const shown = [...earlier, ...loaded, ...acceptedSince(state, loaded)];
  return {
    ...state,
    id,
    settings,
    turns: shown,
    elsewhere: openElsewhere(state, page, shown),
    earlierCursor: earlier.length === 0 ? earlier_cursor : state.earlierCursor,
  };
}

/** Returns the turns that continue the loaded branch here, and were accepted after the service read it. */
function acceptedSince(state: Conversation, loaded: ShownTurn[]): ShownTurn[] {
  const since: ShownTurn[] = [];
  for (const turn of state.turns) {
    const leaf = since.at(-1)?.id ?? leafOf({ turns: loaded });
    const isLoaded = loaded.some(({ id }) => id === turn.id);
    if (!isLoaded && turn.parent === leaf) since.push(turn);
  }
  return since;
}

function openElsewhere(
  state: Conversation,
  { open_turns }: ConversationWithTurns,
  shown: ShownTurn[],
): ShownTurn[] {
  return open_turns
    .filter(({ turn_id }) => shown.every(({ id }) => id !== turn_id))
    .map(({ turn_id, status }) => ({ ...(findTurn(state, turn_id) ?? newTurn(turn_id)), status }));
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
  return updateTurn(state, turn.turn_id, ({ versions, earlierMessages }) => ({
    // Only a transcript has these.
    ...mergeState(state, turn),
    versions,
    earlierMessages,
  }));
}

function mergeState(state: Conversation, loaded: TurnState): ShownTurn {
  const known = findTurn(state, loaded.turn_id);
  // Another version takes the key of the shown one, so that React keeps the buttons of both, and with them the focus.
  const place = state.turns.find(({ parent }) => parent === loaded.parent) ?? known;
  const received = toShownTurn(loaded, place?.key ?? loaded.turn_id);
  if (known === undefined) return received;
  if (isAhead(state, known, loaded)) {
    const { key, message, createdAt, parent, versions, earlierMessages } = received;
    return { ...known, key, message, createdAt, parent, versions, earlierMessages };
  }
  const next = {
    ...received,
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
    parent: turn.parent,
    versions: turn.versions ?? [turn.turn_id],
    earlierMessages: turn.earlier_messages ?? [],
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
    titleUsage: turn.title_usage,
    error: turn.error && toTurnError(turn.error),
    feedback: turn.feedback,
    suggestions: turn.suggestions,
  };
}

/** From acceptance to end: the service does not store the runner's own time. */
function durationOf({ created_at, finished_at }: TurnState): number | null {
  return finished_at === null ? null : Date.parse(finished_at) - Date.parse(created_at);
}
