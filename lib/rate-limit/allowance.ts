/** A bucket's size, and after how long a spent token is back in it. */
export interface Allowance {
  capacity: number;
  windowMs: number;
}

/**
 * Whether a bucket has a token at `nowMs`, by when its tokens were spent, newest first.
 * Only the oldest of the last `capacity` counts: once that one is back, a token is free.
 */
export function hasToken(spentAtMs: number[], allowance: Allowance, nowMs: number): boolean {
  const oldest = spentAtMs[allowance.capacity - 1];
  return oldest === undefined || oldest <= nowMs - allowance.windowMs;
}

/**
 * The spend time of a token that a running request holds and may still give back. Half a millisecond, which no clock of
 * ours shows, tells it from a token that is spent.
 */
export const heldAt = (nowMs: number): number => nowMs + 0.5;

export const isHeld = (spentAtMs: number): boolean => !Number.isInteger(spentAtMs);

/** The spend time that a held token has once it is spent. */
export const settled = (heldAtMs: number): number => Math.floor(heldAtMs);

/** The spend times of the tokens that are not back yet at `nowMs`, newest first. */
export function tokensOut(spentAtMs: number[], allowance: Allowance, nowMs: number): number[] {
  return spentAtMs
    .slice(0, allowance.capacity)
    .filter((spent) => spent > nowMs - allowance.windowMs);
}
