import type { DatabaseSize } from "#lib/platform/database-size.ts";
import { defineJob, type JobContext } from "#lib/platform/define-job.ts";
import type { RequestTelemetry } from "#lib/platform/telemetry.ts";

interface ConversationExpireDependencies {
  telemetry: RequestTelemetry;
  readSize: () => Promise<DatabaseSize>;
  /** Undefined means that conversations are kept for ever. */
  idleDays: number | undefined;
  /** Deletes one batch. Returns how many conversations were deleted. */
  expire: (batch: { idleDays: number; limit: number }) => Promise<number>;
  /** Deletes what nobody needs to know any more about the cost of turns. */
  expireMoney: () => Promise<void>;
}

/** Conversations per database request: few enough that their locks block nobody for long. */
const batchSize = 50;
/** At most ten thousand conversations in one run. The next day's run deletes the rest. */
const maxBatches = 200;
/** Enough for one more database request, which may take 4 s, and for log and metrics. */
const reserveMs = 10_000;

/**
 * Returns the daily job that measures how full the database is, and deletes old bookings and the conversations that nobody
 * has used for `idleDays`. The next day's run makes up for a failed run.
 * @throws the job throws the database's error, so that Lambda counts a failure and the alarm fires
 */
export function createConversationExpire(dependencies: ConversationExpireDependencies) {
  const { telemetry } = dependencies;
  return defineJob(telemetry, "expiry.failed", async (_event, context) => {
    measureSize(await dependencies.readSize(), telemetry);
    await dependencies.expireMoney();
    await expireIdle(dependencies, context);
  });
}

function measureSize({ bytes, limitBytes }: DatabaseSize, telemetry: RequestTelemetry): void {
  telemetry.info("database.size", { bytes, limit_bytes: limitBytes });
  telemetry.measure("DatabaseUsedPercent", Math.round((1_000 * bytes) / limitBytes) / 10);
}

async function expireIdle(
  { telemetry, idleDays, expire }: ConversationExpireDependencies,
  context: Pick<JobContext, "getRemainingTimeInMillis">,
): Promise<void> {
  if (idleDays === undefined) {
    telemetry.info("expiry.disabled");
    return;
  }
  let expired = 0;
  let isComplete = false;
  try {
    for (let batch = 1; batch <= maxBatches && !isComplete; batch += 1) {
      if (context.getRemainingTimeInMillis() < reserveMs) break;
      const count = await expire({ idleDays, limit: batchSize });
      expired += count;
      isComplete = count < batchSize;
    }
  } finally {
    telemetry.info("expiry.ended", { expired, complete: isComplete });
    telemetry.measure("ConversationsExpired", expired);
  }
}
