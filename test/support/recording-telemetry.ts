import type { MetricName, RequestTelemetry } from "#lib/platform/telemetry.ts";

type Line = { level: "info" | "warn" | "error"; event: string; cause?: unknown };

/** Returns a telemetry that records its log lines and metrics. */
export function recordingTelemetry() {
  const lines: Line[] = [];
  const measured: { metric: MetricName; value: number }[] = [];
  let flushes = 0;
  const telemetry: RequestTelemetry = {
    info: (event) => lines.push({ level: "info", event }),
    warn: (event) => lines.push({ level: "warn", event }),
    error: (event, cause) => lines.push({ level: "error", event, cause }),
    measure: (metric, value) => measured.push({ metric, value }),
    begin: () => {},
    flush: () => {
      flushes += 1;
    },
  };
  return { telemetry, lines, measured, flushes: () => flushes };
}
