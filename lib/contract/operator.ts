import * as v from "valibot";
import { Identifier, Timestamp } from "./identifier.ts";
import { LoginRequest } from "./session.ts";

/** Body of `POST /api/operator/login`. */
export const OperatorLoginRequest = v.pick(LoginRequest, ["password"]);

export const OperatorSession = v.object({ expires_at: Timestamp });
export type OperatorSession = v.InferOutput<typeof OperatorSession>;

const periods = ["1", "7", "30"] as const;

/** Query of `GET /api/v1/operator/report`. */
export const OperatorReportQuery = v.object({
  /** How many days, of which the last one is today. */
  days: v.optional(v.pipe(v.picklist(periods, "must be 1, 7 or 30"), v.transform(Number)), "1"),
});

/** In milliseconds. Null if no turn has the figure. */
const Quantiles = { p50_ms: v.nullable(v.number()), p95_ms: v.nullable(v.number()) };

/** The turns that were accepted in an hour or a day, in UTC. */
const OperatorSlot = v.object({
  start: Timestamp,
  turns: v.number(),
  failed: v.number(),
  cost_usd: v.number(),
  first_token: v.object(Quantiles),
});

const Budget = v.object({ cap_usd: v.number(), spent_usd: v.number(), reserved_usd: v.number() });

/** How the service has worked. Holds counts, times and ids, never a text or a title, and no owner. */
export const OperatorReport = v.object({
  /** The period, up to now. */
  since: Timestamp,
  until: Timestamp,
  unit: v.picklist(["hour", "day"]),
  turns: v.object({
    accepted: v.number(),
    done: v.number(),
    failed: v.number(),
    stopped: v.number(),
    /** How often another runner took a turn over, because its runner had died. */
    take_overs: v.number(),
  }),
  cost_usd: v.number(),
  /** From the acceptance of a message to the first token of the answer. */
  first_token: v.object(Quantiles),
  /** From the acceptance to the end, without turns that waited for a person. */
  duration: v.object(Quantiles),
  /** Now, not in the period. */
  queue: v.object({
    queued: v.number(),
    running: v.number(),
    waiting: v.number(),
    /** The age of the oldest turn that is queued or running, in whole seconds. */
    oldest_seconds: v.nullable(v.number()),
  }),
  /** The budgets of the whole service, now. */
  budgets: v.object({ day: Budget, month: Budget }),
  feedback: v.object({ up: v.number(), down: v.number() }),
  /** The oldest first, each once. */
  slots: v.array(OperatorSlot),
  models: v.array(
    v.object({
      /** Null for turns that ended before a model was called. */
      model: v.nullable(v.string()),
      turns: v.number(),
      cost_usd: v.number(),
      first_token: v.object(Quantiles),
    }),
  ),
  /** By the problem's type, the most frequent first. */
  errors: v.array(v.object({ type: v.string(), count: v.number() })),
  /** The turns that took longest, at most ten. */
  slowest: v.array(
    v.object({
      turn_id: Identifier,
      created_at: Timestamp,
      status: v.string(),
      model: v.nullable(v.string()),
      attempts: v.number(),
      duration_ms: v.number(),
      first_token_ms: v.nullable(v.number()),
    }),
  ),
  /** Now. */
  documents: v.object({
    ready: v.number(),
    reading: v.number(),
    failed: v.number(),
    bytes: v.number(),
  }),
  /** Where CloudWatch shows what PostgreSQL does not know, such as refused requests. Null in the twin. */
  metrics_url: v.nullable(v.string()),
  /** When the operator must sign in again. */
  session_expires_at: Timestamp,
});
export type OperatorReport = v.InferOutput<typeof OperatorReport>;
