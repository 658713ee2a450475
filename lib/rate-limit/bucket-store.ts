import type { Allowance } from "./allowance.ts";

/** What a store knows of a bucket after an attempt to take a token. */
export interface Spending {
  admitted: boolean;
  /** When its tokens were spent, newest first, in milliseconds; this one included if it was admitted. */
  spentAtMs: number[];
}

/**
 * Where the spend times of buckets are kept. However many callers take at once, no bucket ever gives
 * more tokens in any window than it holds. A refused attempt changes nothing.
 */
export interface BucketStore {
  take(key: string, allowance: Allowance, nowMs: number): Promise<Spending>;
  /** Undoes the take of `spentAtMs`, whatever happened since. Changes nothing if there is no such token. */
  giveBack(key: string, allowance: Allowance, spentAtMs: number): Promise<void>;
  /** Turns the held token of `heldAtMs` into a spent one. Returns false if there is no such token. */
  settle(key: string, allowance: Allowance, heldAtMs: number): Promise<boolean>;
}
