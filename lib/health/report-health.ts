import type { HealthCheck, HealthFailure, HealthReport } from "#lib/contract/health.ts";
import { DatabaseUnavailable, SqlError } from "#lib/platform/database-errors.ts";

/** One dependency: resolves when it answers, throws when it does not. */
export type Probe = (signal: AbortSignal) => Promise<void>;

interface HealthOptions {
  identity: Pick<HealthReport, "environment" | "version" | "model">;
  probes: { database: Probe; bedrock: Probe; rate_limiter: Probe };
  deadlineMs?: number;
  now?: () => number;
}

/** Anybody may ask, so a report is kept for a while: each look at the database wakes it. */
const cacheMs = 10_000;

/**
 * Looks at all dependencies side by side, 5 s each at most, and keeps the report for 10 s.
 * "error": the database is down, nothing works. "degraded": something else is.
 */
export function createHealth(options: HealthOptions): () => Promise<HealthReport> {
  const { identity, probes, deadlineMs = 5_000, now = Date.now } = options;
  let kept: { report: Promise<HealthReport>; until: number } | undefined;

  async function look(): Promise<HealthReport> {
    const [database, bedrock, rateLimiter] = await Promise.all([
      check(probes.database, deadlineMs),
      check(probes.bedrock, deadlineMs),
      check(probes.rate_limiter, deadlineMs),
    ]);
    const checks = { database, bedrock, rate_limiter: rateLimiter };
    return { status: overall(checks), ...identity, api_version: "v1", checks };
  }
  return () => {
    if (!kept || kept.until <= now()) kept = { report: look(), until: now() + cacheMs };
    return kept.report;
  };
}

async function check(probe: Probe, deadlineMs: number): Promise<HealthCheck> {
  const startedAt = performance.now();
  const signal = AbortSignal.timeout(deadlineMs);
  const late = Promise.withResolvers<never>();
  signal.addEventListener("abort", () => late.reject(signal.reason), { once: true });
  try {
    await Promise.race([probe(signal), late.promise]);
    return { status: "ok", latency_ms: Math.round(performance.now() - startedAt) };
  } catch (error) {
    return {
      status: "error",
      latency_ms: Math.round(performance.now() - startedAt),
      error: failureClass(error),
    };
  }
}

/** A class of failure, for anybody to read: a library's own words may hold hosts and names. */
function failureClass(error: unknown): HealthFailure {
  if (error instanceof DatabaseUnavailable) return error.reason;
  // The statement of the probe itself.
  if (error instanceof SqlError) return "internal_error";
  return failureClassOfAws(error);
}

/** Some services refuse with a status of their own, most of them with 400 and a name. */
function failureClassOfAws(error: unknown): HealthFailure {
  const { name, $metadata } = Object(error);
  const status = Object($metadata).httpStatusCode;
  if (name === "TimeoutError") return "timeout";
  if (/Throttl|TooManyRequests|ThroughputExceeded|RequestLimit/i.test(name) || status === 429)
    return "throttled";
  if (/AccessDenied|Unauthorized|Unrecognized|Credential|Token|Signature/i.test(name))
    return "access_denied";
  if (status === 401 || status === 403) return "access_denied";
  if (/NotFound|Validation/i.test(name) || status === 404) return "not_found";
  return "unavailable";
}

function overall(checks: NonNullable<HealthReport["checks"]>): HealthReport["status"] {
  if (checks.database.status === "error") return "error";
  const others = [checks.bedrock, checks.rate_limiter];
  return others.some(({ status }) => status === "error") ? "degraded" : "ok";
}
