import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { TurnState } from "#lib/contract/chat.ts";
import { type Moment, pollIntervals, scriptedTurns } from "#test/support/scripted-turn.ts";
import { protocols } from "./protocols.ts";
import { isFullRun } from "./run-size.ts";
import { type Connection, createScriptedService } from "./scripted-service.ts";
import { answerOf, type ProtocolUnderTest, type ShownAnswer } from "./shown-answer.ts";

const numRuns = isFullRun ? 5_000 : 400;

const visits = fc.array(
  fc.record({
    /** How far this connection gets. */
    advance: fc.nat(12),
    /** Where the next one begins: later, or behind, because a stored row may be older than a stream. */
    shift: fc.integer({ min: -4, max: 8 }),
    pollEvery: pollIntervals,
    runs: fc.boolean(),
    cutAt: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
    pieceBytes: fc.constantFrom(1, 7, 100, 100_000),
    isQueued: fc.boolean(),
  }),
  { minLength: 1, maxLength: 6 },
);

// AG-UI's client writes each stream that breaks off to the console.
beforeAll(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterAll(() => {
  vi.restoreAllMocks();
});

describe.each(protocols)("$name", (protocol) => {
  it(
    "shows what the transcript shows, whatever breaks and whoever runs the turn",
    async () => {
      await fc.assert(
        fc.asyncProperty(scriptedTurns, visits, async (moments, drawn) => {
          await readThrough(protocol, moments, connectionsOf(moments, drawn));
        }),
        { numRuns },
      );
    },
    isFullRun ? 600_000 : 60_000,
  );
});

/** Reads over each connection, as the client comes back. The last one is whole. */
async function readThrough(
  { createClient, shows }: ProtocolUnderTest,
  moments: readonly Moment[],
  connections: readonly Connection[],
): Promise<void> {
  let connection: Connection | undefined;
  const service = createScriptedService(moments, () => {
    if (!connection) throw new Error("No connection is open.");
    return connection;
  });
  const client = createClient(service);
  const last = outcomeOf(moments.at(-1)?.row);
  let shown: ShownAnswer | undefined;
  for (const next of connections) {
    connection = next;
    shown = await client.read();
    expect([...passedOutcomes(moments, next), "broken"]).toContain(shown.outcome);
    if (shown.outcome !== "broken" && shown.outcome !== "waiting") break;
  }
  if (connection && shown?.outcome === "broken") {
    // A client that was told to begin again comes back after all that has happened.
    connection = { ...connection, from: connection.to };
    shown = await client.read();
  }
  expect(shown).toEqual({
    parts: answerOf(moments.at(-1)?.row ?? service.row(), shows),
    outcome: last,
  });
}

/** Returns how a stream of these moments may end. Only one that reaches the turn's end may call it done. */
const passedOutcomes = (moments: readonly Moment[], { from, to }: Connection) =>
  moments.slice(from, to + 1).flatMap(({ row }) => outcomeOf(row) ?? []);

function outcomeOf(row: TurnState | undefined): ShownAnswer["outcome"] | undefined {
  return row?.status === "running" || row?.status === "queued" ? undefined : row?.status;
}

type Visit = Omit<Connection, "from" | "to"> & { advance: number; shift: number };

/**
 * Returns the connections of these visits, and those that then read on to the end, through every wait. Nobody sees an older attempt
 * again after a newer one.
 */
function connectionsOf(moments: readonly Moment[], drawn: readonly Visit[]): Connection[] {
  const end = moments.length - 1;
  const connections: Connection[] = [];
  let from = 0;

  const nextOutcome = () =>
    moments.findIndex(({ row }, index) => index >= from && outcomeOf(row) !== undefined);

  /** Returns where the connection ends. */
  function connect({ advance, shift: _, ...rest }: Visit): number {
    const to = Math.min(from + advance, nextOutcome());
    connections.push({ ...rest, from, to });
    return to;
  }

  for (const visit of drawn) {
    const to = connect(visit);
    const start = moments.slice(0, to + 1).findLastIndex(({ isStart }) => isStart);
    const isDecided = moments[to]?.row.status === "waiting" && visit.shift === 0 && to < end;
    from = isDecided ? to + 1 : Math.min(Math.max(to + visit.shift, start), nextOutcome());
  }
  const [visit] = drawn;
  while (visit && connect({ ...visit, advance: end, cutAt: undefined }) < end) {
    from = (connections.at(-1)?.to ?? end) + 1;
  }
  return connections;
}
