import type { Telemetry } from "#lib/platform/telemetry.ts";

/** An attempt whose end or parking is stored. */
export interface StoredTurn {
  owner: string;
  turnId: string;
  attempt: number;
  /** The type of the problem with which the turn has failed. */
  errorType?: string | undefined;
}

/** Sends what an attempt adds to its turn's trace. @throws the signal's error, or what kept the collector from taking it */
export type SendTrace = (turn: StoredTurn, signal: AbortSignal) => Promise<void>;

/** Sends traces beside whatever follows a turn. A collector never fails or delays a turn. */
export interface TraceExport {
  /** Begins to send the attempt. Returns at once and never throws. */
  start(turn: StoredTurn): void;
  /** Resolves when every attempt is sent or given up: at most 2 s after the last one has begun. Never rejects. */
  finish(): Promise<void>;
}

/** The stream of an answer stays open meanwhile: the invocation ends with it, and Lambda freezes a function after its invocation. */
const longestMs = 2_000;

/** @param load loads the code that sends. Called for each attempt. */
export function createTraceExport(
  load: () => Promise<SendTrace>,
  telemetry: Telemetry,
  maxMs = longestMs,
): TraceExport {
  const underWay = new Set<Promise<void>>();

  async function send(turn: StoredTurn): Promise<void> {
    const late = new AbortController();
    const { promise: lateness, reject } = Promise.withResolvers<never>();
    late.signal.addEventListener("abort", () => reject(late.signal.reason));
    const timer = setTimeout(() => late.abort(new Error("The collector is too slow.")), maxMs);
    try {
      const sending = load().then((sendTrace) => sendTrace(turn, late.signal));
      await Promise.race([sending, lateness]);
    } catch (error) {
      telemetry.error("trace.not_exported", error, { turn_id: turn.turnId });
      telemetry.measure("TracesNotExported", 1);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    start(turn) {
      const sending = send(turn).finally(() => underWay.delete(sending));
      underWay.add(sending);
    },
    async finish() {
      await Promise.all(underWay);
    },
  };
}
