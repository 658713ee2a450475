import * as v from "valibot";

const CheckStatus = v.picklist(["ok", "error"]);

/** Kinds of failure, never a library's message. docs/operations.md lists what to do about each. */
export const HealthFailure = v.picklist([
  "unavailable",
  "timeout",
  "access_denied",
  "not_found",
  "throttled",
  "internal_error",
  // Only for the database:
  "not_migrated",
  "full",
  "quota_exceeded",
  "read_only",
  "shutting_down",
  "too_many_connections",
]);
export type HealthFailure = v.InferOutput<typeof HealthFailure>;

export const HealthCheck = v.object({
  status: CheckStatus,
  latency_ms: v.optional(v.number()),
  error: v.optional(HealthFailure),
});
export type HealthCheck = v.InferOutput<typeof HealthCheck>;

/** The tool servers of the deployment, together. */
export const McpCheck = v.object({
  ...HealthCheck.entries,
  /** The names of the servers that gave no list of their tools. */
  down: v.optional(v.array(v.string())),
  /** How many of the allowed tools the model does not get, because there are too many or a model cannot call them. */
  tools_left_out: v.optional(v.number()),
});
export type McpCheck = v.InferOutput<typeof McpCheck>;

export const HealthReport = v.object({
  status: v.picklist(["ok", "degraded", "error"]),
  environment: v.picklist(["aws", "local"]),
  version: v.string(),
  api_version: v.literal("v1"),
  /** The deployment's first model. "demo-model" is the local twin's built-in model. */
  model: v.string(),
  checks: v.optional(
    v.object({
      database: HealthCheck,
      bedrock: HealthCheck,
      rate_limiter: HealthCheck,
      /** Only in a deployment with tool servers. */
      mcp: v.optional(McpCheck),
    }),
  ),
});
export type HealthReport = v.InferOutput<typeof HealthReport>;
