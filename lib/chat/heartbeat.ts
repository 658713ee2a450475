import type { Purse } from "#lib/budget/purse.ts";
import { LeaseLost, StopRequested, type TurnLease } from "#lib/conversations/turn-lease.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import type { TurnProgress } from "./turn-progress.ts";

/** The turn ran for as long as a turn may. */
export class DeadlineExceeded extends Error {
  override readonly name = "DeadlineExceeded";
}

interface HeartbeatOptions {
  lease: TurnLease;
  /** Returns what the turn has produced so far. Each beat stores it for followers. */
  progress: () => TurnProgress;
  purse: Purse;
  telemetry: Telemetry;
  /** When the work must end, counted from now. */
  deadlineMs: number;
  /** 1,000 by default. Tests use less. */
  intervalMs?: number | undefined;
}

export interface Heartbeat {
  /** Aborts when the work must end. The reason is StopRequested, DeadlineExceeded, LeaseLost or the last beat's error. */
  signal: AbortSignal;
  /** Resolves when no beat is under way. No beat follows, so none can overtake the turn's end. */
  stop(): Promise<void>;
}

/** The work ends after this time without a successful beat: the lease (15 s) may soon belong to another runner. */
const maxSilenceMs = 10_000;

/** Keeps the lease during a turn: once a second it renews the lease, stores the progress and reads the stop flag. */
export function startHeartbeat(options: HeartbeatOptions): Heartbeat {
  const { lease, progress, purse, telemetry, deadlineMs, intervalMs = 1_000 } = options;
  const work = new AbortController();
  let isStopped = false;
  let nextBeat: NodeJS.Timeout | undefined;
  let lastBeat = Promise.resolve();
  let lastBeatAt = performance.now();

  const deadline = setTimeout(() => work.abort(new DeadlineExceeded()), Math.max(0, deadlineMs));

  async function beat(): Promise<void> {
    try {
      const { text, tools, sources, restarts } = progress();
      const cost = purse.state;
      const { cancelRequested } = await lease.beat({ text, tools, sources, restarts }, cost);
      purse.stored(cost);
      lastBeatAt = performance.now();
      if (cancelRequested) work.abort(new StopRequested());
    } catch (error) {
      telemetry.warn("turn.beat_failed", { error_type: error instanceof Error ? error.name : "?" });
      const wasSilentTooLong = performance.now() - lastBeatAt > maxSilenceMs;
      if (error instanceof LeaseLost || wasSilentTooLong) work.abort(error);
    }
  }

  function beatLater(): void {
    nextBeat = setTimeout(() => {
      if (work.signal.aborted) return;
      lastBeat = beat().then(() => {
        if (!isStopped) beatLater();
      });
    }, intervalMs);
  }
  beatLater();

  return {
    signal: work.signal,
    async stop() {
      isStopped = true;
      clearTimeout(deadline);
      clearTimeout(nextBeat);
      await lastBeat;
    },
  };
}
