import { describe, expect, it } from "vitest";
import type { Agent } from "#lib/agent/agent.ts";
import type { AgentEvent } from "#lib/agent/agent-event.ts";
import type { ToolCall, TurnState, Usage } from "#lib/contract/chat.ts";
import { LeaseLost, StopRequested, type TurnLease } from "#lib/conversations/turn-lease.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import type { PlannedCall } from "#lib/tools/gate/planned-call.ts";
import {
  agentOf,
  claimOf,
  collect,
  dependenciesOf,
  ended,
  leaseOf,
  modelCall,
  namesOf,
  target,
} from "#test/support/streamed-turns.ts";
import { turnId, turnState } from "#test/support/turn-state.ts";
import { streamTurns } from "./stream-turns.ts";

const planned: PlannedCall = {
  id: `${turnId}.1.0`,
  name: "send_webhook",
  input: { text: "Hello" },
  effect: "write",
  verdict: "ask",
  argumentsSha256: "0f".repeat(32),
  definitionSha256: "f0".repeat(32),
};
const shown: ToolCall = {
  id: planned.id,
  name: "send_webhook",
  state: "waiting",
  effect: "write",
  input: { text: "Hello" },
};
const approval = {
  arguments_sha256: planned.argumentsSha256,
  state: "open" as const,
  expires_at: "2026-12-01T00:00:00Z",
};
const parkedTurn = turnState({
  status: "waiting",
  partial: "I will.",
  parkings: 1,
  tools: [{ ...shown, approval }],
});
const asks: AgentEvent[] = [
  { type: "text", text: "I will." },
  modelCall(),
  { type: "paused", calls: [planned], reason: "approval" },
];

/** Returns a lease that records what is parked, claimed and settled. */
function openLease(overrides: Partial<TurnLease> = {}, turn: Partial<TurnLease["turn"]> = {}) {
  const parked: { tools: ToolCall[]; text: string; usage: Usage | null }[] = [];
  const log: string[] = [];
  const { lease, ends } = leaseOf({
    park: async (_calls, { text, tools, usage }) => {
      parked.push({ text, tools, usage });
      return parkedTurn;
    },
    claimEffect: async (call, _receiptId, _progress, writes) => {
      log.push(`claim ${call.id.slice(-3)}${writes ? " with the thread" : ""}`);
      return { outcome: "claimed" };
    },
    settleEffect: async (_receiptId, { output }) => void log.push(`settle ${output}`),
    ...overrides,
  });
  return { lease: { ...lease, turn: { ...lease.turn, ...turn } }, ends, parked, log };
}

/** Returns an agent whose runs take these segments one after the other, and what each run was given. */
function agentInSegments(
  ...segments: ((parts: Parameters<Agent["run"]>[0]) => AsyncIterable<AgentEvent>)[]
) {
  const runs: { resumes: boolean; tools: number }[] = [];
  const recorded: Parameters<Agent["record"]>[0][] = [];
  const agent: Agent = {
    ...agentOf([]).agent,
    run(parts) {
      const segment = segments[runs.length];
      runs.push({ resumes: parts.resumes, tools: parts.tools.length });
      if (!segment) throw new Error("There is no such segment in this test.");
      return segment(parts);
    },
    record: async (turn) => void recorded.push(turn),
  };
  return { agent, runs, recorded };
}

const segmentOf = (events: AgentEvent[]) =>
  async function* () {
    yield* events;
  };

describe("a turn whose answer asks a person", () => {
  it("is parked with what it has shown, and the stream ends with the calls", async () => {
    const { lease, ends, parked } = openLease();
    const { agent } = agentInSegments(segmentOf(asks));
    const { dependencies, measured } = dependenciesOf({ agent });
    const approvalLinks = { linkTo: async () => "/approve/token" };
    const events = await collect(
      streamTurns({ ...dependencies, approvalLinks }, target, claimOf(lease)),
    );
    expect(namesOf(events)).toEqual(["turn", "delta", "waiting"]);
    expect(events.at(-1)).toEqual({
      event: "waiting",
      id: `${turnId}.waiting.1`,
      data: {
        turn_id: turnId,
        calls: [{ ...shown, approval: { ...approval, link: "/approve/token" } }],
      },
    });
    expect(parked).toMatchObject([
      { text: "I will.", tools: [shown], usage: { input_tokens: 3, cost_usd: 0.5 } },
    ]);
    expect(JSON.stringify(parked)).not.toContain("/approve/");
    expect(ends).toEqual([]);
    expect(measured).toContainEqual({ metric: "TurnsWaiting", value: 1 });
  });

  it("lets the graph put its checkpoint before it is parked", async () => {
    const order: string[] = [];
    const { lease } = openLease({
      park: async () => {
        order.push("park");
        return parkedTurn;
      },
    });
    const { agent } = agentInSegments(async function* () {
      yield* asks;
      order.push("checkpoint");
    });
    const claim = claimOf(lease, {
      writes: () => {
        order.push("writes");
        return [];
      },
    });
    await collect(streamTurns(dependenciesOf({ agent }).dependencies, target, claim));
    expect(order).toEqual(["checkpoint", "writes", "park"]);
  });

  it("ends as stopped if the person stops it at this moment", async () => {
    const { lease, ends } = openLease({ park: () => Promise.reject(new StopRequested()) });
    const { agent, recorded } = agentInSegments(segmentOf(asks));
    const { dependencies } = dependenciesOf({ agent });
    const events = await collect(streamTurns(dependencies, target, claimOf(lease)));
    expect(events.at(-1)).toMatchObject({ event: "stopped", data: { text: "I will." } });
    expect(ends).toMatchObject([
      { status: "stopped", tools: [{ id: planned.id, state: "failed" }] },
    ]);
    expect(recorded).toMatchObject([{ text: "I will.", tools: [{ state: "failed" }] }]);
  });

  it("goes on elsewhere if the database is down", async () => {
    const down = new HttpProblem("service_unavailable", 503, "Not now.", { retryAfterSeconds: 5 });
    const { lease, ends } = openLease({ park: () => Promise.reject(down) });
    const { agent, recorded } = agentInSegments(segmentOf(asks));
    const { dependencies } = dependenciesOf({ agent });
    const events = await collect(streamTurns(dependencies, target, claimOf(lease)));
    expect(events.at(-1)).toMatchObject({ event: "error", data: { status: 503, retryable: true } });
    expect(events.at(-1)).not.toHaveProperty("id");
    expect([ends, recorded]).toEqual([[], []]);
  });

  it("is followed if another runner has taken the lease", async () => {
    const { lease } = openLease({ park: () => Promise.reject(new LeaseLost("gone")) });
    const { agent } = agentInSegments(segmentOf(asks));
    const claims = [{ outcome: "waiting" as const, turn: parkedTurn }];
    const { dependencies, measured } = dependenciesOf({ agent, claims });
    const events = await collect(streamTurns(dependencies, target, claimOf(lease)));
    expect(namesOf(events)).toEqual(["turn", "delta", "turn", "snapshot", "waiting"]);
    expect(measured).toContainEqual({ metric: "LeaseLost", value: 1 });
  });
});

describe("a turn that waits", () => {
  it("is shown, and ends the stream of every turn behind it", async () => {
    const claim = { outcome: "waiting" as const, turn: parkedTurn };
    const { dependencies } = dependenciesOf({});
    const behind = { ...target, turnId: "55555555-5555-4555-8555-555555555555" };
    const events = await collect(streamTurns(dependencies, behind, claim));
    expect(namesOf(events)).toEqual(["turn", "snapshot", "waiting"]);
    expect(events[1]?.data).toEqual({ text: "I will.", tools: parkedTurn.tools, sources: [] });
  });

  it("shows no link to a call that is decided", async () => {
    const decided: TurnState = {
      ...parkedTurn,
      tools: [{ ...shown, approval: { ...approval, state: "approved" } }],
    };
    const { dependencies } = dependenciesOf({});
    const approvalLinks = { linkTo: () => Promise.reject(new Error("not expected")) };
    const claim = { outcome: "waiting" as const, turn: decided };
    const events = await collect(streamTurns({ ...dependencies, approvalLinks }, target, claim));
    expect(JSON.stringify(events)).not.toContain("link");
  });
});

describe("a continued turn", () => {
  const usage = {
    input_tokens: 1,
    cache_read_tokens: 0,
    cache_write_tokens: 0,
    output_tokens: 4,
    cost_usd: 0.25,
  };
  const found = { index: 2, title: "A page", url: "https://a.example/", quote: "It says so." };
  const shownBefore = { text: "I will.", tools: [{ ...shown, approval }], sources: [found] };
  const base = { ...shownBefore, usage };
  const continued = { base, resumes: true, attempt: 2, parkings: 1 };

  it("begins with what was shown before, and adds to it", async () => {
    const { lease, ends, log } = openLease({}, continued);
    const { agent, runs } = agentInSegments(async function* ({ acts }) {
      const claimed = await acts.claim(planned);
      yield { type: "tool", tool: { ...shown, state: "running" } };
      if (claimed.outcome === "claimed") {
        await acts.settle(claimed.receiptId, { failed: false, output: "sent" });
      }
      yield { type: "tool", tool: { ...shown, state: "done", output: "sent" } };
      yield { type: "text", text: "\n\nDone." };
      yield modelCall();
    });
    const { dependencies, measured } = dependenciesOf({ agent });
    const events = await collect(streamTurns(dependencies, target, claimOf(lease)));
    expect(namesOf(events)).toEqual(["turn", "snapshot", "tool", "tool", "delta", "done"]);
    expect(events[0]?.data).toMatchObject({ attempt: 2 });
    expect(events[1]?.data).toEqual(shownBefore);
    // The approval stays beside the call's new states.
    expect(events[2]?.data).toMatchObject({ state: "running", approval });
    expect(runs).toEqual([{ resumes: true, tools: 1 }]);
    expect(log).toEqual(["claim 1.0", "settle sent"]);
    expect(ends).toMatchObject([
      { text: "I will.\n\nDone.", tools: [{ state: "done", approval }], sources: [found] },
    ]);
    expect(measured.map(({ metric }) => metric)).not.toContain("TurnsRecovered");
    // The turn shows what all its parts used; the metrics count each part once.
    expect(ends[0]?.usage).toMatchObject({ input_tokens: 4, output_tokens: 6, cost_usd: 0.75 });
    expect(measured).toContainEqual({ metric: "InputTokens", value: 3 });
  });

  it("counts as recovered only if a runner has died", async () => {
    const { lease } = openLease({}, { ...continued, attempt: 3 });
    const { agent } = agentInSegments(segmentOf([]));
    const { dependencies, measured } = dependenciesOf({ agent });
    await collect(streamTurns(dependencies, target, claimOf(lease)));
    expect(measured).toContainEqual({ metric: "TurnsRecovered", value: 1 });
  });
});

describe("a turn with effects", () => {
  const effect: PlannedCall = { ...planned, verdict: "effect" };
  const second: PlannedCall = { ...effect, id: `${turnId}.1.1` };
  const pauses: AgentEvent[] = [
    { type: "text", text: "Sending." },
    { type: "paused", calls: [effect, second], reason: "effect" },
  ];

  it("stores the thread with the first receipt, and goes on in the same run", async () => {
    const { lease, ends, log } = openLease();
    const { agent, runs } = agentInSegments(segmentOf(pauses), async function* ({ acts }) {
      for (const call of [effect, second]) {
        const claimed = await acts.claim(call);
        if (claimed.outcome !== "claimed") throw new Error("not expected");
        await acts.settle(claimed.receiptId, { failed: false, output: call.id.slice(-3) });
      }
      yield { type: "text", text: " Sent." };
    });
    const { dependencies } = dependenciesOf({ agent });
    const claim = claimOf(lease, { markStored: () => void log.push("stored") });
    const events = await collect(streamTurns(dependencies, target, claim));
    expect(namesOf(events)).toEqual(["turn", "delta", "delta", "done"]);
    expect(runs).toEqual([
      { resumes: false, tools: 0 },
      { resumes: true, tools: 0 },
    ]);
    expect(log).toEqual([
      ...["claim 1.0 with the thread", "stored", "settle 1.0"],
      ...["claim 1.1", "settle 1.1"],
      "stored",
    ]);
    expect(ends).toMatchObject([{ status: "done", text: "Sending. Sent." }]);
  });

  it("shows a call as unknown if it was interrupted between claim and settlement", async () => {
    const { lease, ends } = openLease({ beat: async () => ({ cancelRequested: true }) });
    const { agent, recorded } = agentInSegments(
      segmentOf(pauses),
      async function* ({ acts, signal }) {
        await acts.claim(effect);
        yield { type: "tool", tool: { ...shown, state: "running" } };
        yield { type: "tool", tool: { id: "read", name: "read_page", state: "running" } };
        await new Promise<never>((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
        });
      },
    );
    const { dependencies } = dependenciesOf({ agent });
    const events = await collect(streamTurns(dependencies, target, claimOf(lease)));
    const states = [
      { id: effect.id, state: "unknown" },
      { id: "read", state: "failed" },
    ];
    expect(ends).toMatchObject([{ status: "stopped", tools: states }]);
    expect(recorded).toMatchObject([{ tools: states }]);
    expect(events.slice(-3)).toMatchObject([
      { event: "tool", data: states[0] },
      { event: "tool", data: states[1] },
      { event: "stopped" },
    ]);
  });

  it("is parked if a claim finds that a person must decide", async () => {
    const { lease, parked } = openLease({ claimEffect: async () => ({ outcome: "ask" }) });
    const { agent } = agentInSegments(segmentOf(pauses), async function* ({ acts }) {
      expect(await acts.claim(effect)).toEqual({ outcome: "ask" });
      yield { type: "paused", calls: [effect], reason: "approval" };
    });
    const { dependencies } = dependenciesOf({ agent });
    const events = await collect(streamTurns(dependencies, target, claimOf(lease)));
    expect(events.at(-1)?.event).toBe("waiting");
    expect(parked).toHaveLength(1);
  });

  it.each([
    ["lost its lease", new LeaseLost("gone"), "done"],
    ["cannot reach the database", new HttpProblem("service_unavailable", 503, "down"), "error"],
  ])("does not end here if the claim has %s", async (_what, failure, last) => {
    const { lease, ends } = openLease({ claimEffect: () => Promise.reject(failure) });
    const { agent, recorded } = agentInSegments(segmentOf(pauses), async function* ({ acts }) {
      await acts.claim(effect);
      yield { type: "text", text: "never" };
    });
    const { dependencies } = dependenciesOf({ agent, claims: [{ outcome: "idle", turn: ended }] });
    const events = await collect(streamTurns(dependencies, target, claimOf(lease)));
    expect(events.at(-1)?.event).toBe(last);
    expect([ends, recorded]).toEqual([[], []]);
  });

  it("counts an approval that expired", async () => {
    const { lease } = openLease({ claimEffect: async () => ({ outcome: "expired" }) });
    const { agent } = agentInSegments(async function* ({ acts }) {
      await acts.claim(planned);
      yield modelCall();
    });
    const { dependencies, measured } = dependenciesOf({ agent });
    await collect(streamTurns(dependencies, target, claimOf(lease)));
    expect(measured).toContainEqual({ metric: "ToolApprovals", value: 1 });
  });
});
