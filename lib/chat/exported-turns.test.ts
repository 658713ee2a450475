import { describe, expect, it } from "vitest";
import { LeaseLost } from "#lib/conversations/turn-lease.ts";
import {
  agentOf,
  claimOf,
  collect,
  dependenciesOf,
  leaseOf,
  said,
  target,
} from "#test/support/streamed-turns.ts";
import { turnId } from "#test/support/turn-state.ts";
import { runTurns } from "./run-turns.ts";
import { streamTurns } from "./stream-turns.ts";
import type { StoredTurn, TraceExport } from "./trace-export.ts";

/** Records what happens in its order. The collector has an attempt only when somebody waits for it. */
function recordingExport() {
  const order: string[] = [];
  const started: StoredTurn[] = [];
  const traceExport: TraceExport = {
    start: (turn) => {
      started.push(turn);
      order.push("export begins");
    },
    finish: async () => void order.push("export ends"),
  };
  return { order, started, traceExport };
}

const stored = { owner: target.owner, turnId, attempt: 1 };

describe("the export of a turn's trace", () => {
  it("begins after the commit and the last event, and ends before the stream does", async () => {
    const { order, started, traceExport } = recordingExport();
    const { lease } = leaseOf({
      finish: async () => {
        order.push("commit");
        return { reserved: null, citations: undefined };
      },
    });
    const { dependencies } = dependenciesOf({ agent: agentOf(said).agent, traceExport });
    for await (const { event } of streamTurns(dependencies, target, claimOf(lease))) {
      if (event !== "delta") order.push(event);
    }
    order.push("stream ends");
    expect(order).toEqual([
      ...["turn", "commit", "done", "export begins", "export ends", "stream ends"],
    ]);
    expect(started).toEqual([{ ...stored, errorType: undefined }]);
  });

  it("names the problem of a turn that failed", async () => {
    const { started, traceExport } = recordingExport();
    const { agent } = agentOf([], new Error("broken"));
    const { dependencies } = dependenciesOf({ agent, traceExport });
    await collect(streamTurns(dependencies, target, claimOf(leaseOf().lease)));
    expect(started).toEqual([{ ...stored, errorType: "internal_error" }]);
  });

  it("is left to the runner that took over", async () => {
    const { started, traceExport } = recordingExport();
    const { lease } = leaseOf({ finish: () => Promise.reject(new LeaseLost("lost")) });
    const { dependencies } = dependenciesOf({ agent: agentOf(said).agent, traceExport });
    await collect(streamTurns(dependencies, target, claimOf(lease)));
    expect(started).toEqual([]);
  });

  it("ends before a runner without a reader does, also if that runner fails", async () => {
    const { order, started, traceExport } = recordingExport();
    const claims = [claimOf(leaseOf().lease)];
    const { dependencies } = dependenciesOf({ agent: agentOf(said).agent, claims, traceExport });
    const sendTurnRun = async () => {};
    const event = { owner: target.owner, conversation_id: target.conversationId, turn_id: turnId };
    await runTurns({ ...dependencies, sendTurnRun }, event);
    expect(started).toHaveLength(1);
    expect(order).toEqual(["export begins", "export ends"]);

    const claim = () => Promise.reject(new Error("no database"));
    const failing = runTurns({ ...dependencies, claim, sendTurnRun }, event);
    await expect(failing).rejects.toThrow("no database");
    expect(order.at(-1)).toBe("export ends");
    expect(order).toHaveLength(3);
  });
});
