import type { HealthCheck, HealthFailure, HealthReport, McpCheck } from "#lib/contract/health.ts";
import { DatabaseUnavailable, SqlError } from "#lib/platform/database-errors.ts";

/** Checks one dependency. Rejects if the dependency does not work. */
export type Probe = (signal: AbortSignal) => Promise<void>;

/** Checks all tool servers, and rejects only if the servers are not known. */
export type McpProbe = (signal: AbortSignal) => Promise<Omit<McpCheck, "latency_ms">>;

interface HealthOptions {
  identity: Pick<HealthReport, "environment" | "version" | "model">;
  probes: { database: Probe; bedrock: Probe; rate_limiter: Probe; mcp?: McpProbe | undefined };
  deadlineMs?: number;
  now?: () => number;
}

/** The route is public, and each probe wakes a sleeping database, so a report is reused for a while. */
const cacheMs = 10_000;

/**
 * Returns a function that probes all dependencies in parallel, 5 s each at most, and reuses the report for 10 s.
 * The status is "error" if the database is down, because then nothing works, and "degraded" if another probe fails.
 */
export function createHealthChecker(options: HealthOptions): () => Promise<HealthReport> {
  const { identity, probes, deadlineMs = 5_000, now = Date.now } = options;
  let cached: { report: Promise<HealthReport>; until: number } | undefined;

  async function probeAll(): Promise<HealthReport> {
    const [database, bedrock, rateLimiter, mcp] = await Promise.all([
      check(probes.database, deadlineMs),
      check(probes.bedrock, deadlineMs),
      check(probes.rate_limiter, deadlineMs),
      probes.mcp && checkMcp(probes.mcp, deadlineMs),
    ]);
    const checks = { database, bedrock, rate_limiter: rateLimiter, ...(mcp && { mcp }) };
    return { status: overall(checks), ...identity, api_version: "v1", checks };
  }
  return () => {
    if (!cached || cached.until <= now()) cached = { report: probeAll(), until: now() + cacheMs };
    return cached.report;
  };
}

async function check(probe: Probe, deadlineMs: number): Promise<HealthCheck> {
  const startedAt = performance.now();
  const signal = AbortSignal.timeout(deadlineMs);
  const timeout = Promise.withResolvers<never>();
  signal.addEventListener("abort", () => timeout.reject(signal.reason), { once: true });
  try {
    await Promise.race([probe(signal), timeout.promise]);
    return { status: "ok", latency_ms: Math.round(performance.now() - startedAt) };
  } catch (error) {
    return {
      status: "error",
      latency_ms: Math.round(performance.now() - startedAt),
      error: failureClass(error),
    };
  }
}

async function checkMcp(probe: McpProbe, deadlineMs: number): Promise<McpCheck> {
  let found: Omit<McpCheck, "latency_ms"> | undefined;
  const checked = await check(async (signal) => {
    found = await probe(signal);
  }, deadlineMs);
  return { ...checked, ...found };
}

/** The public report names only a class of failure, because a library's message may hold hosts and names. */
function failureClass(error: unknown): HealthFailure {
  if (error instanceof DatabaseUnavailable) return error.reason;
  // PostgreSQL works but refused the probe's own statement.
  if (error instanceof SqlError) return "internal_error";
  return failureClassOfAws(error);
}

/** AWS services put the reason into the error's name, most of them with status 400; some use a status of their own. */
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
  const others = [checks.bedrock, checks.rate_limiter, checks.mcp];
  return others.some((check) => check?.status === "error") ? "degraded" : "ok";
}
