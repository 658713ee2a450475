import { describe, expect, it } from "vitest";
import { cacheRefusals, createMemoryBucketStore, setBounded } from "./memory-bucket-store.ts";

const allowance = { capacity: 2, windowMs: 60_000 };

describe("cacheRefusals", () => {
  it("reads the store once while the bucket is empty, and again when a token is back", async () => {
    const store = createMemoryBucketStore();
    let attempts = 0;
    const caching = cacheRefusals({
      ...store,
      take: (...attempt) => {
        attempts += 1;
        return store.take(...attempt);
      },
    });
    const take = async (nowMs: number) => (await caching.take("key", allowance, nowMs)).admitted;
    expect([await take(0), await take(10), await take(20)]).toEqual([true, true, false]);
    expect(attempts).toBe(3);
    expect([await take(30), await take(59_999)]).toEqual([false, false]);
    expect(attempts).toBe(3);
    expect([await take(60_000), await take(60_001), await take(60_010)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it("caches each bucket separately", async () => {
    const caching = cacheRefusals(createMemoryBucketStore());
    const take = async (key: string) => (await caching.take(key, allowance, 0)).admitted;
    expect([await take("a"), await take("a"), await take("a")]).toEqual([true, true, false]);
    expect(await take("b")).toBe(true);
  });
});

describe("setBounded", () => {
  it("drops the entry that was set longest ago beyond ten thousand entries", () => {
    const map = new Map<number, string>();
    setBounded(map, 0, "first");
    for (let key = 1; key < 10_000; key += 1) setBounded(map, key, "filler");
    setBounded(map, 0, "set again");
    setBounded(map, 10_000, "one too many");
    expect(map.size).toBe(10_000);
    expect(map.get(0)).toBe("set again");
    expect(map.has(1)).toBe(false);
  });
});
