import * as v from "valibot";

const CheckStatus = v.picklist(["ok", "error"]);

/** `error` names a class of failure ("timeout", "refused", …), never a library's words. */
export const HealthCheck = v.object({
  status: CheckStatus,
  latency_ms: v.optional(v.number()),
  error: v.optional(v.string()),
});
export type HealthCheck = v.InferOutput<typeof HealthCheck>;

export const HealthReport = v.object({
  status: v.picklist(["ok", "degraded", "error"]),
  environment: v.picklist(["aws", "local"]),
  version: v.string(),
  api_version: v.literal("v1"),
  /** The model that answers; "demo-model" is the twin's built-in stand-in. */
  model: v.string(),
  checks: v.optional(
    v.object({ database: HealthCheck, bedrock: HealthCheck, rate_limiter: HealthCheck }),
  ),
});
export type HealthReport = v.InferOutput<typeof HealthReport>;
