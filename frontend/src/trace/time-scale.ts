import type { Trace } from "#lib/contract/trace.ts";

/** Maps times of a trace to 0 to 1 of the waterfall's width. */
export interface TimeScale {
  at: (ms: number) => number;
  /** Some wait is drawn shorter than it was. */
  isShortened: boolean;
}

/** The part of the width that one wait takes at most, so that two days of waiting leave room for two seconds of work. */
const longestWaitShare = 0.25;

/** @param end_ms where the waterfall ends */
export function timeScaleOf({ waits }: Pick<Trace, "waits">, end_ms: number): TimeScale {
  const spans = waits.map(({ start_ms, duration_ms }) => ({
    start_ms,
    length_ms: Math.max(0, duration_ms ?? end_ms - start_ms),
  }));
  const work_ms = Math.max(1, end_ms - spans.reduce((sum, { length_ms }) => sum + length_ms, 0));
  const longest_ms = work_ms * longestWaitShare;
  const cuts = spans.filter(({ length_ms }) => length_ms > longest_ms);
  const drawn = (ms: number) =>
    cuts.reduce((left, { start_ms, length_ms }) => {
      const inside_ms = Math.min(Math.max(ms - start_ms, 0), length_ms);
      return left - inside_ms * (1 - longest_ms / length_ms);
    }, ms);
  const width = drawn(end_ms) || 1;
  return { at: (ms) => Math.min(1, Math.max(0, drawn(ms) / width)), isShortened: cuts.length > 0 };
}
