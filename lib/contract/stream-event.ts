import * as v from "valibot";
import { ToolCall, TurnRemark, Usage } from "./chat.ts";
import { Identifier } from "./identifier.ts";
import { Problem } from "./problem.ts";

/** First event of each turn. */
const TurnEvent = v.object({
  conversation_id: Identifier,
  turn_id: Identifier,
  attempt: v.number(),
  /** The turn whose place this one took. */
  replaces: v.nullable(Identifier),
});
/** Replaces all that the client shows for this turn. */
const SnapshotEvent = v.object({ text: v.string(), tools: v.array(ToolCall) });
/** To be appended. */
const DeltaEvent = v.object({ text: v.string() });
/** The model's thinking, to be appended; where the model gives it. */
const ReasoningEvent = v.object({ text: v.string() });
/** A tool call's new state; replaces the one with the same id. */
const ToolEvent = ToolCall;
/**
 * The turn is committed, with this text. `duration_ms` is the runner's own time to whoever it tells; to those who
 * come later it is the time from the message's acceptance to the end.
 */
const DoneEvent = v.object({
  turn_id: Identifier,
  text: v.string(),
  model: v.nullable(v.string()),
  usage: Usage,
  remarks: v.array(TurnRemark),
  /** The oldest turn that the model saw when it answered this one. */
  history_from: v.nullable(Identifier),
  /** The newest turn that the model knew only from a summary of older turns. */
  summarised_until: v.nullable(Identifier),
  duration_ms: v.number(),
});
/** The turn was stopped by `DELETE`, with this text. */
const StoppedEvent = v.object({ turn_id: Identifier, text: v.string() });
/** The turn, or only this stream of it, has failed: `retryable` means that asking for the stream again may help. */
const ErrorEvent = v.object({ ...Problem.entries, retryable: v.boolean() });

/** Name on the wire → its data. */
export const streamEventSchemas = {
  turn: TurnEvent,
  snapshot: SnapshotEvent,
  delta: DeltaEvent,
  reasoning: ReasoningEvent,
  tool: ToolEvent,
  done: DoneEvent,
  stopped: StoppedEvent,
  error: ErrorEvent,
} as const;

export type StreamEventName = keyof typeof streamEventSchemas;

/** One event of the stream, `id` only where a reconnecting client needs one. */
export type StreamEvent = {
  [Name in StreamEventName]: {
    event: Name;
    data: v.InferOutput<(typeof streamEventSchemas)[Name]>;
    id?: string;
  };
}[StreamEventName];

/** The id of a turn's last event: a reconnect that presents the newest turn's gets 204. */
export const endOfTurnId = (turnId: string): string => `${turnId}.end`;
