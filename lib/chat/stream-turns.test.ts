import { MemorySaver } from "@langchain/langgraph-checkpoint";
import { describe, expect, it } from "vitest";
import type { Agent, OldestTurns } from "#lib/agent/agent.ts";
import type { AgentEvent } from "#lib/agent/agent-event.ts";
import { ModelFailure } from "#lib/agent/model/model-failure.ts";
import type { TurnState } from "#lib/contract/chat.ts";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import type { NewSummary } from "#lib/conversations/store-summary.ts";
import { LeaseLost, type TurnEnd, type TurnLease } from "#lib/conversations/turn-lease.ts";
import type { TurnStore, WatchedTurn } from "#lib/conversations/turn-store.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { DatabaseUnavailable } from "#lib/platform/postgres.ts";
import type { TurnThread } from "#lib/thread/turn-thread.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import type { ThreadClaim } from "./claim-with-thread.ts";
import type { InvocationTime } from "./invocation-time.ts";
import { type StreamTurnsDependencies, streamTurns } from "./stream-turns.ts";

const conversationId = "11111111-1111-4111-8111-111111111111";
const turnId = "22222222-2222-4222-8222-222222222222";
const earlierTurnId = "44444444-4444-4444-8444-444444444444";
const laterTurnId = "33333333-3333-4333-8333-333333333333";
const target = { owner: "owner-1", conversationId, turnId };

const state = (changes: Partial<TurnState> = {}): TurnState => ({
  turn_id: turnId,
  conversation_id: conversationId,
  status: "running",
  attempt: 1,
  message: "Hello",
  replaces: null,
  partial: null,
  result: null,
  tools: [],
  error: null,
  usage: null,
  model: null,
  remarks: [],
  history_from: null,
  summarised_until: null,
  summary_usage: null,
  created_at: "2026-01-01T00:00:00Z",
  finished_at: null,
  ...changes,
});
const ended = state({ status: "done", result: "Hi there", finished_at: "2026-01-01T00:00:02Z" });

/** Returns a lease, and the ends that were stored through it. */
function leaseOf(overrides: Partial<TurnLease> = {}) {
  const ends: TurnEnd[] = [];
  const lease: TurnLease = {
    turn: {
      id: turnId,
      conversationId,
      message: "Hello",
      attempt: 1,
      replaces: null,
      replaced: [],
    },
    beat: async () => ({ cancelRequested: false }),
    finish: async (end) => {
      ends.push(end);
    },
    ...overrides,
  };
  return { lease, ends };
}

/** Returns a claim with this lease and an empty thread. */
const claimOf = (lease: TurnLease, overrides: Partial<TurnThread> = {}) => ({
  outcome: "claimed" as const,
  lease,
  thread: {
    checkpointer: new MemorySaver(),
    discard: () => {},
    writes: () => [],
    unreadable: undefined,
    ...overrides,
  },
});

/** Returns an agent that yields these events and then throws the failure, if there is one. */
function agentOf(events: AgentEvent[], failure?: unknown) {
  const recorded: string[] = [];
  const agent: Agent = {
    async *run() {
      yield* events;
      if (failure !== undefined) throw failure;
    },
    record: async ({ text }) => {
      recorded.push(text);
    },
    summarise: () => Promise.reject(new Error("not expected in this test")),
  };
  return { agent, recorded };
}

/** Returns an agent that yields one text and then waits until its signal aborts. */
function waitingAgent(recorded: string[] = []): Agent {
  return {
    async *run({ signal }) {
      yield { type: "text", text: "Half an " };
      await new Promise<never>((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
      });
    },
    record: async ({ text }) => {
      recorded.push(text);
    },
    summarise: () => Promise.reject(new Error("not expected in this test")),
  };
}

const plentyOfTime: InvocationTime = {
  turnMs: () => 60_000,
  hasTimeForTurn: () => true,
  summaryMs: () => 60_000,
};

function dependenciesOf(changes: {
  agent?: Agent;
  claims?: ThreadClaim[];
  watched?: (WatchedTurn | undefined)[];
  storeSummary?: TurnStore["storeSummary"];
  time?: Partial<InvocationTime>;
}) {
  const unused = () => Promise.reject(new Error("not expected in this test"));
  const claims = changes.claims ?? [];
  const watched = changes.watched ?? [];
  const turns: TurnStore = {
    accept: unused,
    stop: unused,
    storeSummary: changes.storeSummary ?? unused,
    claim: unused,
    watch: async () => watched.shift(),
  };
  const { telemetry, measured, lines } = recordingTelemetry();
  const dependencies: StreamTurnsDependencies = {
    turns,
    claim: async () => claims.shift() ?? { outcome: "unknown" },
    telemetry,
    requestId: "request-1",
    loadAgent: async () => changes.agent ?? agentOf([]).agent,
    time: { ...plentyOfTime, ...changes.time },
    beatIntervalMs: 1,
    pollIntervalMs: 0,
  };
  return { dependencies, measured, lines };
}

async function collect(events: AsyncIterable<StreamEvent>): Promise<StreamEvent[]> {
  const all: StreamEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}
const namesOf = (events: StreamEvent[]) => events.map(({ event }) => event);

const modelCall = (
  changes: { isFallback?: boolean; isCut?: boolean; costUsd?: null } = {},
): AgentEvent => ({
  type: "model_call",
  model: "m",
  isFallback: false,
  isCut: false,
  tokens: { inputTokens: 3, cacheReadTokens: 5, cacheWriteTokens: 1, outputTokens: 2 },
  costUsd: 0.5,
  ...changes,
});
const said: AgentEvent[] = [
  { type: "history", fromTurn: earlierTurnId, summarisedUntil: null },
  { type: "text", text: "Hi " },
  { type: "text", text: "there" },
  modelCall(),
];

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
    expect(namesOf(events)).toEqual(["turn", "snapshot", "delta", "delta", "done"]);
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

  it("sends a snapshot when a model call restarts", async () => {
    const { lease, ends } = leaseOf();
    const { agent } = agentOf([
      { type: "text", text: "Broken" },
      { type: "restart", text: "" },
      { type: "text", text: "Whole" },
    ]);
    const { dependencies } = dependenciesOf({ agent });
    const events = await collect(streamTurns(dependencies, target, claimOf(lease)));
    expect(namesOf(events)).toEqual(["turn", "snapshot", "delta", "snapshot", "delta", "done"]);
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
    const second = leaseOf({
      turn: {
        id: "33333333-3333-4333-8333-333333333333",
        conversationId,
        message: "B",
        attempt: 1,
        replaces: null,
        replaced: [],
      },
    });
    const { agent } = agentOf(said);
    const { dependencies } = dependenciesOf({
      agent,
      claims: [
        claimOf(second.lease),
        { outcome: "idle", turn: state({ ...ended, turn_id: second.lease.turn.id }) },
      ],
    });
    const everything = { owner: "owner-1", conversationId };
    const claim = claimOf(first.lease);
    const events = await collect(streamTurns(dependencies, everything, claim));
    expect(namesOf(events).filter((name) => name === "done")).toHaveLength(2);
  });
});

describe("streamTurns with a full thread", () => {
  const oldest: OldestTurns = { summary: undefined, messages: [], untilTurn: earlierTurnId };
  const tokens = { inputTokens: 9, outputTokens: 4, cacheReadTokens: 0, cacheWriteTokens: 0 };
  const written: Awaited<ReturnType<Agent["summarise"]>> = {
    summary: { text: "Ada likes tea.", untilTurn: earlierTurnId },
    model: "m",
    costs: [
      { tokens, costUsd: 0.25 },
      { tokens, costUsd: 0.5 },
    ],
  };

  /** Returns an agent whose turns end with a full thread, and a record of what happened in which order. */
  function fullAgent(summarise: Agent["summarise"] = async () => written) {
    const done: string[] = [];
    const agent: Agent = {
      ...agentOf([...said, { type: "thread_full", oldest }]).agent,
      async summarise(...given) {
        done.push("summarised");
        return summarise(...given);
      },
    };
    const stored: NewSummary[] = [];
    const storeSummary = async (summary: NewSummary) => void stored.push(summary);
    return { agent, stored, storeSummary, done };
  }

  it("summarises the thread after the last event and stores the cost with the turn", async () => {
    const { lease, ends } = leaseOf();
    const { stored, done, ...how } = fullAgent();
    const { dependencies, measured } = dependenciesOf(how);
    for await (const { event } of streamTurns(dependencies, target, claimOf(lease)))
      done.push(event);
    expect(done.slice(-2)).toEqual(["done", "summarised"]);
    expect(stored).toEqual([
      {
        ...{ owner: "owner-1", conversationId, turnId },
        ...{ text: "Ada likes tea.", untilTurn: earlierTurnId },
        usage: {
          ...{ input_tokens: 18, cache_read_tokens: 0, cache_write_tokens: 0 },
          ...{ output_tokens: 8, cost_usd: 0.75 },
        },
      },
    ]);
    // The turn's own usage does not include the summary.
    expect(ends[0]?.usage).toMatchObject({ input_tokens: 3, cost_usd: 0.5 });
    expect(measured.filter(({ metric }) => metric === "InputTokens")).toHaveLength(2);
  });

  it("summarises once, after the last queued turn", async () => {
    const first = leaseOf();
    const second = leaseOf({ turn: { ...first.lease.turn, id: laterTurnId } });
    const { stored, done, ...how } = fullAgent();
    const idle: ThreadClaim = { outcome: "idle", turn: state({ ...ended, turn_id: laterTurnId }) };
    const { dependencies } = dependenciesOf({ ...how, claims: [claimOf(second.lease), idle] });
    const everything = { owner: "owner-1", conversationId };
    for await (const { event } of streamTurns(dependencies, everything, claimOf(first.lease))) {
      done.push(event);
    }
    expect(done.filter((event) => event === "done" || event === "summarised")).toEqual([
      ...["done", "done", "summarised"],
    ]);
    expect(stored).toMatchObject([{ turnId: laterTurnId }]);
  });

  it.each<[string, Parameters<typeof dependenciesOf>[0]]>([
    ["the model writes no summary", fullAgent(() => Promise.reject(new Error("Nothing.")))],
    [
      "the database is unavailable",
      { ...fullAgent(), storeSummary: () => Promise.reject(new DatabaseUnavailable("Away.")) },
    ],
  ])("ends with done and logs the failure when %s", async (_case, how) => {
    const { lease } = leaseOf();
    const { dependencies, measured, lines } = dependenciesOf(how);
    const events = await collect(streamTurns(dependencies, target, claimOf(lease)));
    expect(events.at(-1)).toMatchObject({ event: "done" });
    expect(measured).toContainEqual({ metric: "SummariesFailed", value: 1 });
    expect(lines).toContainEqual(expect.objectContaining({ event: "thread.not_summarised" }));
  });

  it("writes no summary when the invocation has no time left", async () => {
    const { lease } = leaseOf();
    const never: Agent["summarise"] = (_oldest, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
      });
    const { stored, done: _, ...how } = fullAgent(never);
    const { dependencies, measured } = dependenciesOf({ ...how, time: { summaryMs: () => -1 } });
    const events = await collect(streamTurns(dependencies, target, claimOf(lease)));
    expect(events.at(-1)).toMatchObject({ event: "done" });
    expect(stored).toEqual([]);
    expect(measured).toContainEqual({ metric: "SummariesFailed", value: 1 });
  });
});

describe("streamTurns as a follower", () => {
  const busy: ThreadClaim = { outcome: "busy", turn: state({ partial: "Hi" }) };

  it("starts with the current text, appends new text and ends with the stored text", async () => {
    const { dependencies } = dependenciesOf({
      watched: [
        { turn: state({ partial: "Hi the" }), isAbandoned: false },
        { turn: ended, isAbandoned: false },
      ],
    });
    const events = await collect(streamTurns(dependencies, target, busy));
    expect(namesOf(events)).toEqual(["turn", "snapshot", "delta", "delta", "done"]);
    expect(events[1]).toMatchObject({ data: { text: "Hi" } });
    expect(events.at(-1)).toMatchObject({ data: { text: "Hi there" } });
  });

  it("sends a snapshot when the text was replaced", async () => {
    const { dependencies } = dependenciesOf({
      watched: [
        { turn: state({ partial: "Ho" }), isAbandoned: false },
        { turn: { ...ended, result: "Hot" }, isAbandoned: false },
      ],
    });
    const events = await collect(streamTurns(dependencies, target, busy));
    expect(namesOf(events)).toEqual(["turn", "snapshot", "snapshot", "delta", "done"]);
    expect(events[2]).toMatchObject({ data: { text: "Ho" } });
  });

  it("ends while too little time is left to take the turn over", async () => {
    const { dependencies } = dependenciesOf({
      watched: [{ turn: ended, isAbandoned: false }],
      time: { hasTimeForTurn: () => false },
    });
    const events = await collect(streamTurns(dependencies, target, busy));
    expect(namesOf(events)).toEqual(["turn", "snapshot"]);
  });

  it("starts again with a new attempt", async () => {
    const { dependencies } = dependenciesOf({
      watched: [
        { turn: state({ attempt: 2, partial: "He" }), isAbandoned: false },
        { turn: { ...ended, attempt: 2, result: "Hello" }, isAbandoned: false },
      ],
    });
    const events = await collect(streamTurns(dependencies, target, busy));
    expect(namesOf(events)).toEqual(["turn", "snapshot", "turn", "snapshot", "delta", "done"]);
  });

  it("takes the turn over when the runner is gone", async () => {
    const { lease, ends } = leaseOf({
      turn: {
        id: turnId,
        conversationId,
        message: "Hello",
        attempt: 2,
        replaces: null,
        replaced: [],
      },
    });
    const { agent } = agentOf(said);
    const { dependencies, measured } = dependenciesOf({
      agent,
      watched: [
        { turn: state({ partial: "Hi" }), isAbandoned: true },
        { turn: ended, isAbandoned: false },
      ],
      claims: [claimOf(lease)],
    });
    const events = await collect(streamTurns(dependencies, target, busy));
    expect(events.at(-1)).toMatchObject({ event: "done", data: { text: "Hi there" } });
    expect(ends).toHaveLength(1);
    expect(measured).toContainEqual({ metric: "TurnsRecovered", value: 1 });
  });

  it("ends without an error when the conversation is deleted", async () => {
    const { dependencies } = dependenciesOf({ watched: [undefined] });
    const events = await collect(streamTurns(dependencies, target, busy));
    expect(namesOf(events)).toEqual(["turn", "snapshot"]);
  });

  it.each([
    ["stopped", state({ status: "stopped", result: "Hal" }), "stopped"],
    ["failed", state({ status: "failed", result: "" }), "error"],
  ])("sends the stored end of a turn that has %s", async (_status, turn, last) => {
    const { dependencies } = dependenciesOf({});
    const events = await collect(streamTurns(dependencies, target, { outcome: "idle", turn }));
    expect(namesOf(events)).toEqual(["turn", "snapshot", last]);
    expect(events.at(-1)?.id).toBe(`${turnId}.end`);
  });
});
