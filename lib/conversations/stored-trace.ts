import * as v from "valibot";
import { Usage } from "#lib/contract/chat.ts";
import { Trace, TraceAttempt } from "#lib/contract/trace.ts";

/**
 * One attempt as its runner ends it. Its spans start when the runner sent its claim. The SQL function `trace_with` adds
 * `stored_ms`, the time from the acceptance of the message to the attempt's commit. `packed-trace.ts` says how it is stored.
 */
export const StoredAttempt = v.object({
  attempt: v.number(),
  outcome: v.picklist(["waiting", "done", "failed", "stopped"]),
  /** From the claim to the end transaction. */
  sent_ms: v.number(),
  /** From the claim to the first token of a model. Null if none came. */
  first_token_ms: v.nullable(v.number()),
  spans: TraceAttempt.entries.spans,
});
export type StoredAttempt = v.InferOutput<typeof StoredAttempt>;

/** What the database knows of a turn's trace. All times are in whole milliseconds since the acceptance of the message. */
export const TraceRow = v.object({
  ...v.pick(Trace, ["turn_id", "conversation_id", "status", "created_at"]).entries,
  summary_usage: v.nullable(Usage),
  started: v.number(),
  now_ms: v.number(),
  finished_ms: v.nullable(v.number()),
  lease_until_ms: v.nullable(v.number()),
  has_runner: v.boolean(),
  attempts: v.array(v.object({ ...StoredAttempt.entries, stored_ms: v.number() })),
  claims: v.array(
    v.object({ attempt: v.number(), at_ms: v.number(), lease_until_ms: v.nullable(v.number()) }),
  ),
  decided_ms: v.array(v.number()),
});
export type TraceRow = v.InferOutput<typeof TraceRow>;
