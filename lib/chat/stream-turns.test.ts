import { describe, expect, it, vi } from "vitest";
import type { Agent } from "#lib/agent/agent.ts";
import type { AgentEvent } from "#lib/agent/agent-event.ts";
import { ModelFailure } from "#lib/agent/model/model-failure.ts";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import { LeaseLost } from "#lib/conversations/turn-lease.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { claimedTurn } from "#test/support/claimed-turn.ts";
import {
  agentOf,
  claimOf,
  collect,
  dependenciesOf,
  earlierTurnId,
  ended,
  laterTurnId,
  leaseOf,
  modelCall,
  namesOf,
  said,
  target,
  waitingAgent,
} from "#test/support/streamed-turns.ts";
import { conversationId, turnId, turnState } from "#test/support/turn-state.ts";
import { streamTurns } from "./stream-turns.ts";

/** Runs the work on a fake clock. Returns how many of the work's timers are left when it has ended. */
async function timersLeftBy(work: () => Promise<unknown>): Promise<number> {
  vi.useFakeTimers();
  try {
    await work();
    return vi.getTimerCount();
  } finally {
    vi.useRealTimers();
  }
}

describe("streamTurns after its last event", () => {
  it("leaves no timer that could send a statement later, as the runner", async () => {
    const { lease, ends } = leaseOf();
    const { dependencies } = dependenciesOf({ agent: agentOf(said).agent });
    const run = () => collect(streamTurns(dependencies, target, claimOf(lease)));
    expect(await timersLeftBy(run)).toBe(0);
    expect(ends).toHaveLength(1);
  });

  it("leaves no timer, if the runner lost its lease", async () => {
    const { lease } = leaseOf({ finish: () => Promise.reject(new LeaseLost("lost")) });
    const { dependencies } = dependenciesOf({
      agent: agentOf(said).agent,
      claims: [{ outcome: "idle", turn: ended }],
    });
    const run = () => collect(streamTurns(dependencies, target, claimOf(lease)));
    expect(await timersLeftBy(run)).toBe(0);
  });
});

describe("streamTurns as the runner", () => {
  it("streams the answer and sends done only after the end is stored", async () => {
    const { lease, ends } = leaseOf();
    const { agent } = agentOf(said);
    const { dependencies, measured } = dependenciesOf({ agent });
    const events: StreamEvent[] = [];
    for await (const event of streamTurns(dependencies, target, claimOf(lease))) {
      if (event.event === "done") expect(ends).toHaveLength(1);
      events.push(event);
    }
    expect(namesOf(events)).toEqual(["turn", "delta", "delta", "done"]);
    expect(events.at(-1)).toMatchObject({
      id: `${turnId}.end`,
      data: {
        text: "Hi there",
        model: "m",
        usage: {
          input_tokens: 3,
          cache_read_tokens: 5,
          cache_write_tokens: 1,
          output_tokens: 2,
          cost_usd: 0.5,
        },
        remarks: [],
        history_from: earlierTurnId,
      },
    });
    expect(ends[0]).toMatchObject({
      status: "done",
      text: "Hi there",
      error: null,
      historyFrom: earlierTurnId,
    });
    expect(measured.filter(({ metric }) => metric === "TimeToFirstToken")).toHaveLength(1);
  });

  it("sends the replaced turn and the remarks", async () => {
    const replaced = leaseOf();
    const { lease, ends } = leaseOf({ turn: { ...replaced.lease.turn, replaces: earlierTurnId } });
    const { agent } = agentOf([
      modelCall({ isFallback: true }),
      { type: "text", text: "Once upon a" },
      modelCall({ isFallback: true, isCut: true }),
    ]);
    const { dependencies } = dependenciesOf({ agent });
    const events = await collect(streamTurns(dependencies, target, claimOf(lease)));
    expect(events[0]).toMatchObject({ event: "turn", data: { replaces: earlierTurnId } });
    const remarks = ["fallback_model", "cut_at_length"];
    expect(events.at(-1)).toMatchObject({ event: "done", data: { text: "Once upon a", remarks } });
    expect(ends[0]).toMatchObject({ remarks });
  });

  it("ends a stopped turn with the text so far, and records the text in the thread", async () => {
    const recorded: string[] = [];
    const { lease, ends } = leaseOf({
      beat: async () => ({ cancelRequested: true }),
    });
    const claim = claimOf(lease, { discard: () => void recorded.push("(discarded)") });
    const { dependencies } = dependenciesOf({ agent: waitingAgent(recorded) });
    const events = await collect(streamTurns(dependencies, target, claim));
    expect(events.at(-1)).toMatchObject({ event: "stopped", data: { text: "Half an " } });
    expect(ends[0]).toMatchObject({ status: "stopped", text: "Half an " });
    expect(recorded).toEqual(["(discarded)", "Half an "]);
  });

  it("ends a turn at its deadline and keeps the text", async () => {
    const { lease, ends } = leaseOf();
    const { dependencies } = dependenciesOf({ agent: waitingAgent(), time: { turnMs: () => 1 } });
    const events = await collect(streamTurns(dependencies, target, claimOf(lease)));
    expect(events.at(-1)).toMatchObject({ event: "error", data: { type: "deadline_exceeded" } });
    expect(ends[0]).toMatchObject({ status: "failed", text: "Half an " });
  });

  it.each([
    ["a busy model", new ModelFailure("busy", { cause: null }), "model_busy", /again in a moment/],
    ["a failing model", new ModelFailure("broken", { cause: null }), "model_failed", /again/],
    [
      "a silent model",
      new ModelFailure("silent", { cause: null }),
      "model_failed",
      /Send the message again/,
    ],
    [
      "an answer that is too long for the model",
      new ModelFailure("too_long", { cause: null }),
      "model_failed",
      /a smaller part/,
    ],
    [
      "a request that the model refuses",
      new ModelFailure("refused", { cause: null }),
      "model_failed",
      /not about your wording/,
    ],
    [
      "a model that needs an operator",
      new ModelFailure("unavailable", { cause: null }),
      "model_unavailable",
      /not about your message/,
    ],
    ["a fault of our own", new TypeError("x is undefined"), "internal_error", /again/],
  ])("ends a turn with an error event after %s", async (_case, failure, type, advice) => {
    const { lease, ends } = leaseOf();
    const running: AgentEvent = {
      type: "tool",
      tool: { id: "t", name: "calculator", state: "running" },
    };
    const { agent, recorded } = agentOf([{ type: "text", text: "Well" }, running], failure);
    const { dependencies } = dependenciesOf({ agent });
    const events = await collect(streamTurns(dependencies, target, claimOf(lease)));
    expect(events.at(-1)).toMatchObject({
      event: "error",
      id: `${turnId}.end`,
      data: {
        type,
        detail: expect.stringMatching(advice),
        retryable: false,
        request_id: "request-1",
      },
    });
    expect(JSON.stringify(events)).not.toContain("undefined");
    expect(ends[0]).toMatchObject({ status: "failed", tools: [{ id: "t", state: "failed" }] });
    expect(events.findLast(({ event }) => event === "tool")?.data).toEqual(ends[0]?.tools[0]);
    expect(recorded).toEqual(["Well"]);
  });

  it("ends a turn whose thread can neither be read nor written", async () => {
    const { lease, ends } = leaseOf();
    const unreadable = new Error("The checkpoint cannot be read.");
    const agent: Agent = {
      ...agentOf([], unreadable).agent,
      record: () => Promise.reject(unreadable),
    };
    const { dependencies } = dependenciesOf({ agent });
    const events = await collect(streamTurns(dependencies, target, claimOf(lease)));
    expect(events.at(-1)).toMatchObject({ event: "error", data: { type: "internal_error" } });
    expect(ends).toMatchObject([{ status: "failed" }]);
  });

  it("logs an unreadable thread", async () => {
    const unreadable = new SyntaxError("The checkpoint is no JSON.");
    const { lease } = leaseOf();
    const { dependencies, lines } = dependenciesOf({ agent: agentOf(said).agent });
    await collect(streamTurns(dependencies, target, claimOf(lease, { unreadable })));
    expect(lines).toContainEqual({
      level: "error",
      event: "thread.unreadable",
      cause: unreadable,
    });
  });

  it("stores no cost when the price of one call is unknown", async () => {
    const { lease, ends } = leaseOf();
    const { agent } = agentOf([modelCall({ costUsd: null }), modelCall()]);
    const { dependencies } = dependenciesOf({ agent });
    await collect(streamTurns(dependencies, target, claimOf(lease)));
    expect(ends[0]?.usage).toEqual({
      input_tokens: 6,
      cache_read_tokens: 10,
      cache_write_tokens: 2,
      output_tokens: 4,
      cost_usd: null,
    });
  });

  it("follows the new runner after it has lost its lease", async () => {
    const { lease } = leaseOf({
      finish: async () => {
        throw new LeaseLost("gone");
      },
    });
    const { agent } = agentOf(said);
    const { dependencies, measured } = dependenciesOf({
      agent,
      claims: [{ outcome: "idle", turn: ended }],
    });
    const events = await collect(streamTurns(dependencies, target, claimOf(lease)));
    expect(events.at(-1)).toMatchObject({ event: "done", data: { text: "Hi there" } });
    expect(namesOf(events).filter((name) => name === "done")).toHaveLength(1);
    expect(measured).toContainEqual({ metric: "LeaseLost", value: 1 });
  });

  it("ends the stream but not the turn when the end cannot be stored", async () => {
    const { lease } = leaseOf({
      finish: async () => {
        throw new HttpProblem("service_unavailable", 503, "Not now.", { retryAfterSeconds: 5 });
      },
    });
    const { agent } = agentOf(said);
    const { dependencies } = dependenciesOf({ agent });
    const events = await collect(streamTurns(dependencies, target, claimOf(lease)));
    expect(namesOf(events)).not.toContain("done");
    expect(events.at(-1)).toMatchObject({
      event: "error",
      data: { type: "service_unavailable", retryable: true, retry_after: 5 },
    });
    expect(events.at(-1)).not.toHaveProperty("id");
  });

  it("sends a snapshot first when another runner has begun the turn", async () => {
    const { lease } = leaseOf({ turn: claimedTurn({ attempt: 2 }) });
    const { dependencies } = dependenciesOf({ agent: agentOf(said).agent });
    const events = await Array.fromAsync(streamTurns(dependencies, target, claimOf(lease)));
    expect(namesOf(events)).toEqual(["turn", "snapshot", "delta", "delta", "done"]);
  });

  it("sends a snapshot when a model call restarts", async () => {
    const { lease, ends } = leaseOf();
    const { agent } = agentOf([
      { type: "text", text: "Broken" },
      { type: "restart", text: "" },
      { type: "text", text: "Whole" },
    ]);
    const { dependencies } = dependenciesOf({ agent });
    const events = await collect(streamTurns(dependencies, target, claimOf(lease)));
    expect(namesOf(events)).toEqual(["turn", "delta", "snapshot", "delta", "done"]);
    expect(ends[0]?.text).toBe("Whole");
  });

  it("sends the stored text, without U+0000 and half surrogate pairs", async () => {
    const { lease, ends } = leaseOf();
    const { agent } = agentOf([{ type: "text", text: "a\u0000b \ud83d" }]);
    const { dependencies } = dependenciesOf({ agent });
    const events = await collect(streamTurns(dependencies, target, claimOf(lease)));
    expect(events.at(-1)).toMatchObject({ event: "done", data: { text: "ab \ufffd" } });
    expect(ends[0]?.text).toBe("ab \ufffd");
  });

  it("also runs the next queued turn when the target names no turn", async () => {
    const first = leaseOf();
    const second = leaseOf({ turn: claimedTurn({ id: laterTurnId, message: "B" }) });
    const { agent } = agentOf(said);
    const { dependencies } = dependenciesOf({
      agent,
      claims: [
        claimOf(second.lease),
        { outcome: "idle", turn: turnState({ ...ended, turn_id: second.lease.turn.id }) },
      ],
    });
    const everything = { owner: "owner-1", conversationId };
    const claim = claimOf(first.lease);
    const events = await collect(streamTurns(dependencies, everything, claim));
    expect(namesOf(events).filter((name) => name === "done")).toHaveLength(2);
  });
});
