import type { AcceptedTurn } from "#frontend/api/client.ts";
import { endsTurn } from "#frontend/api/event-stream.ts";
import type { ToolCall, TurnState } from "#lib/contract/chat.ts";
import type { ConversationWithTurns } from "#lib/contract/conversation.ts";
import type { ConversationSettings } from "#lib/contract/conversation-settings.ts";
import type { Source } from "#lib/contract/source.ts";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import { findTurn, fixParent, leafOf, turnsBefore, updateTurn } from "./branch.ts";
import { isOpen } from "./conversation-selectors.ts";
import {
  type Conversation,
  newTurn,
  type OutgoingMessage,
  type ShownTurn,
  type TurnError,
  toTurnError,
} from "./conversation-state.ts";
import { mergeTranscript, mergeTurn, prependTurns } from "./merge-transcript.ts";
import { dropOutdated, longestContent } from "./outdated-answer.ts";
import { defaultSettings } from "./tab-storage.ts";

export type ConversationAction =
  /** The person pressed Send. */
  | { type: "sent"; message: OutgoingMessage }
  /** The service stored a message; `at` is this browser's time (RFC 3339). `error` is set if that has ended the turn. */
  | {
      type: "accepted";
      message: OutgoingMessage;
      accepted: AcceptedTurn;
      at: string;
      error?: TurnError | undefined;
    }
  /** All outgoing messages went back to the composer. */
  | { type: "returned" }
  /** The service has changed the message of a turn in place. */
  | { type: "rewritten"; turnId: string; text: string }
  /** The newest page of the transcript was loaded. */
  | { type: "transcript"; conversation: ConversationWithTurns }
  /** An earlier page of the transcript was loaded. */
  | { type: "earlier"; conversation: ConversationWithTurns }
  /** The service returned the state of one turn. */
  | { type: "turn"; turn: TurnState }
  /** The person has changed some settings. */
  | { type: "settings"; settings: ConversationSettings }
  /** The stream sent an event. */
  | { type: "event"; event: StreamEvent };

/** Returns the conversation after an action. Pure: the same actions give the same page. */
export function reduceConversation(state: Conversation, action: ConversationAction): Conversation {
  switch (action.type) {
    case "sent":
      // A second press on Send before the first was rendered has the same key.
      if (state.outbox.some(({ key }) => key === action.message.key)) return state;
      return {
        ...state,
        outbox: [...state.outbox, withSettings(fixParent(action.message, state), state)],
      };
    case "accepted":
      return acceptMessage(state, action);
    case "returned":
      return { ...state, outbox: [] };
    case "rewritten":
      return updateTurn(state, action.turnId, (turn) => rewrite(turn, action.text));
    case "transcript":
      return mergeTranscript(state, action.conversation);
    case "earlier":
      return prependTurns(state, action.conversation);
    case "turn":
      return mergeTurn(state, action.turn);
    case "settings":
      return { ...state, settings: { ...state.settings, ...action.settings } };
    case "event":
      return reduceEvent(state, action.event);
  }
}

/** A message that is sent again must be the same, so it keeps the settings of the conversation that it begins. */
function withSettings(message: OutgoingMessage, { id, settings }: Conversation): OutgoingMessage {
  return id === null && settings !== defaultSettings ? { ...message, settings } : message;
}

function acceptMessage(
  state: Conversation,
  { message, accepted, at, error }: Extract<ConversationAction, { type: "accepted" }>,
): Conversation {
  const { key, text, after } = message;
  const { conversation_id, turn_id, status } = accepted;
  const next = {
    ...state,
    id: conversation_id,
    outbox: followAccepted(
      state.outbox.filter((waiting) => waiting.key !== key),
      turn_id,
    ),
  };
  // The turn is known after a replay, or when the stream was faster than the response to the POST.
  const known = findTurn(state, turn_id);
  const turn: ShownTurn = {
    ...(known ?? { ...newTurn(turn_id), key, status, error: error ?? null }),
    parent: after === undefined ? (known ?? { parent: leafOf(state) }).parent : after,
    message: text,
    createdAt: known?.createdAt ?? at,
  };
  return state.turns.some(({ id }) => id === turn_id)
    ? updateTurn(next, turn_id, () => turn)
    : showTurn(next, turn);
}

/** The message behind an accepted one follows that one's turn. */
function followAccepted([next, ...others]: OutgoingMessage[], turnId: string): OutgoingMessage[] {
  if (next === undefined) return [];
  return [next.after === undefined ? { ...next, after: turnId } : next, ...others];
}

/** Shows the turn after its parent, and leaves the branch that went on from there. */
function showTurn(state: Conversation, turn: ShownTurn): Conversation {
  const elsewhere = state.elsewhere.filter(({ id }) => id !== turn.id);
  const before = turnsBefore(state.turns, turn.parent);
  if (before === undefined) return { ...state, elsewhere: [...elsewhere, turn] };
  const left = state.turns.slice(before.length);
  const versions = [...(left[0]?.versions ?? []), turn.id];
  return {
    ...state,
    turns: [...before, { ...turn, versions }],
    elsewhere: [...elsewhere, ...left.filter(isOpen)],
  };
}

function reduceEvent(state: Conversation, event: StreamEvent): Conversation {
  if (event.event === "turn") {
    const { turn_id, conversation_id, attempt, parent } = event.data;
    const running = { status: "running", attempt, error: null } as const;
    const next = { ...state, id: conversation_id, streamingTurnId: turn_id };
    if (findTurn(state, turn_id) !== undefined) {
      return updateTurn(next, turn_id, (turn) => ({
        ...turn,
        ...running,
        outdated: longestContent(turn),
      }));
    }
    const turn = { ...newTurn(turn_id), ...running, parent };
    // Only the transcript says whether a turn from elsewhere starts another branch that is shown now.
    return parent === leafOf(state)
      ? { ...next, turns: [...state.turns, turn] }
      : { ...next, elsewhere: [...state.elsewhere, turn] };
  }
  const id = state.streamingTurnId;
  if (id === null) return state;
  return {
    ...updateTurn(state, id, (turn) => applyEvent(turn, event)),
    streamingTurnId: endsTurn(event) ? null : id,
  };
}

function rewrite(turn: ShownTurn, text: string): ShownTurn {
  if (turn.message === null || turn.message === text) return turn;
  return { ...turn, message: text, earlierMessages: [...turn.earlierMessages, turn.message] };
}

function applyEvent(turn: ShownTurn, event: Exclude<StreamEvent, { event: "turn" }>): ShownTurn {
  switch (event.event) {
    case "snapshot":
      return dropOutdated({
        ...turn,
        text: event.data.text,
        tools: event.data.tools.map((tool) => keepApproval(turn.tools, tool)),
        sources: event.data.sources,
        reasoning: "",
      });
    case "delta":
      return dropOutdated({ ...turn, text: turn.text + event.data.text });
    case "reasoning":
      return { ...turn, reasoning: turn.reasoning + event.data.text };
    case "tool":
      return { ...turn, tools: replaceTool(turn.tools, event.data) };
    case "source":
      return { ...turn, sources: withSource(turn.sources, event.data) };
    case "done": {
      const { text, model, usage, duration_ms, remarks, history_from, summarised_until } =
        event.data;
      return {
        ...turn,
        status: "done",
        outdated: null,
        text,
        model,
        usage,
        durationMs: duration_ms,
        citations: event.data.citations,
        unsourced_numbers: event.data.unsourced_numbers,
        remarks,
        suggestions: event.data.suggestions,
        historyFrom: history_from,
        summarisedUntil: summarised_until,
      };
    }
    case "waiting":
      return {
        ...turn,
        status: "waiting",
        parkings: readParkings(event.id) ?? turn.parkings,
        outdated: null,
        tools: event.data.calls.reduce(replaceTool, turn.tools),
      };
    case "title":
      return turn;
    case "stopped":
      return { ...turn, status: "stopped", outdated: null, text: event.data.text };
    case "error":
      return endsTurn(event)
        ? { ...turn, status: "failed", outdated: null, error: toTurnError(event.data) }
        : turn;
  }
}

/** Reads the id of a `waiting` event: `<turn_id>.waiting.<parkings>`. */
function readParkings(id: string | undefined): number | undefined {
  const count = id?.match(/\.waiting\.(\d+)$/)?.[1];
  return count === undefined ? undefined : Number(count);
}

function replaceTool(tools: ToolCall[], tool: ToolCall): ToolCall[] {
  return tools.some(({ id }) => id === tool.id)
    ? tools.map((known) => (known.id === tool.id ? keepApproval(tools, tool) : known))
    : [...tools, tool];
}

/** Calls run side by side, so a source with a lower number may come later. */
const withSource = (sources: Source[], source: Source): Source[] =>
  [...sources.filter(({ index }) => index !== source.index), source].toSorted(
    (one, other) => one.index - other.index,
  );

/** A runner does not send the approval of a call again that a person has decided. */
function keepApproval(known: ToolCall[], tool: ToolCall): ToolCall {
  const approval = tool.approval ?? known.find(({ id }) => id === tool.id)?.approval;
  return approval === undefined ? tool : { ...tool, approval };
}
