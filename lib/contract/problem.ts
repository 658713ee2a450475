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

/** Every `type` that this system answers with, and its title. */
export const problemTitles = {
  bad_request: "Bad request",
  unauthorized: "Unauthorized",
  invalid_password: "Invalid password",
  forbidden: "Forbidden",
  cross_site: "Cross-site request refused",
  not_found: "Not found",
  queue_full: "Queue full",
  payload_too_large: "Payload too large",
  unsupported_media_type: "Unsupported media type",
  idempotency_key_reused: "Idempotency key reused",
  rate_limited: "Too many requests",
  quota_exceeded: "Quota exceeded",
  internal_error: "Internal error",
  service_unavailable: "Service unavailable",
  gateway_timeout: "Gateway timeout",
  model_busy: "Model busy",
  model_failed: "Model failed",
  deadline_exceeded: "Deadline exceeded",
  attempts_exhausted: "Attempts exhausted",
} as const;
export type ProblemType = keyof typeof problemTitles;
