import { describe, expect, it } from "vitest";
import { createMemoryBucketStore } from "./memory-bucket-store.ts";
import { rememberDenials } from "./remember-denials.ts";

const allowance = { capacity: 2, windowMs: 60_000 };

describe("rememberDenials", () => {
  it("asks the store once about an empty bucket, and again in the very moment that a token is back", async () => {
    const store = createMemoryBucketStore();
    let asked = 0;
    const remembering = rememberDenials({
      ...store,
      take: (...attempt) => {
        asked += 1;
        return store.take(...attempt);
      },
    });
    const take = async (nowMs: number) =>
      (await remembering.take("key", allowance, nowMs)).admitted;
    expect([await take(0), await take(10), await take(20)]).toEqual([true, true, false]);
    expect(asked).toBe(3);
    expect([await take(30), await take(59_999)]).toEqual([false, false]);
    expect(asked).toBe(3);
    expect([await take(60_000), await take(60_001), await take(60_010)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it("remembers each bucket by itself", async () => {
    const remembering = rememberDenials(createMemoryBucketStore());
    const take = async (key: string) => (await remembering.take(key, allowance, 0)).admitted;
    expect([await take("a"), await take("a"), await take("a")]).toEqual([true, true, false]);
    expect(await take("b")).toBe(true);
  });
});
