import { LeaseLost, type TurnLease } from "#lib/conversations/turn-lease.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import type { TurnProgress } from "./turn-progress.ts";

/** Why a turn was told to end before its time. */
export class StopRequested extends Error {
  override readonly name = "StopRequested";
}
export class DeadlineExceeded extends Error {
  override readonly name = "DeadlineExceeded";
}

interface HeartbeatOptions {
  lease: TurnLease;
  progress: () => TurnProgress;
  telemetry: Telemetry;
  deadlineMs: number;
  intervalMs?: number | undefined;
}

/** Without a successful beat for so long the lease may be somebody else's soon. */
const patienceMs = 10_000;

/**
 * Keeps the lease while the answer is made: one beat a second renews it, stores what there is, and
 * reads whether somebody pressed stop. `signal` aborts with the reason when the work has to end.
 */
export function startHeartbeat(options: HeartbeatOptions) {
  const { lease, progress, telemetry, deadlineMs, intervalMs = 1_000 } = options;
  const work = new AbortController();
  const heart = new AbortController();
  let lastBeat = performance.now();

  const deadline = setTimeout(() => work.abort(new DeadlineExceeded()), Math.max(0, deadlineMs));

  const beat = async () => {
    try {
      const { text, tools } = progress();
      const { cancelRequested } = await lease.beat({ text, tools });
      lastBeat = performance.now();
      if (cancelRequested) work.abort(new StopRequested());
    } catch (error) {
      telemetry.warn("turn.beat_failed", { error_type: error instanceof Error ? error.name : "?" });
      const patienceIsOver = performance.now() - lastBeat > patienceMs;
      if (error instanceof LeaseLost || patienceIsOver) work.abort(error);
    }
  };
  const beating = (async () => {
    while (!heart.signal.aborted) {
      await pause(intervalMs, heart.signal);
      if (!heart.signal.aborted && !work.signal.aborted) await beat();
      if (work.signal.aborted) return;
    }
  })();

  return {
    signal: work.signal,
    /** After this no beat is under way, so that none can come after the turn's end. */
    async stop(): Promise<void> {
      clearTimeout(deadline);
      heart.abort();
      await beating;
    },
  };
}

/** Resolves after the time, or at once when the signal aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise.finally(() => clearTimeout(timer));
}
