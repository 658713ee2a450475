import { describe, expect, it } from "vitest";
import type { Agent } from "#lib/agent/agent.ts";
import type { NewTitle } from "#lib/conversations/store-title.ts";
import { DatabaseUnavailable } from "#lib/platform/postgres.ts";
import {
  agentOf,
  claimOf,
  collect,
  dependenciesOf,
  leaseOf,
  modelCall,
  namesOf,
  target,
} from "#test/support/streamed-turns.ts";
import { conversationId, turnId } from "#test/support/turn-state.ts";
import { streamTurns } from "./stream-turns.ts";

const costs = [{ tokens: null, costUsd: 0.001 }];
const first: Parameters<typeof agentOf>[0] = [
  { type: "history", fromTurn: turnId, summarisedUntil: null },
  { type: "text", text: "Yes." },
  modelCall(),
];

/** Streams a turn whose model writes this title. Returns the events, the stored titles and what was measured. */
async function streamWith(
  writeTitle: Agent["writeTitle"],
  changes: {
    events?: Parameters<typeof agentOf>[0];
    reserved?: number | null;
    storeTitle?: (title: NewTitle) => Promise<boolean>;
  } = {},
) {
  const stored: NewTitle[] = [];
  const asked: Parameters<Agent["writeTitle"]>[0][] = [];
  const { reserved = 5_000 } = changes;
  const { lease } = leaseOf({
    finish: async (_end, { followUp }) => ({ reserved: followUp === "title" ? reserved : null }),
  });
  const { agent } = agentOf(changes.events ?? first);
  const { dependencies, measured, lines } = dependenciesOf({
    agent: {
      ...agent,
      writeTitle: (exchange, parts) => {
        asked.push(exchange);
        return writeTitle(exchange, parts);
      },
    },
    storeTitle: async (title) => {
      stored.push(title);
      return changes.storeTitle?.(title) ?? title.title !== null;
    },
  });
  const events = await collect(streamTurns(dependencies, target, claimOf(lease)));
  return { events, stored, asked, measured, lines };
}

const writes = (text: string) => async () => ({ text, model: "m", costs });

describe("the model's title for a conversation", () => {
  it("is stored after the first answer and sent behind its end", async () => {
    const { events, stored, asked } = await streamWith(writes("“Saying yes.”"));
    expect(namesOf(events).slice(-2)).toEqual(["done", "title"]);
    expect(events.at(-1)).toEqual({
      event: "title",
      data: { conversation_id: conversationId, title: "Saying yes" },
    });
    expect(asked).toEqual([{ message: "Hello", answer: "Yes." }]);
    expect(stored).toMatchObject([
      { title: "Saying yes", turnId, usage: { cost_usd: 0.001 }, cost: { spent: 0 } },
    ]);
  });

  it("is not asked for when the conversation has a title, or an earlier turn", async () => {
    const unused = () => Promise.reject(new Error("must not be asked"));
    const named = await streamWith(unused, { reserved: null });
    const earlier = first.map((event) =>
      event.type === "history" ? { ...event, fromTurn: conversationId } : event,
    );
    const later = await streamWith(unused, { events: earlier });
    expect([...named.asked, ...later.asked]).toEqual([]);
    expect(namesOf([...named.events, ...later.events])).not.toContain("title");
  });

  it("is not sent if a person has named the conversation meanwhile", async () => {
    const { events } = await streamWith(writes("A name"), { storeTitle: async () => false });
    expect(namesOf(events).at(-1)).toBe("done");
  });

  it("is dropped, but paid, if the model wrote none", async () => {
    const { events, stored } = await streamWith(writes("Sure!\nI can help with that."));
    expect(namesOf(events).at(-1)).toBe("done");
    expect(stored).toMatchObject([{ title: null, usage: { cost_usd: 0.001 } }]);
  });

  it.each([
    ["the model fails", () => Promise.reject(new Error("busy")), undefined],
    [
      "the database is away",
      writes("A name"),
      () => Promise.reject(new DatabaseUnavailable("Away.")),
    ],
  ])("costs nobody the answer when %s", async (_case, writeTitle, storeTitle) => {
    const { events, measured, lines } = await streamWith(writeTitle, {
      ...(storeTitle && { storeTitle }),
    });
    expect(namesOf(events).at(-1)).toBe("done");
    expect(measured).toContainEqual({ metric: "TitlesFailed", value: 1 });
    expect(lines).toContainEqual(expect.objectContaining({ event: "conversation.not_named" }));
  });
});
