import { endsTurn } from "#frontend/api/event-stream.ts";
import type {
  ChatAccepted,
  ToolCall,
  TurnRemark,
  TurnState,
  TurnStatus,
  Usage,
} from "#lib/contract/chat.ts";
import type { ConversationWithTurns } from "#lib/contract/conversation.ts";
import type { StreamEvent } from "#lib/contract/stream-event.ts";

/** A message on its way. The key is made once, so that sending again never doubles it. */
export interface OutgoingMessage {
  key: string;
  text: string;
  /** The turn whose place it takes. */
  replaces?: string | undefined;
}

/** What there is of an answer. */
export interface Written {
  text: string;
  tools: ToolCall[];
}

/** One message and its answer, as the page shows them. */
export interface ShownTurn extends Written {
  /** Stays the same from the moment of sending. */
  key: string;
  id: string;
  status: TurnStatus;
  /** Above 1 when somebody else went on with it after its runner was gone. */
  attempt: number;
  /** Null for a turn that somebody else began, until the transcript tells it. */
  message: string | null;
  reasoning: string;
  /** What was shown before this page joined the answer again: see `shownAnswer`. */
  outdated: Written | null;
  model: string | null;
  usage: Usage | null;
  durationMs: number | null;
  /** RFC 3339. By this page's clock until the transcript tells it, null if it was begun elsewhere. */
  createdAt: string | null;
  remarks: TurnRemark[];
  /** The oldest turn that the model saw. Null until that is known. */
  historyFrom: string | null;
  /** The newest turn that the model knew only from a summary. Null without a summary. */
  summarisedUntil: string | null;
  /** What it took to summarise older turns after this one. Null if that was not due, or is not known yet. */
  summaryUsage: Usage | null;
  /** Why, on a turn that failed; `detail` in the service's own words. */
  error: { type: string; detail: string } | null;
}

export interface Conversation {
  id: string | null;
  turns: ShownTurn[];
  /** Typed and sent, not yet accepted by the service, in order. */
  outbox: OutgoingMessage[];
  /** The turn that the stream's events are about. */
  streamingTurnId: string | null;
  /** Leads to the turns before the first one here. Null: there are none. */
  earlierCursor: string | null;
}

export type ConversationAction =
  | { type: "sent"; message: OutgoingMessage }
  | { type: "accepted"; message: OutgoingMessage; accepted: ChatAccepted; at: string }
  | { type: "returned" }
  | { type: "transcript"; conversation: ConversationWithTurns }
  | { type: "earlier"; conversation: ConversationWithTurns }
  | { type: "turn"; turn: TurnState }
  | { type: "event"; event: StreamEvent };

export const emptyConversation: Conversation = {
  id: null,
  turns: [],
  outbox: [],
  streamingTurnId: null,
  earlierCursor: null,
};

/** Folds what the person did and what the service said into what is shown. Pure: equal inputs give equal pages. */
export function reduceConversation(state: Conversation, action: ConversationAction): Conversation {
  switch (action.type) {
    case "sent":
      // Pressed twice before anything was drawn.
      if (state.outbox.some(({ key }) => key === action.message.key)) return state;
      return { ...state, outbox: [...state.outbox, action.message] };
    case "accepted":
      return accept(state, action.message, action.accepted, action.at);
    case "returned":
      return { ...state, outbox: [] };
    case "transcript":
      return mergeTranscript(state, action.conversation);
    case "earlier":
      return prepend(state, action.conversation);
    case "turn":
      return mergeTurn(state, action.turn);
    case "event":
      return foldEvent(state, action.event);
  }
}

/** The first turn that has yet to end: the one whose stream is worth asking for. */
export function firstOpenTurn(conversation: Conversation): ShownTurn | undefined {
  return conversation.turns.find(isOpen);
}

/**
 * The turn above which the model reads nothing any more, as the newest answer shows; undefined while it reads all.
 * A turn that is not loaded yet is none.
 */
export function firstReadTurn({ turns, earlierCursor }: Conversation): ShownTurn | undefined {
  const newest = turns.findLast((turn) => !isOpen(turn) && turn.historyFrom !== null);
  const index = turns.findIndex(({ id }) => id === newest?.historyFrom);
  return index > 0 || earlierCursor !== null ? turns[index] : undefined;
}

/** Whether a summary tells the model all that stands above the turn that `firstReadTurn` names. */
export function isSummarisedAbove({ turns }: Conversation, firstRead: ShownTurn): boolean {
  const newest = turns.findLast((turn) => !isOpen(turn) && turn.historyFrom !== null);
  const above = turns.slice(0, turns.indexOf(firstRead));
  // The thread holds no turn that ended before a model was asked.
  const nextAbove = above.findLast((turn) => turn.historyFrom !== null);
  const until = newest?.summarisedUntil ?? null;
  return until !== null && (nextAbove === undefined || nextAbove.id === until);
}

/** How many messages have yet to be answered, those on their way included. */
export function countUnanswered({ turns, outbox }: Conversation): number {
  return turns.filter(isOpen).length + outbox.length;
}

export function isOpen(turn: ShownTurn): boolean {
  return turn.status === "queued" || turn.status === "running";
}

function accept(
  state: Conversation,
  { key, text, replaces }: OutgoingMessage,
  { conversation_id, turn_id, status }: ChatAccepted,
  at: string,
): Conversation {
  const turn: ShownTurn = { ...newTurn(turn_id), key, status, message: text, createdAt: at };
  return {
    ...state,
    id: conversation_id,
    outbox: state.outbox.filter((message) => message.key !== key),
    // A replay, or a stream that was faster than the answer to the POST: the turn is here already.
    turns: changeTurn(
      state.turns.filter(({ id }) => id !== replaces),
      turn_id,
      (known) => ({ ...known, message: text, createdAt: known.createdAt ?? at }),
      turn,
    ),
  };
}

function foldEvent(state: Conversation, event: StreamEvent): Conversation {
  if (event.event === "turn") {
    const { turn_id, conversation_id, attempt, replaces } = event.data;
    const begun = { status: "running", attempt, error: null } as const;
    return {
      ...state,
      id: conversation_id,
      streamingTurnId: turn_id,
      turns: changeTurn(
        state.turns.filter(({ id }) => id !== replaces),
        turn_id,
        (turn) => ({ ...turn, ...begun, outdated: longestOf(turn) }),
        { ...newTurn(turn_id), ...begun },
      ),
    };
  }
  const id = state.streamingTurnId;
  if (id === null) return state;
  return {
    ...state,
    streamingTurnId: endsTurn(event) ? null : id,
    turns: changeTurn(state.turns, id, (turn) => applyEvent(turn, event)),
  };
}

function applyEvent(turn: ShownTurn, event: Exclude<StreamEvent, { event: "turn" }>): ShownTurn {
  switch (event.event) {
    case "snapshot":
      return dropOutdated({
        ...turn,
        text: event.data.text,
        tools: event.data.tools,
        reasoning: "",
      });
    case "delta":
      return dropOutdated({ ...turn, text: turn.text + event.data.text });
    case "reasoning":
      return { ...turn, reasoning: turn.reasoning + event.data.text };
    case "tool":
      return { ...turn, tools: replaceTool(turn.tools, event.data) };
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
        remarks,
        historyFrom: history_from,
        summarisedUntil: summarised_until,
      };
    }
    case "stopped":
      return { ...turn, status: "stopped", outdated: null, text: event.data.text };
    case "error":
      return endsTurn(event)
        ? { ...turn, status: "failed", outdated: null, error: toError(event.data) }
        : turn;
  }
}

/** What is drawn of an answer: what was shown before it began again, while less than that is there. */
export function shownAnswer({
  text,
  tools,
  outdated,
}: ShownTurn): Written & { isOutdated: boolean } {
  const now = { text, tools };
  const isOutdated = outdated !== null && isLess(now, outdated);
  return { ...(isOutdated ? outdated : now), isOutdated };
}

function longestOf({ text, tools, outdated }: ShownTurn): Written | null {
  const now = { text, tools };
  const longest = outdated !== null && isLess(now, outdated) ? outdated : now;
  return isLess({ text: "", tools: [] }, longest) ? longest : null;
}

function dropOutdated(turn: ShownTurn): ShownTurn {
  return shownAnswer(turn).isOutdated ? turn : { ...turn, outdated: null };
}

function isLess(one: Written, other: Written): boolean {
  if (other.text !== "") return one.text.length < other.text.length;
  return one.text === "" && one.tools.length < other.tools.length;
}

function replaceTool(tools: ToolCall[], tool: ToolCall): ToolCall[] {
  return tools.some(({ id }) => id === tool.id)
    ? tools.map((known) => (known.id === tool.id ? tool : known))
    : [...tools, tool];
}

/** The transcript's order and words count, except where this page is ahead of it: see `isAhead`. */
function mergeTranscript(
  state: Conversation,
  { id, turns, earlier_cursor }: ConversationWithTurns,
): Conversation {
  const known = new Map(state.turns.map((turn) => [turn.id, turn]));
  const told = turns.map((turn) => mergeState(state, known.get(turn.turn_id), turn));
  const toldIds = new Set(told.map((turn) => turn.id));
  const firstTold = Math.max(
    0,
    state.turns.findIndex((turn) => toldIds.has(turn.id)),
  );
  const earlier = earlier_cursor === null ? [] : state.turns.slice(0, firstTold);
  // What should be told here, and is not, has been replaced in another tab.
  const replacedIds = new Set(turns.map(({ replaces }) => replaces));
  const lastTold = state.turns.findLastIndex((turn) => toldIds.has(turn.id));
  const acceptedSince = state.turns
    .slice(lastTold + 1)
    .filter((turn) => !replacedIds.has(turn.id))
    // A page of large turns may hold only turns that are new here: what this page has is older, with a gap between.
    .filter((turn) => lastTold >= 0 || earlier_cursor === null || isAfter(turn, turns.at(-1)));
  return {
    ...state,
    id,
    turns: [...earlier, ...told, ...acceptedSince],
    earlierCursor: earlier.length === 0 ? earlier_cursor : state.earlierCursor,
  };
}

function isAfter({ createdAt }: ShownTurn, told: TurnState | undefined): boolean {
  return told === undefined || createdAt === null || createdAt > told.created_at;
}

function prepend(state: Conversation, page: ConversationWithTurns): Conversation {
  const knownIds = new Set(state.turns.map((turn) => turn.id));
  const earlier = page.turns.filter((turn) => !knownIds.has(turn.turn_id));
  return {
    ...state,
    turns: [...earlier.map((turn) => fromState(turn, turn.turn_id)), ...state.turns],
    earlierCursor: page.earlier_cursor,
  };
}

function mergeTurn(state: Conversation, turn: TurnState): Conversation {
  const merge = (known: ShownTurn) => mergeState(state, known, turn);
  return { ...state, turns: changeTurn(state.turns, turn.turn_id, merge) };
}

function mergeState(state: Conversation, known: ShownTurn | undefined, told: TurnState): ShownTurn {
  if (known === undefined) return fromState(told, told.turn_id);
  if (isAhead(state, known, told))
    return { ...known, message: told.message, createdAt: told.created_at };
  const next = {
    ...fromState(told, known.key),
    reasoning: known.reasoning,
    durationMs: known.durationMs ?? durationOf(told),
  };
  return isOpen(next) ? dropOutdated({ ...next, outdated: longestOf(known) }) : next;
}

/** An ended turn never opens again, and a stream is newer than the progress that is stored once a second. */
function isAhead(state: Conversation, known: ShownTurn, told: TurnState): boolean {
  const toldIsOpen = told.status === "queued" || told.status === "running";
  return toldIsOpen && (!isOpen(known) || state.streamingTurnId === known.id);
}

function fromState(turn: TurnState, key: string): ShownTurn {
  return {
    key,
    id: turn.turn_id,
    status: turn.status,
    attempt: turn.attempt,
    message: turn.message,
    text: turn.result ?? turn.partial ?? "",
    reasoning: "",
    tools: turn.tools,
    outdated: null,
    model: turn.model,
    usage: turn.usage,
    durationMs: durationOf(turn),
    createdAt: turn.created_at,
    remarks: turn.remarks,
    historyFrom: turn.history_from,
    summarisedUntil: turn.summarised_until,
    summaryUsage: turn.summary_usage,
    error: turn.error && toError(turn.error),
  };
}

/** From the message's acceptance to the end: the runner's own time is not stored. */
function durationOf({ created_at, finished_at }: TurnState): number | null {
  return finished_at === null ? null : Date.parse(finished_at) - Date.parse(created_at);
}

const toError = ({ type, detail }: { type: string; detail: string }) => ({ type, detail });

function newTurn(id: string): ShownTurn {
  return {
    key: id,
    id,
    status: "queued",
    attempt: 1,
    message: null,
    text: "",
    reasoning: "",
    tools: [],
    outdated: null,
    model: null,
    usage: null,
    durationMs: null,
    createdAt: null,
    remarks: [],
    historyFrom: null,
    summarisedUntil: null,
    summaryUsage: null,
    error: null,
  };
}

/** Changes the turn with this id; when there is none, appends `otherwise`, if given. */
function changeTurn(
  turns: ShownTurn[],
  id: string,
  change: (turn: ShownTurn) => ShownTurn,
  otherwise?: ShownTurn,
): ShownTurn[] {
  if (turns.some((turn) => turn.id === id)) {
    return turns.map((turn) => (turn.id === id ? change(turn) : turn));
  }
  return otherwise === undefined ? turns : [...turns, otherwise];
}
