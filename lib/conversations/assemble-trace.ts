import type { Trace, TraceAttempt, TraceSpan, TraceWait } from "#lib/contract/trace.ts";
import type { TraceRow } from "./stored-trace.ts";

/** Returns a turn's trace as a client reads it. */
export function assembleTrace(row: TraceRow): Trace {
  const { turn_id, conversation_id, status, created_at, summary_usage } = row;
  const attempts = attemptsOf(row);
  return {
    ...{ turn_id, conversation_id, status, created_at, summary_usage },
    duration_ms: row.finished_ms ?? row.now_ms,
    attempts,
    waits: waitsOf(row, attempts),
  };
}

/**
 * Returns the attempts, oldest first. The claims know each attempt that was started, and the trace those that stored an end.
 * An attempt without an end has lasted at most as long as its lease, which the next claim has found.
 */
export function attemptsOf(row: TraceRow): TraceAttempt[] {
  const numbers = new Set([...row.claims, ...row.attempts].map(({ attempt }) => attempt));
  return [...numbers]
    .toSorted((one, other) => one - other)
    .flatMap((attempt) => attemptOf(row, attempt) ?? []);
}

function attemptOf(row: TraceRow, attempt: number): TraceAttempt | undefined {
  const claim = claimOf(row, attempt);
  const stored = row.attempts.find((one) => one.attempt === attempt);
  if (stored) {
    const { outcome, sent_ms, stored_ms } = stored;
    const zero_ms = clockZero(stored, claim?.at_ms);
    const start_ms = claim?.at_ms ?? Math.max(0, zero_ms);
    const duration_ms = Math.max(0, stored_ms - start_ms);
    const commit: TraceSpan = {
      ...{ kind: "commit", start_ms: zero_ms + sent_ms },
      duration_ms: Math.max(0, stored_ms - zero_ms - sent_ms),
    };
    const spans = stored.spans.map((span) => {
      const end_ms = zero_ms + span.start_ms + span.duration_ms;
      const from_ms = Math.max(start_ms, zero_ms + span.start_ms);
      return { ...span, start_ms: from_ms, duration_ms: Math.max(0, end_ms - from_ms) };
    });
    return { attempt, start_ms, duration_ms, outcome, spans: [...spans, commit] };
  }
  if (!claim) return undefined;
  const start_ms = claim.at_ms;
  const next = claimOf(row, attempt + 1);
  if (!next && row.status === "running" && row.has_runner) {
    return { attempt, start_ms, duration_ms: null, outcome: "running", spans: [] };
  }
  const ends = next
    ? [next.at_ms, next.lease_until_ms]
    : [row.finished_ms ?? row.now_ms, row.lease_until_ms];
  const end_ms = Math.min(...ends.filter((end) => end !== null));
  return {
    ...{ attempt, start_ms, outcome: "lost", spans: [] },
    duration_ms: Math.max(0, end_ms - start_ms),
  };
}

/** PostgreSQL rounds the time of the acceptance to milliseconds, but cuts that of the claim, which may seem to be earlier. */
function claimOf(row: TraceRow, attempt: number): TraceRow["claims"][number] | undefined {
  const claim = row.claims.find((one) => one.attempt === attempt);
  return claim && { ...claim, at_ms: Math.max(0, claim.at_ms) };
}

/**
 * Returns when the runner sent its claim, which is where its own clock begins. The end transaction knows how long ago that
 * was. A transaction that was sent again is too late by its retries, so the claim, which knows its own time, bounds the result.
 */
function clockZero(
  { sent_ms, stored_ms, spans }: TraceRow["attempts"][number],
  claimed_ms = Number.POSITIVE_INFINITY,
): number {
  const claim_ms = spans.find(({ kind }) => kind === "claim")?.duration_ms ?? 0;
  const earliest_ms = (Number.isFinite(claimed_ms) ? claimed_ms : 0) - claim_ms;
  return Math.min(Math.max(stored_ms - sent_ms, earliest_ms), claimed_ms);
}

/** Returns the times in which no runner worked on the turn: before, between and after its attempts. */
export function waitsOf(row: TraceRow, attempts: readonly TraceAttempt[]): TraceWait[] {
  // A turn from before traces has had attempts, and nobody knows when.
  if (attempts.length === 0 && row.started > 0) return [];
  const waits: TraceWait[] = [];
  const add = (kind: TraceWait["kind"], start_ms: number, end_ms: number | null) => {
    if (end_ms === null) waits.push({ kind, start_ms, duration_ms: null });
    else if (end_ms > start_ms) waits.push({ kind, start_ms, duration_ms: end_ms - start_ms });
  };
  let before: TraceAttempt | undefined;
  for (const next of [...attempts, undefined]) {
    const start_ms = before ? endOf(before) : 0;
    const end_ms = next?.start_ms ?? row.finished_ms;
    const isOver = next === undefined && before !== undefined && isLast(before);
    if (start_ms !== null && !isOver) {
      if (before?.outcome === "waiting") {
        const decided_ms = decidedBetween(row, start_ms, end_ms);
        add("approval", start_ms, decided_ms ?? end_ms);
        if (decided_ms !== undefined) add("queue", decided_ms, end_ms);
      } else {
        add("queue", start_ms, end_ms);
      }
    }
    before = next;
  }
  return waits;
}

const endOf = ({ start_ms, duration_ms }: TraceAttempt) =>
  duration_ms === null ? null : start_ms + duration_ms;

const isLast = ({ outcome }: TraceAttempt) => outcome !== "waiting" && outcome !== "lost";

/** Returns when the last of the calls was decided on which this wait depended. Undefined if none was, or one is still open. */
function decidedBetween(
  { decided_ms, status }: TraceRow,
  start_ms: number,
  end_ms: number | null,
): number | undefined {
  if (end_ms === null && status === "waiting") return undefined;
  const decided = decided_ms.filter((at) => at >= start_ms && (end_ms === null || at <= end_ms));
  return decided.length > 0 ? Math.max(...decided) : undefined;
}
