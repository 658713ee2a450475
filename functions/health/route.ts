import type { HealthReport } from "#lib/contract/health.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { json } from "#lib/platform/http/http-response.ts";
import type { RequestTelemetry } from "#lib/platform/telemetry.ts";

interface HealthDependencies {
  telemetry: RequestTelemetry;
  identity: Pick<HealthReport, "environment" | "version" | "model">;
  /** Loads the checks and their SDKs when they are first needed, because `?live=1` needs none of them. */
  loadChecker: () => Promise<() => Promise<HealthReport>>;
}

/** `GET /health`: checks the system's dependencies. With `?live=1` checks none of them. Has no rate limit. */
export function createHealthRoute({ telemetry, identity, loadChecker }: HealthDependencies) {
  return defineRoute("health", telemetry).handler(async ({ query }) => {
    if (isLiveOnly(query)) {
      const report: HealthReport = { status: "ok", ...identity, api_version: "v1" };
      return json(200, report);
    }
    const check = await loadChecker();
    const report = await check();
    return json(report.status === "error" ? 503 : 200, report);
  });
}

const isLiveOnly = (query: unknown): boolean =>
  typeof query === "object" && query !== null && "live" in query && query.live === "1";
