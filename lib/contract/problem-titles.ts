/** Every `type` that this system answers with, and its title. Apart from the schema, which most functions need not load. */
export const problemTitles = {
  bad_request: "Bad request",
  unauthorized: "Unauthorized",
  invalid_password: "Invalid password",
  forbidden: "Forbidden",
  cross_site: "Cross-site request refused",
  not_found: "Not found",
  queue_full: "Queue full",
  not_replaceable: "Not replaceable",
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
