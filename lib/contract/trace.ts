import * as v from "valibot";
import { ToolCall, TurnStatus, Usage } from "./chat.ts";
import { Identifier, Timestamp } from "./identifier.ts";

export const TracePath = v.object({ turn_id: Identifier });

/** In whole milliseconds. `start_ms` counts from the acceptance of the message. */
const time = { start_ms: v.number(), duration_ms: v.number() };

/** One step of an attempt. Holds names, counts and times, never a text, an argument or an address. */
export const TraceSpan = v.variant("kind", [
  v.object({
    /** `claim`: take the lease and read the thread. `agent`: load the agent's code. `check`: look up quotations. `commit`: store the end. */
    kind: v.picklist(["claim", "agent", "check", "commit"]),
    ...time,
  }),
  v.object({
    /** One request to a model. A retry is a request of its own. */
    kind: v.literal("model"),
    ...time,
    model: v.string(),
    is_fallback: v.optional(v.boolean(), false),
    /** From the request's start to its first token. Null if none came. */
    first_token_ms: v.nullable(v.number()),
    /** Null if the model did not report its tokens. */
    usage: v.nullable(Usage),
    /** Why the request failed, as `model.failed` in the log names the kind, or `aborted`. */
    error: v.optional(v.string()),
  }),
  v.object({
    kind: v.literal("tool"),
    ...time,
    /** `unknown` if the model has made the name up. */
    name: v.string(),
    state: ToolCall.entries.state,
    effect: ToolCall.entries.effect,
  }),
  /** Older steps in one, because a trace has at most 8 KB. */
  v.object({ kind: v.literal("merged"), ...time, count: v.number() }),
]);
export type TraceSpan = v.InferOutput<typeof TraceSpan>;

/** One attempt of a runner at the turn. */
export const TraceAttempt = v.object({
  attempt: v.number(),
  start_ms: v.number(),
  /** Null while the attempt runs. */
  duration_ms: v.nullable(v.number()),
  /** `lost`: the runner has stored no end, because it died or lost its lease. */
  outcome: v.picklist(["running", "waiting", "done", "failed", "stopped", "lost"]),
  spans: v.array(TraceSpan),
});
export type TraceAttempt = v.InferOutput<typeof TraceAttempt>;

/** Time in which no runner worked on the turn. */
const TraceWait = v.object({
  /** `queue`: for a runner. `approval`: for a person's decision. */
  kind: v.picklist(["queue", "approval"]),
  start_ms: v.number(),
  /** Null while the wait lasts. */
  duration_ms: v.nullable(v.number()),
});
export type TraceWait = v.InferOutput<typeof TraceWait>;

/** What happened in a turn, and when. */
export const Trace = v.object({
  turn_id: Identifier,
  conversation_id: Identifier,
  status: TurnStatus,
  created_at: Timestamp,
  /** From the acceptance of the message to the end of the turn, or until now. */
  duration_ms: v.number(),
  /** Oldest first. Empty if no runner has started the turn, and for turns from before traces. */
  attempts: v.array(TraceAttempt),
  waits: v.array(TraceWait),
  /** Tokens and price of the summary that was written after the turn. */
  summary_usage: v.nullable(Usage),
});
export type Trace = v.InferOutput<typeof Trace>;
