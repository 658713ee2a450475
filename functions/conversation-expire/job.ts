import type { Context } from "aws-lambda";
import type { DatabaseSize } from "#lib/platform/database-size.ts";
import type { RequestTelemetry } from "#lib/platform/telemetry.ts";

interface ConversationExpireParts {
  telemetry: RequestTelemetry;
  readSize: () => Promise<DatabaseSize>;
  /** Undefined: conversations are kept for ever. */
  idleDays: number | undefined;
  /** One batch; how many conversations went. */
  expire: (batch: { idleDays: number; limit: number }) => Promise<number>;
}

/** Of one database request: short enough that nobody waits for its locks. */
const batchSize = 50;
/** Ten thousand conversations. What is left after them, or when time runs out, is for the next day. */
const maxBatches = 200;
/** A request may take 4 s; the rest is for the log. */
const reserveMs = 10_000;

/**
 * Once a day: measures how full the database is, and removes conversations that nobody has used for `idleDays`. A failed
 * run is repeated by the next one.
 */
export function createConversationExpire(parts: ConversationExpireParts) {
  const { telemetry } = parts;
  return async (
    _event: unknown,
    context: Pick<Context, "awsRequestId" | "getRemainingTimeInMillis">,
  ): Promise<void> => {
    telemetry.begin({ function_request_id: context.awsRequestId });
    try {
      measureSize(await parts.readSize(), telemetry);
      await expireIdle(parts, context);
    } catch (error) {
      telemetry.error("expiry.failed", error);
      // Lambda counts it, and the alarm watches that.
      throw error;
    } finally {
      telemetry.flush();
    }
  };
}

function measureSize({ bytes, limitBytes }: DatabaseSize, telemetry: RequestTelemetry): void {
  telemetry.info("database.size", { bytes, limit_bytes: limitBytes });
  telemetry.measure("DatabaseUsedPercent", Math.round((1_000 * bytes) / limitBytes) / 10);
}

async function expireIdle(
  { telemetry, idleDays, expire }: ConversationExpireParts,
  context: Pick<Context, "getRemainingTimeInMillis">,
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
