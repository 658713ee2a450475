import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { type Attempt, createBucket } from "#lib/rate-limit/bucket.ts";
import type { BucketStore } from "#lib/rate-limit/bucket-store.ts";
import { createDynamoDbBucketStore } from "#lib/rate-limit/dynamodb-bucket-store.ts";
import { createMemoryBucketStore } from "#lib/rate-limit/memory-bucket-store.ts";
import { bucketModel } from "#test/support/bucket-model.ts";
import { startRateLimitTable, tableName } from "#test/support/rate-limit-table.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";

const windowMs = 60_000;
const aDay = Date.UTC(2026, 2, 1);

/** The tests that every bucket store must pass. */
function describeBucketStore(name: string, storeOf: () => BucketStore) {
  /** Returns a bucket for a new address, on a clock that the test sets. */
  function bucketOn(
    clock: { nowMs: number },
    rule: Partial<Parameters<typeof createBucket>[0]> = {},
  ) {
    const bucket = createBucket({
      name: "chat-post",
      capacity: 10,
      windowSeconds: windowMs / 1_000,
      counts: "requests",
      store: storeOf(),
      telemetry: recordingTelemetry().telemetry,
      now: () => clock.nowMs,
      ...rule,
    });
    const address = randomUUID();
    return {
      take: () => bucket.take(address),
      giveBack: (taken: Attempt) => bucket.giveBack(address, taken),
      keep: (taken: Attempt) => bucket.keep(address, taken),
    };
  }

  describe(`buckets kept ${name}`, () => {
    it("admit, count and name the waiting time like the plain model, for random histories", async () => {
      const pause = fc.oneof(
        fc.constantFrom(0, 1, 999, 1_000, 1_001, windowMs - 1, windowMs, windowMs + 1),
        fc.integer({ min: 0, max: 30_000 }),
      );
      const step = fc.record({
        pauseMs: pause,
        /** Instead of a take: keeps or gives back an earlier token. */
        end: fc.option(fc.record({ index: fc.nat({ max: 4 }), keeps: fc.boolean() }), { freq: 4 }),
      });
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(1, 2, 3, 5),
          fc.constantFrom("requests" as const, "failures" as const),
          fc.array(step, { minLength: 1, maxLength: 14, size: "max" }),
          async (capacity, counts, steps) => {
            const clock = { nowMs: aDay };
            const bucket = bucketOn(clock, { capacity, counts });
            const model = bucketModel({ capacity, windowMs, counts });
            const held: { id: number; taken: Attempt; takenAtMs: number }[] = [];
            for (const [id, { pauseMs, end }] of steps.entries()) {
              clock.nowMs += pauseMs;
              const [ended] =
                end === null || counts === "requests" ? [] : held.splice(end.index, 1);
              // No request outlives the window, so the fate of an older token is undefined.
              if (ended && clock.nowMs - ended.takenAtMs >= windowMs) continue;
              if (ended && end?.keeps) {
                const isKept = await bucket.keep(ended.taken).then(
                  () => true,
                  () => false,
                );
                expect(isKept).toBe(model.keep(ended.id));
                continue;
              }
              if (ended) {
                await bucket.giveBack(ended.taken);
                model.giveBack(ended.id);
                continue;
              }
              const taken = await bucket.take();
              expect(taken).toMatchObject(model.take(id, clock.nowMs));
              if (taken.admitted) held.push({ id, taken, takenAtMs: clock.nowMs });
            }
          },
        ),
        { numRuns: 200 },
      );
    });

    it("admit ten of fifteen requests a second apart, at every phase of the clock", async () => {
      const patterns = await Promise.all(
        Array.from({ length: 60 }, async (_, phase) => {
          const clock = { nowMs: aDay + phase * 1_050 };
          const bucket = bucketOn(clock);
          let pattern = "";
          for (let count = 0; count < 15; count += 1) {
            const { admitted, nextTokenSeconds } = await bucket.take();
            pattern += admitted ? "2 " : `4:${nextTokenSeconds} `;
            clock.nowMs += 1_000;
          }
          return pattern;
        }),
      );
      expect(new Set(patterns)).toEqual(new Set(["2 2 2 2 2 2 2 2 2 2 4:50 4:49 4:48 4:47 4:46 "]));
    });

    it("have a token again after the seconds that a refusal names", async () => {
      const clock = { nowMs: aDay + 123 };
      const bucket = bucketOn(clock, { capacity: 1 });
      await bucket.take();
      clock.nowMs += 700;
      const { nextTokenSeconds } = await bucket.take();
      clock.nowMs += nextTokenSeconds * 1_000;
      expect(await bucket.take()).toMatchObject({ admitted: true });
    });

    it("admit ten of 300 simultaneous requests", async () => {
      const store = storeOf();
      const key = randomUUID();
      const attempts = await Promise.all(
        Array.from({ length: 300 }, () => store.take(key, { capacity: 10, windowMs }, aDay)),
      );
      expect(attempts.filter(({ admitted }) => admitted)).toHaveLength(10);
    });

    it("support a capacity of 60", async () => {
      const bucket = bucketOn({ nowMs: aDay }, { capacity: 60 });
      const taken = await Promise.all(Array.from({ length: 61 }, () => bucket.take()));
      expect(taken.filter(({ admitted }) => admitted)).toHaveLength(60);
      expect(Math.min(...taken.map(({ remaining }) => remaining))).toBe(0);
    });

    it("count the taken tokens against a changed capacity", async () => {
      const store = storeOf();
      const key = randomUUID();
      const take = async (capacity: number, nowMs: number) =>
        (await store.take(key, { capacity, windowMs }, nowMs)).admitted;
      expect([await take(2, aDay), await take(2, aDay), await take(2, aDay)]).toEqual([
        true,
        true,
        false,
      ]);
      expect([await take(3, aDay), await take(3, aDay)]).toEqual([true, false]);
      expect(await take(2, aDay + 1)).toBe(false);
      expect(await take(1, aDay + windowMs)).toBe(true);
      expect(await take(1, aDay + windowMs)).toBe(false);
    });

    it("accept each taken token back once, in any order, and no other token", async () => {
      const store = storeOf();
      const key = randomUUID();
      const allowance = { capacity: 3, windowMs };
      const take = async (nowMs: number) => (await store.take(key, allowance, nowMs)).admitted;
      await store.giveBack(key, allowance, aDay);
      expect([await take(aDay), await take(aDay + 1), await take(aDay + 2)]).toEqual([
        true,
        true,
        true,
      ]);
      await store.giveBack(key, allowance, aDay + 7);
      expect(await take(aDay + 3)).toBe(false);
      await store.giveBack(key, allowance, aDay);
      await store.giveBack(key, allowance, aDay);
      expect([await take(aDay + 4), await take(aDay + 5)]).toEqual([true, false]);
    });

    it("lose no token if 30 requests take and give back at once", async () => {
      const store = storeOf();
      const key = randomUUID();
      const allowance = { capacity: 5, windowMs };
      await Promise.all(
        Array.from({ length: 30 }, async (_, index) => {
          const nowMs = aDay + index;
          const { admitted } = await store.take(key, allowance, nowMs);
          if (admitted) await store.giveBack(key, allowance, nowMs);
        }),
      );
      const after = await Promise.all(
        Array.from({ length: 6 }, () => store.take(key, allowance, aDay + 100)),
      );
      expect(after.filter(({ admitted }) => admitted)).toHaveLength(5);
    });
  });
}

describeBucketStore("in memory", createMemoryBucketStore);

const table = await startRateLimitTable();
afterAll(() => table.stop());
describeBucketStore("in DynamoDB", () =>
  createDynamoDbBucketStore({ client: table.client, tableName }),
);

it("a bucket in DynamoDB is one small item that expires a minute after its last token is back", async () => {
  const store = createDynamoDbBucketStore({ client: table.client, tableName });
  await store.take("small", { capacity: 3, windowMs }, aDay);
  await store.take("small", { capacity: 3, windowMs }, aDay + 500);
  const Key = { pk: { S: "small" } };
  const { Item } = await table.client.call("GetItem", { TableName: tableName, Key });
  expect(Item).toEqual({
    ...Key,
    t0: { N: `${aDay + 500}` },
    t1: { N: `${aDay}` },
    t2: { N: "0" },
    expires_at: { N: `${aDay / 1_000 + 1 + 60 + 60}` },
  });
});
