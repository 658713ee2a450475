/** The size of a bucket, and how long after its spending a token comes back. */
export interface Allowance {
  capacity: number;
  windowMs: number;
}

/**
 * Returns whether a bucket has a token at `nowMs`. `spentAtMs` holds when its tokens were spent, newest first.
 * Only the oldest of the last `capacity` times counts: once that token is back, a token is free.
 */
export function hasToken(spentAtMs: number[], allowance: Allowance, nowMs: number): boolean {
  const oldest = spentAtMs[allowance.capacity - 1];
  return oldest === undefined || oldest <= nowMs - allowance.windowMs;
}

/**
 * Returns the spend time of a token that a running request holds and may still give back. Half a millisecond marks a
 * held token, because our clocks return whole milliseconds.
 */
export const heldAt = (nowMs: number): number => nowMs + 0.5;

export const isHeld = (spentAtMs: number): boolean => !Number.isInteger(spentAtMs);

/** Returns the spend time of a held token once the token is spent. */
export const spentAt = (heldAtMs: number): number => Math.floor(heldAtMs);

/** Returns the spend times of the tokens that are still out at `nowMs`, newest first. */
export function tokensOut(spentAtMs: number[], allowance: Allowance, nowMs: number): number[] {
  return spentAtMs
    .slice(0, allowance.capacity)
    .filter((spent) => spent > nowMs - allowance.windowMs);
}
