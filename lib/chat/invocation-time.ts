/** Kept free at the end of an invocation, so that a turn at its deadline can still be stored. */
const reservedMs = 20_000;
const maxSummaryMs = 60_000;

/** How one Lambda invocation divides its remaining time. Each call reads the clock. */
export interface InvocationTime {
  /** How long a turn that starts now may run. */
  turnMs(): number;
  /** Whether a turn that starts now may run to its full deadline. If not, a later invocation starts the turn. */
  hasTimeForTurn(): boolean;
  /** How long a summary that starts now may take; zero or less when no time is left. */
  summaryMs(): number;
}

interface InvocationTimeOptions {
  /** The time until Lambda ends this invocation. */
  remainingMs: () => number;
  turnDeadlineMs: number;
}

export function createInvocationTime(options: InvocationTimeOptions): InvocationTime {
  const { remainingMs, turnDeadlineMs } = options;
  const usableMs = () => remainingMs() - reservedMs;
  return {
    turnMs: () => Math.min(turnDeadlineMs, usableMs()),
    hasTimeForTurn: () => usableMs() >= turnDeadlineMs,
    summaryMs: () => Math.min(maxSummaryMs, usableMs()),
  };
}
