import * as v from "valibot";
import { Suggestions, ToolCall, TurnRemark, Usage } from "./chat.ts";
import { checkedAnswerEntries } from "./citation.ts";
import { Identifier } from "./identifier.ts";
import { Problem } from "./problem.ts";
import { Source } from "./source.ts";

/** The first event of each turn. */
const TurnEvent = v.object({
  conversation_id: Identifier,
  turn_id: Identifier,
  attempt: v.number(),
  /** The turn that this turn follows. Null: it begins the conversation, or a branch of its start. */
  parent: v.nullable(Identifier),
  /** The turn that this turn replaces. */
  replaces: v.nullable(Identifier),
});
/** Replaces everything that the client shows for this turn. */
const SnapshotEvent = v.object({
  text: v.string(),
  tools: v.array(ToolCall),
  sources: v.optional(v.array(Source), []),
  /** How often this attempt has taken its text back, to write another. Missing: never. */
  restarts: v.optional(v.number()),
});
/** The client appends this text. */
const DeltaEvent = v.object({ text: v.string() });
/** The client appends this reasoning. Only some models send it. */
const ReasoningEvent = v.object({ text: v.string() });
/** The new state of a tool call. It replaces the call with the same id. */
const ToolEvent = ToolCall;
/** Something that the answer may cite. Comes before the end of the tool call that found it. */
const SourceEvent = Source;
/**
 * The turn is committed with this text. `duration_ms` counts from the claim when the runner itself sends the event, and
 * from the acceptance of the message when a follower sends it.
 */
const DoneEvent = v.object({
  turn_id: Identifier,
  text: v.string(),
  model: v.nullable(v.string()),
  usage: Usage,
  remarks: v.array(TurnRemark),
  /** The oldest turn in the history that the model was sent. */
  history_from: v.nullable(Identifier),
  /** The newest turn that the model knew only from a summary. */
  summarised_until: v.nullable(Identifier),
  duration_ms: v.number(),
  ...checkedAnswerEntries,
  /** Missing if the model proposed nothing. */
  suggestions: v.optional(Suggestions),
});
/** The turn is parked until a person has decided about these calls. Ends this stream, not the turn. */
const WaitingEvent = v.object({ turn_id: Identifier, calls: v.array(ToolCall) });
/** The turn was stopped by `DELETE`, with this text. */
const StoppedEvent = v.object({ turn_id: Identifier, text: v.string() });
/**
 * The model has named the conversation. Comes after the end of the turn that gave the first answer, if the title is ready while
 * somebody still reads the stream.
 */
const TitleEvent = v.object({ conversation_id: Identifier, title: v.string() });
/** The turn or only its stream has failed. `retryable` means that a new request for the stream may succeed. */
const ErrorEvent = v.object({ ...Problem.entries, retryable: v.boolean() });

/** The schema of each event's data, by the event's name on the wire. */
export const streamEventSchemas = {
  turn: TurnEvent,
  snapshot: SnapshotEvent,
  delta: DeltaEvent,
  reasoning: ReasoningEvent,
  tool: ToolEvent,
  source: SourceEvent,
  done: DoneEvent,
  waiting: WaitingEvent,
  stopped: StoppedEvent,
  error: ErrorEvent,
  title: TitleEvent,
} as const;

export type StreamEventName = keyof typeof streamEventSchemas;

/** One event of the stream. Only events that a client may reconnect after have an `id`. */
export type StreamEvent = {
  [Name in StreamEventName]: {
    event: Name;
    data: v.InferOutput<(typeof streamEventSchemas)[Name]>;
    id?: string;
  };
}[StreamEventName];

/** Returns the id of a turn's last event. A client that reconnects with the newest turn's id gets a 204. */
export const endOfTurnId = (turnId: string): string => `${turnId}.end`;

/**
 * Returns the id of a `waiting` event. A client that reconnects with this id gets a 204 while this parking lasts, and the
 * turn's stream afterwards.
 * @param parkings how often the turn has been parked
 */
export const waitingId = (turnId: string, parkings: number): string =>
  `${turnId}.waiting.${parkings}`;
