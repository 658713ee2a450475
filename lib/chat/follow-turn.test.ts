import { describe, expect, it } from "vitest";
import { claimedTurn } from "#test/support/claimed-turn.ts";
import {
  agentOf,
  claimOf,
  collect,
  dependenciesOf,
  ended,
  leaseOf,
  namesOf,
  said,
  target,
} from "#test/support/streamed-turns.ts";
import { turnId, turnState } from "#test/support/turn-state.ts";
import type { ThreadClaim } from "./claim-with-thread.ts";
import { streamTurns } from "./stream-turns.ts";

describe("streamTurns as a follower", () => {
  const busy: ThreadClaim = { outcome: "busy", turn: turnState({ partial: "Hi" }) };

  it("starts with the current text, appends new text and ends with the stored text", async () => {
    const { dependencies } = dependenciesOf({
      watched: [
        { turn: turnState({ partial: "Hi the" }), isAbandoned: false },
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
        { turn: turnState({ partial: "Ho" }), isAbandoned: false },
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
        { turn: turnState({ attempt: 2, partial: "He" }), isAbandoned: false },
        { turn: { ...ended, attempt: 2, result: "Hello" }, isAbandoned: false },
      ],
    });
    const events = await collect(streamTurns(dependencies, target, busy));
    expect(namesOf(events)).toEqual(["turn", "snapshot", "turn", "snapshot", "delta", "done"]);
  });

  it("ends with the calls that wait for a decision when the turn is parked", async () => {
    const call = { id: `${turnId}.1.0`, name: "send_webhook" };
    const parked = turnState({
      status: "waiting",
      partial: "Hi, I will",
      parkings: 2,
      tools: [
        { id: `${turnId}.1.1`, name: "calculator", state: "done" },
        { ...call, state: "waiting" },
      ],
    });
    const { dependencies } = dependenciesOf({
      watched: [{ turn: parked, isAbandoned: false }],
    });
    const events = await collect(streamTurns(dependencies, target, busy));
    expect(namesOf(events)).toEqual(["turn", "snapshot", "tool", "tool", "delta", "waiting"]);
    expect(events.at(-1)).toEqual({
      event: "waiting",
      data: { turn_id: turnId, calls: [{ ...call, state: "waiting" }] },
      id: `${turnId}.waiting.2`,
    });
  });

  it("sends a source before the end of the call that found it, once", async () => {
    const call = { id: `${turnId}.1.0`, name: "web_search", state: "done" } as const;
    const source = { index: 1, title: "A page", url: "https://a.example/", quote: "" };
    const found = { tools: [call], sources: [source] };
    const { dependencies } = dependenciesOf({
      watched: [
        { turn: turnState({ partial: "Hi", ...found }), isAbandoned: false },
        { turn: { ...ended, ...found }, isAbandoned: false },
      ],
    });
    const events = await collect(streamTurns(dependencies, target, busy));
    expect(namesOf(events)).toEqual(["turn", "snapshot", "source", "tool", "delta", "done"]);
    expect(events[2]?.data).toEqual(source);
  });

  it("takes the turn over when the runner is gone", async () => {
    const { lease, ends } = leaseOf({ turn: claimedTurn({ attempt: 2 }) });
    const { agent } = agentOf(said);
    const { dependencies, measured } = dependenciesOf({
      agent,
      watched: [
        { turn: turnState({ partial: "Hi" }), isAbandoned: true },
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
    ["stopped", turnState({ status: "stopped", result: "Hal" }), "stopped"],
    ["failed", turnState({ status: "failed", result: "" }), "error"],
  ])("sends the stored end of a turn that has %s", async (_status, turn, last) => {
    const { dependencies } = dependenciesOf({});
    const events = await collect(streamTurns(dependencies, target, { outcome: "idle", turn }));
    expect(namesOf(events)).toEqual(["turn", "snapshot", last]);
    expect(events.at(-1)?.id).toBe(`${turnId}.end`);
  });
});
