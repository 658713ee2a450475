import { describe, expect, it } from "vitest";
import { attemptsOf, waitsOf } from "./assemble-trace.ts";
import type { TraceRow } from "./stored-trace.ts";

const rowOf = (changes: Partial<TraceRow>): TraceRow => ({
  turn_id: "t",
  conversation_id: "c",
  status: "done",
  created_at: "2026-11-29T08:00:00.000Z",
  summary_usage: null,
  started: 1,
  now_ms: 90_000,
  finished_ms: 5_000,
  lease_until_ms: null,
  has_runner: false,
  attempts: [],
  claims: [],
  decided_ms: [],
  ...changes,
});

const storedAttempt = (attempt: number, changes: Partial<TraceRow["attempts"][number]> = {}) => ({
  ...{ attempt, outcome: "done" as const, sent_ms: 900, stored_ms: 1_000, first_token_ms: 300 },
  spans: [{ kind: "claim" as const, start_ms: 0, duration_ms: 20 }],
  ...changes,
});

const assemble = (changes: Partial<TraceRow>) => {
  const row = rowOf(changes);
  const attempts = attemptsOf(row);
  return { attempts, waits: waitsOf(row, attempts) };
};

describe("a trace", () => {
  it("counts the steps of an attempt from the acceptance, and ends with the commit", () => {
    const { attempts, waits } = assemble({
      claims: [{ attempt: 1, at_ms: 4_000, lease_until_ms: null }],
      attempts: [storedAttempt(1, { stored_ms: 5_000 })],
    });
    expect(attempts).toEqual([
      {
        ...{ attempt: 1, start_ms: 4_000, duration_ms: 1_000, outcome: "done" },
        spans: [
          { kind: "claim", start_ms: 4_000, duration_ms: 20 },
          { kind: "commit", start_ms: 4_900, duration_ms: 100 },
        ],
      },
    ]);
    expect(waits).toEqual([{ kind: "queue", start_ms: 0, duration_ms: 4_000 }]);
  });

  it("does not begin before the message", () => {
    const { attempts } = assemble({
      claims: [{ attempt: 1, at_ms: -1, lease_until_ms: null }],
      attempts: [storedAttempt(1, { stored_ms: 900 })],
    });
    expect(attempts[0]).toMatchObject({ start_ms: 0, duration_ms: 900 });
    expect(attempts[0]?.spans[0]).toMatchObject({ kind: "claim", start_ms: 0 });
  });

  it("begins with the message if the claim was sent with it", () => {
    const spans = [
      { kind: "claim" as const, start_ms: 0, duration_ms: 800 },
      { kind: "agent" as const, start_ms: 810, duration_ms: 90 },
    ];
    const { attempts, waits } = assemble({
      claims: [{ attempt: 1, at_ms: 0, lease_until_ms: null }],
      attempts: [storedAttempt(1, { spans, sent_ms: 1_000, stored_ms: 410 })],
    });
    expect(attempts[0]?.spans).toEqual([
      { kind: "claim", start_ms: 0, duration_ms: 210 },
      { kind: "agent", start_ms: 220, duration_ms: 90 },
      { kind: "commit", start_ms: 410, duration_ms: 0 },
    ]);
    expect(waits).toEqual([]);
  });

  it("shows the retries of a commit", () => {
    const { attempts } = assemble({
      claims: [{ attempt: 1, at_ms: 0, lease_until_ms: null }],
      attempts: [storedAttempt(1, { sent_ms: 900, stored_ms: 4_900 })],
    });
    expect(attempts[0]?.spans.at(-1)).toEqual({
      kind: "commit",
      start_ms: 900,
      duration_ms: 4_000,
    });
  });

  it("shows an attempt whose runner died, as long as its lease has lasted", () => {
    const { attempts, waits } = assemble({
      started: 2,
      claims: [
        { attempt: 1, at_ms: 0, lease_until_ms: null },
        { attempt: 2, at_ms: 20_000, lease_until_ms: 16_000 },
      ],
      attempts: [storedAttempt(2, { stored_ms: 21_000 })],
      finished_ms: 21_000,
    });
    expect(
      attempts.map(({ outcome, start_ms, duration_ms }) => [outcome, start_ms, duration_ms]),
    ).toEqual([
      ["lost", 0, 16_000],
      ["done", 20_000, 1_000],
    ]);
    expect(waits).toEqual([{ kind: "queue", start_ms: 16_000, duration_ms: 4_000 }]);
  });

  it("shows a running attempt, and a lost one once its lease has run out", () => {
    const running = { status: "running" as const, finished_ms: null, lease_until_ms: 95_000 };
    const claims = [{ attempt: 1, at_ms: 80_000, lease_until_ms: null }];
    expect(assemble({ ...running, claims, has_runner: true }).attempts).toMatchObject([
      { outcome: "running", duration_ms: null },
    ]);
    const late = assemble({ ...running, claims, now_ms: 120_000 });
    expect(late.attempts).toMatchObject([{ outcome: "lost", duration_ms: 15_000 }]);
    expect(late.waits.at(-1)).toEqual({ kind: "queue", start_ms: 95_000, duration_ms: null });
  });

  it("shows how long a person took to decide, and how long the runner took to come", () => {
    const parked = {
      attempts: [storedAttempt(1, { outcome: "waiting" }), storedAttempt(2, { stored_ms: 62_000 })],
      claims: [
        { attempt: 1, at_ms: 0, lease_until_ms: null },
        { attempt: 2, at_ms: 61_000, lease_until_ms: null },
      ],
      started: 2,
      decided_ms: [30_000, 60_000],
      finished_ms: 62_000,
    };
    expect(assemble(parked).waits).toEqual([
      { kind: "approval", start_ms: 1_000, duration_ms: 59_000 },
      { kind: "queue", start_ms: 60_000, duration_ms: 1_000 },
    ]);
  });

  it.each([
    [
      "waits for a decision",
      { status: "waiting" },
      [{ kind: "approval", start_ms: 1_000, duration_ms: null }],
    ],
    [
      "waits for its runner",
      { status: "queued", decided_ms: [2_000] },
      [
        { kind: "approval", start_ms: 1_000, duration_ms: 1_000 },
        { kind: "queue", start_ms: 2_000, duration_ms: null },
      ],
    ],
    [
      "was stopped",
      { status: "stopped", finished_ms: 7_000 },
      [{ kind: "approval", start_ms: 1_000, duration_ms: 6_000 }],
    ],
  ] as const)("ends with the open wait of a parked turn that %s", (_, changes, waits) => {
    const claims = [{ attempt: 1, at_ms: 0, lease_until_ms: null }];
    const attempts = [storedAttempt(1, { outcome: "waiting" })];
    const parked = { finished_ms: null, attempts, claims };
    const row = {
      ...parked,
      ...changes,
      decided_ms: [...("decided_ms" in changes ? changes.decided_ms : [])],
    };
    expect(assemble(row).waits).toEqual(waits);
  });

  it("knows nothing of a turn from before traces, and only the wait of a turn that never began", () => {
    expect(assemble({})).toEqual({ attempts: [], waits: [] });
    expect(assemble({ started: 0, status: "queued", finished_ms: null })).toEqual({
      attempts: [],
      waits: [{ kind: "queue", start_ms: 0, duration_ms: null }],
    });
  });
});
