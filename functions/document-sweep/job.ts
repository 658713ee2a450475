import { defineJob } from "#lib/platform/define-job.ts";
import type { RequestTelemetry } from "#lib/platform/telemetry.ts";

interface DocumentSweepDependencies {
  telemetry: RequestTelemetry;
  sweep: (hasTime: () => boolean) => Promise<void>;
}

/** Enough for one more request to the database or to S3, and for the log. */
const reserveMs = 15_000;

/**
 * Returns the daily job that finishes what crashes have left of documents. The next day's run makes up for a failed run.
 * @throws the job throws the first failure, so that Lambda counts it and the alarm fires
 */
export function createDocumentSweep({ telemetry, sweep }: DocumentSweepDependencies) {
  return defineJob(telemetry, "documents.sweep_failed", (_event, context) =>
    sweep(() => context.getRemainingTimeInMillis() > reserveMs),
  );
}
