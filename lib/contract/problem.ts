import * as v from "valibot";
import { Identifier, Timestamp } from "./identifier.ts";

/**
 * An error that the client may read: `application/problem+json`, RFC 9457.
 * Programs switch on `type`, which never changes. People read `detail`.
 */
export const Problem = v.object({
  type: v.string(),
  title: v.string(),
  status: v.number(),
  detail: v.string(),
  request_id: v.string(),
  /** The invalid field, if a 400 is about one field. */
  field: v.optional(v.string()),
  /** Seconds to wait after a 429 or 503, the same number as in the `Retry-After` header. */
  retry_after: v.optional(v.number()),
  /** Which budget of a 402 is exhausted. */
  scope: v.optional(v.picklist(["turn", "key/day", "owner/day", "site/day", "site/month"])),
  /** When the next period of an exhausted budget begins. Missing if the turn's own budget was exhausted. */
  resets_at: v.optional(Timestamp),
  /** The turn that an exhausted budget ended, or that was stored but could not be started. Its message is kept. */
  conversation_id: v.optional(Identifier),
  turn_id: v.optional(Identifier),
});
export type Problem = v.InferOutput<typeof Problem>;
