import { expect, it } from "vitest";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { createConversationExpire } from "./job.ts";

/** Runs the job on a store in which so many conversations are idle and each batch takes a second. */
async function run({
  idle = 0,
  isForEver = false,
  seconds = 60,
  failsAt = 0,
  usedMegabytes = 128,
}) {
  const told = recordingTelemetry();
  let left = idle;
  let batches = 0;
  let remainingMs = seconds * 1_000;
  const job = createConversationExpire({
    telemetry: told.telemetry,
    readSize: async () => {
      if (Number.isNaN(usedMegabytes)) throw new Error("no size");
      return { bytes: usedMegabytes * 1024 * 1024, limitBytes: 512 * 1024 * 1024 };
    },
    idleDays: isForEver ? undefined : 30,
    async expire({ limit }) {
      batches += 1;
      remainingMs -= 1_000;
      if (batches === failsAt) throw new Error("no database");
      const count = Math.min(left, limit);
      left -= count;
      return count;
    },
  });
  const context = { awsRequestId: "1", getRemainingTimeInMillis: () => remainingMs };
  const failure = await job({}, context).then(
    () => undefined,
    (error: Error) => error.message,
  );
  return { left, batches, failure, measured: told.measured, flushes: told.flushes() };
}

const used = (value: number) => ({ metric: "DatabaseUsedPercent", value });
const expired = (value: number) => [used(25), { metric: "ConversationsExpired", value }];

it("goes on until a batch is not full, and counts what went", async () => {
  expect(await run({ idle: 107 })).toMatchObject({ left: 0, batches: 3, measured: expired(107) });
});

it("ends when there is nothing to do, after one request", async () => {
  expect(await run({})).toMatchObject({ batches: 1, measured: expired(0), flushes: 1 });
});

it("ends before its time does; the rest is for the next run", async () => {
  expect(await run({ idle: 5_000, seconds: 20 })).toMatchObject({ left: 4_450, batches: 11 });
});

it("removes no more than ten thousand, however much time there is", async () => {
  expect(await run({ idle: 20_000, seconds: 900 })).toMatchObject({ left: 10_000, batches: 200 });
});

it("removes nothing when conversations are kept for ever, and measures the size all the more", async () => {
  const result = await run({ idle: 10, isForEver: true });
  expect(result).toMatchObject({ left: 10, batches: 0, measured: [used(25)], flushes: 1 });
});

it.each([
  [409.6, 80],
  [411, 80.3],
  [600, 117.2],
])("measures %f MB of 512 as %f %", async (usedMegabytes, percent) => {
  const { measured } = await run({ usedMegabytes });
  expect(measured).toContainEqual(used(percent));
});

it("fails for all to see when the size cannot be read", async () => {
  const result = await run({ idle: 10, usedMegabytes: Number.NaN });
  expect(result).toMatchObject({ failure: "no size", measured: [], flushes: 1 });
});

it("fails for all to see, and still counts what went before", async () => {
  const { failure, measured, flushes } = await run({ idle: 500, failsAt: 3 });
  expect(failure).toBe("no database");
  expect(measured).toEqual(expired(100));
  expect(flushes).toBe(1);
});
