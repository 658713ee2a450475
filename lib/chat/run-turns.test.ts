import { expect, it } from "vitest";
import type { ThreadClaim } from "#lib/chat/claim-with-thread.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import {
  agentOf,
  claimOf,
  dependenciesOf,
  earlierTurnId,
  ended,
  laterTurnId,
  leaseOf,
  said,
} from "#test/support/streamed-turns.ts";
import { conversationId, turnId, turnState } from "#test/support/turn-state.ts";
import { runTurns } from "./run-turns.ts";
import type { TurnRunEvent } from "./turn-run-event.ts";

const event = { owner: "owner-1", conversation_id: conversationId, turn_id: turnId };

/** Runs the event. Returns which events were sent again, and how many claims were left. */
async function run(changes: Parameters<typeof dependenciesOf>[0]) {
  const sent: TurnRunEvent[] = [];
  const claims = changes.claims ?? [];
  const { dependencies } = dependenciesOf({ agent: agentOf(said).agent, ...changes });
  const sendTurnRun = async (again: TurnRunEvent) => void sent.push(again);
  await runTurns({ ...dependencies, sendTurnRun, resendAfterMs: 0 }, event);
  return { sent, claimsLeft: claims.length };
}

const busy = (turn = turnState()): ThreadClaim => ({ outcome: "busy", turn });
const noTime = { hasTimeForTurn: () => false };

it("runs the queued turns before the named one, the named one, and no later one", async () => {
  const leases = [earlierTurnId, turnId, laterTurnId].map((id) => {
    const { lease, ends } = leaseOf();
    return { lease: { ...lease, turn: { ...lease.turn, id } }, ends };
  });
  const { sent } = await run({ claims: leases.map(({ lease }) => claimOf(lease)) });
  expect(leases.map(({ ends }) => ends.map(({ text }) => text))).toEqual([
    ["Hi there"],
    ["Hi there"],
    [],
  ]);
  expect(sent).toEqual([]);
});

it.each<[string, ThreadClaim]>([
  ["a conversation that is gone", { outcome: "unknown" }],
  ["a turn that has ended", { outcome: "idle", turn: ended }],
  ["a turn that a budget has refused", { outcome: "refused", turn: ended }],
])("has nothing to do for %s", async (_what, claim) => {
  expect(await run({ claims: [claim] })).toEqual({ sent: [], claimsLeft: 0 });
});

it("follows the runner that holds the lease until the turn has ended", async () => {
  const { sent } = await run({
    claims: [busy()],
    watched: [{ turn: ended, isAbandoned: false }],
  });
  expect(sent).toEqual([]);
});

it("takes the turn over from a runner that dies", async () => {
  const { lease, ends } = leaseOf();
  await run({
    claims: [busy(), claimOf(lease)],
    watched: [{ turn: turnState(), isAbandoned: true }],
  });
  expect(ends).toHaveLength(1);
});

it("sends its event again if its time does not suffice for the named turn", async () => {
  expect((await run({ claims: [busy()], time: noTime })).sent).toEqual([event]);
  const { lease } = leaseOf();
  const earlier = { ...lease, turn: { ...lease.turn, id: earlierTurnId } };
  expect((await run({ claims: [claimOf(earlier)], time: noTime })).sent).toEqual([event]);
});

it("ends without another event after the named turn, however little time is left", async () => {
  const { lease } = leaseOf();
  expect((await run({ claims: [claimOf(lease)], time: noTime })).sent).toEqual([]);
});

it("throws what keeps the turn from ending", async () => {
  const down = new HttpProblem("service_unavailable", 503, "down");
  const { lease } = leaseOf({ finish: () => Promise.reject(down) });
  await expect(run({ claims: [claimOf(lease)] })).rejects.toBe(down);
});
