import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LeaseLost, type TurnLease } from "#lib/conversations/turn-lease.ts";
import { DatabaseUnavailable } from "#lib/platform/postgres.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { startHeartbeat } from "./heartbeat.ts";
import { noProgress } from "./turn-progress.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const lease: TurnLease = {
  turn: { id: "", conversationId: "", message: "", attempt: 1, replaces: null, replaced: [] },
  beat: async () => ({ cancelRequested: false }),
  finish: async () => {},
};

/** The heart of a turn; its beats, one a second from 1 on, fail as told. */
function startHeart(failureOf: (second: number) => Error | undefined) {
  let second = 0;
  const beat: TurnLease["beat"] = async () => {
    second += 1;
    const failure = failureOf(second);
    if (failure) throw failure;
    return { cancelRequested: false };
  };
  const { telemetry } = recordingTelemetry();
  const progress = () => noProgress;
  return startHeartbeat({ lease: { ...lease, beat }, progress, telemetry, deadlineMs: 300_000 });
}

it("goes on while the database is never away for ten seconds", async () => {
  const heart = startHeart((second) => (second % 10 === 0 ? undefined : new DatabaseUnavailable()));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(heart.signal.aborted).toBe(false);
  await heart.stop();
});

it("ends the work when it is away for longer: the lease may be somebody else's soon", async () => {
  const heart = startHeart(() => new DatabaseUnavailable());
  await vi.advanceTimersByTimeAsync(10_000);
  expect(heart.signal.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(heart.signal.reason).toBeInstanceOf(DatabaseUnavailable);
  await heart.stop();
});

it("ends the work at once when the lease is lost", async () => {
  const lost = new LeaseLost("gone");
  const heart = startHeart(() => lost);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(heart.signal.reason).toBe(lost);
  await heart.stop();
});

it("ends the work at its deadline", async () => {
  const heart = startHeart(() => undefined);
  await vi.advanceTimersByTimeAsync(299_000);
  expect(heart.signal.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(heart.signal.reason).toMatchObject({ name: "DeadlineExceeded" });
  await heart.stop();
});
