import { hasToken, spentAt } from "./allowance.ts";
import type { BucketStore } from "./bucket-store.ts";

/** A warm instance lives for hours and may see any number of addresses. */
const maxEntries = 10_000;

/** Buckets of this instance alone: the fallback while DynamoDB is unavailable. */
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
      const index = spent.indexOf(spentAtMs);
      if (index !== -1) setBounded(buckets, key, spent.toSpliced(index, 1));
    },

    async settle(key, _allowance, heldAtMs) {
      const spent = buckets.get(key) ?? [];
      const index = spent.indexOf(heldAtMs);
      if (index !== -1) setBounded(buckets, key, spent.with(index, spentAt(heldAtMs)));
      return index !== -1;
    },
  };
}

/**
 * Returns a store that remembers refusals in memory. A refusal holds until a token comes back, so a flood of requests
 * on a warm instance costs no writes. If another instance gives a token back, the refusal still holds for the time to wait
 * that it named. Use only for buckets that rarely give tokens back.
 */
export function cacheRefusals(store: BucketStore): BucketStore {
  const refusals = new Map<string, number[]>();
  return {
    ...store,
    async take(key, allowance, nowMs) {
      const spentAtMs = refusals.get(key);
      if (spentAtMs && !hasToken(spentAtMs, allowance, nowMs))
        return { admitted: false, spentAtMs };
      const result = await store.take(key, allowance, nowMs);
      if (!result.admitted) setBounded(refusals, key, result.spentAtMs);
      return result;
    },

    async giveBack(key, allowance, spentAtMs) {
      refusals.delete(key);
      await store.giveBack(key, allowance, spentAtMs);
    },
  };
}

/** Sets an entry and drops the entry that was set longest ago, once the map has more than 10,000 entries. */
export function setBounded<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= maxEntries) return;
  const [oldestKey] = map.keys();
  if (oldestKey !== undefined) map.delete(oldestKey);
}
