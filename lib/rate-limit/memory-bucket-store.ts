import { hasToken, settled } from "./allowance.ts";
import { setBounded } from "./bounded-map.ts";
import type { BucketStore } from "./bucket-store.ts";

/** Buckets of this instance alone: the second line of defence while the shared ones are out of reach. */
export function createMemoryBucketStore(): BucketStore {
  const buckets = new Map<string, number[]>();
  return {
    async take(key, allowance, nowMs) {
      const spent = buckets.get(key) ?? [];
      if (!hasToken(spent, allowance, nowMs)) return { admitted: false, spentAtMs: spent };
      const spentAtMs = [nowMs, ...spent].slice(0, allowance.capacity);
      setBounded(buckets, key, spentAtMs);
      return { admitted: true, spentAtMs };
    },

    async giveBack(key, _allowance, spentAtMs) {
      const spent = buckets.get(key) ?? [];
      const place = spent.indexOf(spentAtMs);
      if (place !== -1) setBounded(buckets, key, spent.toSpliced(place, 1));
    },

    async settle(key, _allowance, heldAtMs) {
      const spent = buckets.get(key) ?? [];
      const place = spent.indexOf(heldAtMs);
      if (place !== -1) setBounded(buckets, key, spent.with(place, settled(heldAtMs)));
      return place !== -1;
    },
  };
}
