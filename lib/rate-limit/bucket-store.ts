import type { Allowance } from "./allowance.ts";

/** The state of a bucket after an attempt to take a token. */
export interface TakeResult {
  admitted: boolean;
  /** When the bucket's tokens were spent, newest first, in milliseconds. Includes this token if it was admitted. */
  spentAtMs: number[];
}

/**
 * Stores the spend times of buckets. However many callers take tokens at the same time, a bucket never gives
 * more tokens in any window than its capacity. A refused attempt changes nothing.
 */
export interface BucketStore {
  take(key: string, allowance: Allowance, nowMs: number): Promise<TakeResult>;
  /** Undoes the take of `spentAtMs`, whatever happened since. Changes nothing if there is no such token. */
  giveBack(key: string, allowance: Allowance, spentAtMs: number): Promise<void>;
  /** Turns the held token of `heldAtMs` into a spent one. Returns false if there is no such token. */
  settle(key: string, allowance: Allowance, heldAtMs: number): Promise<boolean>;
}
