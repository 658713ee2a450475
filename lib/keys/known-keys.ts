import type { KeyHolder, KeyHolders } from "./key-holders.ts";

/** Enough for every program of a team; more would only cost memory. */
const maxKept = 500;

export interface KnownKeys extends KeyHolders {
  /** A revoked key works for at most so long, in instances that have just looked it up. */
  keptMs: number;
}

/** Looks keys up, and keeps each valid one for `keptMs`. An unknown key is looked up again each time. */
export function createKnownKeys(
  holders: KeyHolders,
  keptMs: number,
  now: () => number = Date.now,
): KnownKeys {
  const kept = new Map<string, { holder: KeyHolder; until: number }>();
  return {
    keptMs,
    async find(id, key) {
      // By the whole key: another key with the same id must not pass.
      const known = kept.get(key);
      if (known && known.until > now()) return known.holder;
      kept.delete(key);
      const holder = await holders.find(id, key);
      if (!holder) return undefined;
      if (kept.size >= maxKept) kept.clear();
      kept.set(key, { holder, until: now() + keptMs });
      return holder;
    },
  };
}
