import { expect, it } from "vitest";
import { openFaultTwin } from "./fault-twin.ts";
import { noteFigures } from "./figures.ts";
import { isFullRun } from "./run-size.ts";

const system = openFaultTwin({ firstTokenMs: 0, tokensPerSecond: 0 });
const turns = isFullRun ? 500 : 30;

it(`costs no more after ${turns} turns than after twenty`, {
  timeout: 600_000,
}, async (context) => {
  const costs: { bytes: number; requests: number; ms: number }[] = [];
  let conversationId: string | undefined;
  for (let turn = 0; turn < turns; turn += 1) {
    const { neon } = system.twin.parts;
    const before = { bytes: neon.bytes("app"), requests: neon.requests("app") };
    const startedAt = performance.now();
    // Each calls a tool: four messages in the thread.
    const asked = await system.client.ask(`What is ${turn} * 12.5?`, conversationId);
    expect(asked.events.at(-1)?.event).toBe("done");
    conversationId = asked.conversation_id;
    costs.push({
      bytes: neon.bytes("app") - before.bytes,
      requests: neon.requests("app") - before.requests,
      ms: performance.now() - startedAt,
    });
  }
  const early = median(costs.slice(15, 25).map(({ bytes }) => bytes));
  const late = median(costs.slice(-10).map(({ bytes }) => bytes));
  const stored = await storedBytes(conversationId ?? "");
  noteFigures(context, {
    turns,
    bytes_at_20: early,
    bytes_at_end: late,
    stored_bytes: stored,
    requests: median(costs.map(({ requests }) => requests)),
    ms_at_20: Math.round(median(costs.slice(15, 25).map(({ ms }) => ms))),
    ms_at_end: Math.round(median(costs.slice(-10).map(({ ms }) => ms))),
  });
  expect(late / early).toBeLessThanOrEqual(1.5);
  expect(stored).toBeLessThan(1_000_000);
  expect(median(costs.map(({ requests }) => requests))).toBe(3);
});

/** Before Postgres compresses it. */
async function storedBytes(conversationId: string): Promise<number> {
  const { rows } = await system.pool.query<{ bytes: string }>(
    `select sum(size) as bytes from (
       select octet_length(c::text) as size from checkpoints c where thread_id = $1
       union all select octet_length(blob) from checkpoint_blobs where thread_id = $1
       union all select octet_length(blob) from checkpoint_writes where thread_id = $1) as sizes`,
    [conversationId],
  );
  return Number(rows[0]?.bytes);
}

function median(values: number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
