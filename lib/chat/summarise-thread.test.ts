import { describe, expect, it } from "vitest";
import type { Agent, OldestTurns } from "#lib/agent/agent.ts";
import type { NewSummary } from "#lib/conversations/store-summary.ts";
import { DatabaseUnavailable } from "#lib/platform/postgres.ts";
import {
  agentOf,
  claimOf,
  collect,
  dependenciesOf,
  earlierTurnId,
  ended,
  laterTurnId,
  leaseOf,
  said,
  target,
} from "#test/support/streamed-turns.ts";
import { conversationId, turnId, turnState } from "#test/support/turn-state.ts";
import type { ThreadClaim } from "./claim-with-thread.ts";
import { streamTurns } from "./stream-turns.ts";

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
        cost: expect.objectContaining({ isEstimated: false }),
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
    const idle: ThreadClaim = {
      outcome: "idle",
      turn: turnState({ ...ended, turn_id: laterTurnId }),
    };
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
    const never: Agent["summarise"] = (_oldest, { signal }) =>
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
