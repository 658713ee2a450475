import type { HealthReport } from "#lib/contract/health.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { json } from "#lib/platform/http/http-response.ts";
import type { RequestTelemetry } from "#lib/platform/telemetry.ts";

interface HealthParts {
  telemetry: RequestTelemetry;
  identity: Pick<HealthReport, "environment" | "version" | "model">;
  /** Loaded when first needed: `?live=1` pays for none of it. */
  loadReport: () => Promise<() => Promise<HealthReport>>;
}

/** `GET /health`: whether the system works, and which part does not. Never limited. */
export function createHealthRoute({ telemetry, identity, loadReport }: HealthParts) {
  return defineRoute("health", telemetry).handler(async ({ query }) => {
    if (isLiveOnly(query)) {
      const report: HealthReport = { status: "ok", ...identity, api_version: "v1" };
      return json(200, report);
    }
    const look = await loadReport();
    const report = await look();
    return json(report.status === "error" ? 503 : 200, report);
  });
}

const isLiveOnly = (query: unknown): boolean =>
  typeof query === "object" && query !== null && "live" in query && query.live === "1";
