import * as v from "valibot";
import { Timestamp } from "./identifier.ts";

const maxUsageDays = 90;
const dayCount = `must be a whole number from 1 to ${maxUsageDays}`;

/** Query of `GET /api/v1/usage`. */
export const UsageQuery = v.object({
  /** How many days to return. The last one is today. */
  days: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,2}$/, dayCount),
      v.transform(Number),
      v.minValue(1, dayCount),
      v.maxValue(maxUsageDays, dayCount),
    ),
    "30",
  ),
});

/** What the turns of one day, in UTC, have cost. A turn counts in the day in which it began, even if it was deleted. */
export const UsageDay = v.object({
  day: v.pipe(v.string(), v.isoDate()),
  turns: v.number(),
  /** In USD, a whole number of millionths. Does not include what is only reserved. */
  cost_usd: v.number(),
  /** Tokens that were neither read from the model's prompt cache nor written to it. */
  input_tokens: v.number(),
  cache_read_tokens: v.number(),
  cache_write_tokens: v.number(),
  output_tokens: v.number(),
  /**
   * True if a model call ended without telling its tokens, because it was cut or its runner died. `cost_usd` then has the
   * most that the call can have cost, and the tokens are missing.
   */
  is_estimated: v.boolean(),
});
export type UsageDay = v.InferOutput<typeof UsageDay>;

/** The share of a budget of the whole service that is left, from 0 to 1, rounded down to hundredths. */
const SiteBudget = v.object({ left: v.number(), resets_at: Timestamp });

export const UsageReport = v.object({
  /** The oldest day first, each day once. */
  days: v.array(UsageDay),
  /** The owner's budget of today, in USD. */
  today: v.object({
    cap_usd: v.number(),
    /** What the turns that have ended cost. */
    settled_usd: v.number(),
    /** What the turns that run now may still cost. */
    reserved_usd: v.number(),
    left_usd: v.number(),
    resets_at: Timestamp,
  }),
  site: v.object({ day: SiteBudget, month: SiteBudget }),
});
export type UsageReport = v.InferOutput<typeof UsageReport>;
