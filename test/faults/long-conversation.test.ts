import { expect, it } from "vitest";
import { openFaultTwin } from "./fault-twin.ts";
import { noteFigures } from "./figures.ts";
import { isFullRun } from "./run-size.ts";

const system = openFaultTwin({ firstTokenMs: 0, tokensPerSecond: 0 }, { THREAD_TOKENS: "40000" });
const turns = isFullRun ? 500 : 25;
/** About 4,000 tokens each: eight fill the thread, and are summarised. From this turn on nothing may grow. */
const padding = "\nword".repeat(3_200);
const fullAt = 12;
/** The thread grows from one summary to the next, within about three turns. */
const span = 6;

it(`costs no more after ${turns} turns than after ${fullAt}`, {
  timeout: 600_000,
}, async (context) => {
  const costs: { bytes: number; requests: number; ms: number }[] = [];
  let conversationId: string | undefined;
  for (let turn = 0; turn < turns; turn += 1) {
    const { neon } = system.twin.parts;
    const before = { bytes: neon.bytes("app"), requests: neon.requests("app") };
    const startedAt = performance.now();
    const asked = await system.client.chat(`What is ${turn} * 12.5?${padding}`, conversationId);
    expect(asked.events.at(-1)?.event).toBe("done");
    conversationId = asked.conversation_id;
    costs.push({
      bytes: neon.bytes("app") - before.bytes,
      requests: neon.requests("app") - before.requests,
      ms: performance.now() - startedAt,
    });
  }
  const [early, late] = [costs.slice(fullAt, fullAt + span), costs.slice(-span)];
  const bytesOf = (some: typeof costs) => Math.max(...some.map(({ bytes }) => bytes));
  const msOf = (some: typeof costs) => Math.round(median(some.map(({ ms }) => ms)));
  const stored = await storedBytes(conversationId ?? "");
  noteFigures(context, {
    turns,
    bytes_when_full: bytesOf(early),
    bytes_at_end: bytesOf(late),
    stored_bytes: stored,
    requests: median(costs.map(({ requests }) => requests)),
    ms_when_full: msOf(early),
    ms_at_end: msOf(late),
  });
  expect(bytesOf(late) / bytesOf(early)).toBeLessThanOrEqual(1.2);
  expect(stored).toBeLessThan(1_000_000);
  expect(median(costs.map(({ requests }) => requests))).toBe(3);
  // A turn that a summary follows.
  expect(costs.slice(fullAt).some(({ requests }) => requests === 4)).toBe(true);
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
