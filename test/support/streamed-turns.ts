import { MemorySaver } from "@langchain/langgraph-checkpoint";
import type { Agent } from "#lib/agent/agent.ts";
import type { AgentEvent } from "#lib/agent/agent-event.ts";
import type { CheckAnswer } from "#lib/chat/check-answer.ts";
import type { ThreadClaim } from "#lib/chat/claim-with-thread.ts";
import type { InvocationTime } from "#lib/chat/invocation-time.ts";
import type { StreamTurnsDependencies } from "#lib/chat/stream-turns.ts";
import type { TraceExport } from "#lib/chat/trace-export.ts";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import type { TurnEnd, TurnLease } from "#lib/conversations/turn-lease.ts";
import type { TurnStore, WatchedTurn } from "#lib/conversations/turn-store.ts";
import type { TurnThread } from "#lib/thread/turn-thread.ts";
import { testLease } from "./claimed-turn.ts";
import { recordingTelemetry } from "./recording-telemetry.ts";
import { conversationId, turnId, turnState } from "./turn-state.ts";

export const earlierTurnId = "44444444-4444-4444-8444-444444444444";
export const laterTurnId = "33333333-3333-4333-8333-333333333333";
export const target = { owner: "owner-1", conversationId, turnId };

export const ended = turnState({
  status: "done",
  result: "Hi there",
  finished_at: "2026-01-01T00:00:02Z",
});

/** Returns a lease, and the ends that were stored through it. */
export function leaseOf(overrides: Partial<TurnLease> = {}) {
  const ends: TurnEnd[] = [];
  const lease = testLease({
    finish: async (end) => {
      ends.push(end);
      return { reserved: null, citations: end.citations };
    },
    ...overrides,
  });
  return { lease, ends };
}

/** Returns a claim with this lease and an empty thread. */
export const claimOf = (lease: TurnLease, overrides: Partial<TurnThread> = {}) => ({
  outcome: "claimed" as const,
  lease,
  thread: {
    checkpointer: new MemorySaver(),
    discard: () => {},
    writes: () => [],
    markStored: () => {},
    unreadable: undefined,
    ...overrides,
  },
});

/** Returns an agent that yields these events and then throws the failure, if there is one. */
export function agentOf(events: AgentEvent[], failure?: unknown) {
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
    writeTitle: () => Promise.reject(new Error("not expected in this test")),
  };
  return { agent, recorded };
}

/** Returns an agent that yields one text and then waits until its signal aborts. */
export function waitingAgent(recorded: string[] = []): Agent {
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
    writeTitle: () => Promise.reject(new Error("not expected in this test")),
  };
}

const plentyOfTime: InvocationTime = {
  turnMs: () => 60_000,
  hasTimeForTurn: () => true,
  summaryMs: () => 60_000,
};

export function dependenciesOf(changes: {
  agent?: Agent;
  checkAnswer?: CheckAnswer;
  claims?: ThreadClaim[];
  watched?: (WatchedTurn | undefined)[];
  storeSummary?: TurnStore["storeSummary"];
  storeTitle?: TurnStore["storeTitle"];
  time?: Partial<InvocationTime>;
  traceExport?: TraceExport;
}) {
  const unused = () => Promise.reject(new Error("not expected in this test"));
  const claims = changes.claims ?? [];
  const watched = changes.watched ?? [];
  const turns: TurnStore = {
    accept: unused,
    stop: unused,
    decide: unused,
    storeSummary: changes.storeSummary ?? unused,
    settleSummary: async () => {},
    storeTitle: changes.storeTitle ?? unused,
    settleTitle: async () => {},
    claim: unused,
    acceptAndClaim: unused,
    watch: async () => watched.shift(),
  };
  const { telemetry, measured, lines } = recordingTelemetry();
  const dependencies: StreamTurnsDependencies = {
    turns,
    claim: async () => claims.shift() ?? { outcome: "unknown" },
    telemetry,
    requestId: "request-1",
    loadAgent: async () => changes.agent ?? agentOf([]).agent,
    hasTitles: true,
    checkAnswer: changes.checkAnswer ?? (async () => ({})),
    time: { ...plentyOfTime, ...changes.time },
    traceExport: changes.traceExport,
    beatIntervalMs: 1,
    pollIntervalMs: 0,
  };
  return { dependencies, measured, lines };
}

export async function collect(events: AsyncIterable<StreamEvent>): Promise<StreamEvent[]> {
  const all: StreamEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}
export const namesOf = (events: StreamEvent[]) => events.map(({ event }) => event);

export const modelCall = (
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
export const said: AgentEvent[] = [
  { type: "history", fromTurn: earlierTurnId, summarisedUntil: null },
  { type: "text", text: "Hi " },
  { type: "text", text: "there" },
  modelCall(),
];
