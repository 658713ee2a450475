import { expect, it } from "vitest";
import type { SettledClientCalls } from "#lib/conversations/settle-client-calls.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { conversationId, turnId, turnState } from "#test/support/turn-state.ts";
import { decideCalls } from "./decide-calls.ts";

const request = {
  ...{ owner: "owner-1", conversationId, turnId },
  outputs: [{ callId: `${turnId}.1.0`, output: "Open." }],
};
const queued = turnState({ status: "queued" });

function decideWith(settled: SettledClientCalls, sendTurnRun = async () => {}) {
  const { telemetry, lines } = recordingTelemetry();
  const settleClientCalls = async () => settled;
  return { result: decideCalls({ settleClientCalls, sendTurnRun, telemetry }, request), lines };
}

it("a replay of a queued turn's outputs starts its runner again, in case the first event was lost", async () => {
  let sent = 0;
  const settled = { outcome: "replayed" as const, missing: [], turn: queued };
  const { result, lines } = decideWith(settled, async () => {
    sent += 1;
  });
  expect(await result).toEqual({ turn: queued, missing: [] });
  expect([sent, lines]).toEqual([1, []]);
});

it("outputs are kept if the runner could not be started, and the 503 says so", async () => {
  const settled = { outcome: "decided" as const, missing: [], turn: queued };
  const { result, lines } = decideWith(settled, () => Promise.reject(new Error("not now")));
  await expect(result).rejects.toMatchObject({ status: 503, retryAfterSeconds: 5 });
  expect(JSON.stringify(lines)).not.toContain("Open.");
});
