import { expect, it } from "vitest";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { createConversationExpire } from "./job.ts";

/** Runs the job on a store with this many idle conversations, where each batch takes one second. */
async function run({
  idle = 0,
  isForEver = false,
  seconds = 60,
  failsAt = 0,
  usedMegabytes = 128,
}) {
  const telemetry = recordingTelemetry();
  let left = idle;
  let batches = 0;
  let moneyExpiries = 0;
  let remainingMs = seconds * 1_000;
  const job = createConversationExpire({
    telemetry: telemetry.telemetry,
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
    async expireMoney() {
      moneyExpiries += 1;
    },
  });
  const context = { awsRequestId: "1", getRemainingTimeInMillis: () => remainingMs };
  const failure = await job({}, context).then(
    () => undefined,
    (error: Error) => error.message,
  );
  const { measured } = telemetry;
  return { left, batches, moneyExpiries, failure, measured, flushes: telemetry.flushes() };
}

const used = (value: number) => ({ metric: "DatabaseUsedPercent", value });
const expired = (value: number) => [used(25), { metric: "ConversationsExpired", value }];

it("deletes batches until one is not full, and counts the conversations", async () => {
  expect(await run({ idle: 107 })).toMatchObject({ left: 0, batches: 3, measured: expired(107) });
});

it("sends one request for conversations and one for money when no conversation is idle", async () => {
  expect(await run({})).toMatchObject({
    batches: 1,
    moneyExpiries: 1,
    measured: expired(0),
    flushes: 1,
  });
});

it("stops before its time ends and leaves the rest to the next run", async () => {
  expect(await run({ idle: 5_000, seconds: 20 })).toMatchObject({ left: 4_450, batches: 11 });
});

it("deletes at most ten thousand conversations", async () => {
  expect(await run({ idle: 20_000, seconds: 900 })).toMatchObject({ left: 10_000, batches: 200 });
});

it("measures the size but deletes no conversation when they are kept for ever", async () => {
  const result = await run({ idle: 10, isForEver: true });
  expect(result).toMatchObject({
    left: 10,
    batches: 0,
    moneyExpiries: 1,
    measured: [used(25)],
    flushes: 1,
  });
});

it.each([
  [409.6, 80],
  [411, 80.3],
  [600, 117.2],
])("measures %f MB of 512 as %f %", async (usedMegabytes, percent) => {
  const { measured } = await run({ usedMegabytes });
  expect(measured).toContainEqual(used(percent));
});

it("throws when the size cannot be read", async () => {
  const result = await run({ idle: 10, usedMegabytes: Number.NaN });
  expect(result).toMatchObject({ failure: "no size", measured: [], flushes: 1 });
});

it("throws when a batch fails, and still counts the batches before", async () => {
  const { failure, measured, flushes } = await run({ idle: 500, failsAt: 3 });
  expect(failure).toBe("no database");
  expect(measured).toEqual(expired(100));
  expect(flushes).toBe(1);
});
