import * as v from "valibot";

/**
 * An error that the client may read: RFC 9457, `application/problem+json`.
 * `type` is the stable name to switch on; `detail` is a sentence for a person.
 */
export const Problem = v.object({
  type: v.string(),
  title: v.string(),
  status: v.number(),
  detail: v.string(),
  request_id: v.string(),
  /** The field that was wrong, on a 400 that is about one. */
  field: v.optional(v.string()),
  /** Seconds to wait, on 429 and 503; the same number as in the `Retry-After` header. */
  retry_after: v.optional(v.number()),
});
export type Problem = v.InferOutput<typeof Problem>;
