import { randomUUID } from "node:crypto";
import { beforeAll, expect, it } from "vitest";
import { readReport } from "#lib/budget/operator-report.ts";
import { openStores } from "./open-stores.ts";

const { database, requestsOf, sql } = await openStores();

const input = {
  ...{ caps: { siteDay: 10_000_000, siteMonth: 20_000_000 }, region: "us-east-1" },
  isDeployed: false,
};
const canary = "a text that no report may hold";

interface MadeTurn {
  status?: string;
  agoMinutes?: number;
  seconds?: number;
  attempts?: number;
  parkings?: number;
  model?: string | null;
  spent?: number;
  error?: string;
  firstTokenMs?: number;
}

/** Inserts a turn with its booking as the service would have left them. */
async function makeTurn(turn: MadeTurn): Promise<string> {
  const { status = "done", agoMinutes = 0, seconds = 2, attempts = 1, parkings = 0 } = turn;
  const [id, conversation] = [randomUUID(), randomUUID()];
  const isOpen = ["queued", "running", "waiting"].includes(status);
  const trace = turn.firstTokenMs
    ? [[1, 1, 1_500, turn.firstTokenMs, [], 1_600]] // as lib/conversations/packed-trace.ts says
    : null;
  await sql("insert into conversations (id, owner, title) values ($1, 'owner', $2)", [
    ...[conversation, canary],
  ]);
  await sql(
    `insert into turns (id, conversation_id, owner, body_hash, input, status, attempts, parkings, result, model, usage, error,
       trace, created_at, finished_at)
     values ($1, $2, 'owner', 'x', $3, $4, $5, $6, $7, $8, $9, $10, $11, now() - make_interval(mins => $12),
       case when $13 then null else now() - make_interval(mins => $12) + make_interval(secs => $14) end)`,
    [
      ...[id, conversation, canary, status, attempts, parkings, isOpen ? null : canary],
      ...[turn.model ?? null, JSON.stringify({ cost_usd: (turn.spent ?? 0) / 1_000_000 })],
      ...[turn.error ? JSON.stringify({ type: turn.error, title: canary }) : null],
      ...[trace && JSON.stringify(trace), agoMinutes, isOpen, seconds],
    ],
  );
  if (turn.spent !== undefined) {
    await sql(
      `insert into bookings (turn_id, attempt, owner, day, reserved, call_worst, spent, state)
       select id, 1, owner, (created_at at time zone 'UTC')::date, 0, 0, $2, 'settled' from turns where id = $1`,
      [id, turn.spent],
    );
  }
  return id;
}

let slow: string;
beforeAll(async () => {
  for (const firstTokenMs of [100, 200, 300])
    await makeTurn({ model: "m", spent: 1_000, firstTokenMs });
  slow = await makeTurn({ model: "n", spent: 500, seconds: 90, attempts: 3 });
  await makeTurn({ status: "failed", error: "model_busy", spent: 0 });
  await makeTurn({ status: "failed", error: "model_busy" });
  await makeTurn({ status: "stopped", parkings: 1, attempts: 2, seconds: 900 });
  await makeTurn({ status: "queued", agoMinutes: 0 });
  await makeTurn({ status: "waiting" });
  await makeTurn({ model: "m", spent: 7_000_000, agoMinutes: 3 * 24 * 60 });
  await makeTurn({ model: "old", spent: 9, agoMinutes: 40 * 24 * 60 });
  await sql(
    "insert into budgets (scope, period, settled, reserved) values ('site/day', (now() at time zone 'UTC')::date, 3500, 40)",
  );
});

it("counts the turns of today, from hand-made rows, in one request", async () => {
  let report = await readReport(database, { ...input, days: 1 });
  expect(
    await requestsOf(async () => (report = await readReport(database, { ...input, days: 1 }))),
  ).toBe(1);
  expect(report).toMatchObject({
    unit: "hour",
    turns: { accepted: 9, done: 4, failed: 2, stopped: 1, take_overs: 2 },
    cost_usd: 0.0035,
    first_token: { p50_ms: 300, p95_ms: 390 },
    queue: { queued: 1, running: 0, waiting: 1 },
    errors: [{ type: "model_busy", count: 2 }],
    budgets: { day: { cap_usd: 10, spent_usd: 0.0035, reserved_usd: 0.00004 } },
    feedback: { up: 0, down: 0 },
    documents: { ready: 0, reading: 0, failed: 0, bytes: 0 },
    metrics_url: null,
  });
  expect(report.queue.oldest_seconds).toBeGreaterThanOrEqual(0);
  expect(report.slots.reduce((sum, { turns }) => sum + turns, 0)).toBe(9);
  expect(report.slots.at(-1)).toMatchObject({ turns: 9, failed: 2, cost_usd: 0.0035 });
  expect(report.models.find(({ model }) => model === "m")).toMatchObject({
    turns: 3,
    cost_usd: 0.003,
  });
  expect(report.slowest[0]).toMatchObject({ turn_id: slow, duration_ms: 90_000, attempts: 3 });
});

it("has a slot for each day, and money of turns that are deleted", async () => {
  const [old] = await sql(
    "select conversation_id from turns where model = 'm' order by created_at limit 1",
  );
  await sql("delete from conversations where id = $1", [old?.conversation_id]);
  const report = await readReport(database, { ...input, days: 7 });
  expect(report.slots).toHaveLength(7);
  expect(report.slots.map(({ turns }) => turns)).toEqual([0, 0, 0, 0, 0, 0, 9]);
  expect(report.slots[3]).toMatchObject({ turns: 0, cost_usd: 7 });
  expect((await readReport(database, { ...input, days: 30 })).cost_usd).toBe(7.0035);
});

it("holds no text, no title and no owner", async () => {
  const report = JSON.stringify(await readReport(database, { ...input, days: 30 }));
  expect(report).not.toContain(canary);
  expect(report).not.toContain("owner");
});

it("names where CloudWatch shows the rest, if there is a CloudWatch", async () => {
  const { metrics_url } = await readReport(database, { ...input, days: 1, isDeployed: true });
  expect(metrics_url).toMatch(/^https:\/\/us-east-1\.console\.aws\.amazon\.com\/cloudwatch\//);
});

it("has an index for the turns of a period", async () => {
  const [index] = await sql("select indexdef from pg_indexes where indexname = 'turns_by_time'");
  expect(index?.indexdef).toContain("USING brin (created_at)");
});
