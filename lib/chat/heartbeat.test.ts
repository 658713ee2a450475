import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LeaseLost, type TurnLease } from "#lib/conversations/turn-lease.ts";
import { DatabaseUnavailable } from "#lib/platform/postgres.ts";
import { testLease } from "#test/support/claimed-turn.ts";
import { endlessPurse } from "#test/support/endless-purse.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { DeadlineExceeded, startHeartbeat } from "./heartbeat.ts";
import { noProgress } from "./turn-progress.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const lease = testLease();

/** Starts a heartbeat whose beat in each second fails with the error that `failureOf` returns for that second. */
function startBeating(failureOf: (second: number) => Error | undefined) {
  let second = 0;
  const beat: TurnLease["beat"] = async () => {
    second += 1;
    const failure = failureOf(second);
    if (failure) throw failure;
    return { cancelRequested: false };
  };
  const { telemetry } = recordingTelemetry();
  const progress = () => noProgress;
  const purse = endlessPurse();
  return startHeartbeat({
    lease: { ...lease, beat },
    progress,
    purse,
    telemetry,
    deadlineMs: 300_000,
  });
}

it("a database outage of less than ten seconds does not end the work", async () => {
  const heartbeat = startBeating((second) =>
    second % 10 === 0 ? undefined : new DatabaseUnavailable(),
  );
  await vi.advanceTimersByTimeAsync(60_000);
  expect(heartbeat.signal.aborted).toBe(false);
  await heartbeat.stop();
});

it("a database outage of more than ten seconds ends the work", async () => {
  const heartbeat = startBeating(() => new DatabaseUnavailable());
  await vi.advanceTimersByTimeAsync(10_000);
  expect(heartbeat.signal.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(heartbeat.signal.reason).toBeInstanceOf(DatabaseUnavailable);
  await heartbeat.stop();
});

it("a lost lease ends the work at once", async () => {
  const lost = new LeaseLost("gone");
  const heartbeat = startBeating(() => lost);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(heartbeat.signal.reason).toBe(lost);
  await heartbeat.stop();
});

it("the deadline ends the work", async () => {
  const heartbeat = startBeating(() => undefined);
  await vi.advanceTimersByTimeAsync(299_000);
  expect(heartbeat.signal.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(heartbeat.signal.reason).toBeInstanceOf(DeadlineExceeded);
  await heartbeat.stop();
});

it("a stop waits for the beat under way, and no beat follows", async () => {
  const reply = Promise.withResolvers<{ cancelRequested: boolean }>();
  const beat = vi.fn(() => reply.promise);
  const { telemetry } = recordingTelemetry();
  const progress = () => noProgress;
  const beating = { ...lease, beat };
  const purse = endlessPurse();
  const parts = { lease: beating, progress, purse, telemetry };
  const heartbeat = startHeartbeat({ ...parts, deadlineMs: 300_000 });
  await vi.advanceTimersByTimeAsync(1_000);
  const stopped = vi.fn();
  void heartbeat.stop().then(stopped);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(stopped).not.toHaveBeenCalled();
  reply.resolve({ cancelRequested: false });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(stopped).toHaveBeenCalled();
  expect(beat).toHaveBeenCalledTimes(1);
  expect(vi.getTimerCount()).toBe(0);
});
