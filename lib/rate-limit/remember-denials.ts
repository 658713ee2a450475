import { hasToken } from "./allowance.ts";
import { setBounded } from "./bounded-map.ts";
import type { BucketStore } from "./bucket-store.ts";

/**
 * Spares a store the attempts that are known to fail: nothing can bring a token back before its time, so a
 * refusal holds until then, and a flood on a warm instance costs no writes. Only for buckets that give nothing back.
 */
export function rememberDenials(store: BucketStore): BucketStore {
  const refusals = new Map<string, number[]>();
  return {
    ...store,
    async take(key, allowance, nowMs) {
      const known = refusals.get(key);
      if (known && !hasToken(known, allowance, nowMs)) return { admitted: false, spentAtMs: known };
      const spending = await store.take(key, allowance, nowMs);
      if (!spending.admitted) setBounded(refusals, key, spending.spentAtMs);
      return spending;
    },
  };
}
