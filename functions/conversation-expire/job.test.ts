import { expect, it } from "vitest";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { createConversationExpire } from "./job.ts";

/** Runs the job on a store in which so many conversations are idle and each batch takes a second. */
async function run({ idle = 0, isForEver = false, seconds = 60, failsAt = 0 }) {
  const told = recordingTelemetry();
  let left = idle;
  let batches = 0;
  let remainingMs = seconds * 1_000;
  const job = createConversationExpire({
    telemetry: told.telemetry,
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

const expired = (value: number) => [{ metric: "ConversationsExpired", value }];

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

it("asks no database when conversations are kept for ever", async () => {
  expect(await run({ idle: 10, isForEver: true })).toMatchObject({ left: 10, batches: 0 });
});

it("fails for all to see, and still counts what went before", async () => {
  const { failure, measured, flushes } = await run({ idle: 500, failsAt: 3 });
  expect(failure).toBe("no database");
  expect(measured).toEqual(expired(100));
  expect(flushes).toBe(1);
});
