import { describe, expect, it } from "vitest";
import type { ConversationWithTurns } from "#lib/contract/conversation.ts";
import type { UsageReport } from "#lib/contract/usage.ts";
import { answerWith, callTools } from "#local/bedrock/script.ts";
import { type ChatClient, readAll } from "#test/support/chat-client.ts";
import { openTwin } from "#test/support/open-twin.ts";

/** The twin's model and search are free, so only this price costs anything. */
const { twin, logIn } = await openTwin({
  environment: {
    CHAT_REQUESTS_PER_MINUTE: "120",
    TOOL_PRICES: '{"web_search":0.007}',
    LEASE_SECONDS: "2",
  },
});

const search = { name: "web_search", input: { query: "take-over", max_results: 2 } };

const spentBy = async (client: ChatClient) => {
  const response = await client.send("/api/v1/usage?days=1");
  const { today } = (await response.json()) as UsageReport;
  return today;
};

const turnsOf = async (client: ChatClient, conversationId: string) => {
  const response = await client.send(`/api/v1/conversations/${conversationId}`);
  return ((await response.json()) as ConversationWithTurns).turns;
};

describe("a paid search", () => {
  it("counts once in turn, transcript and budget, also if the model asks twice", async () => {
    const client = await logIn();
    twin.parts.bedrock.script.add(callTools([search, search]), answerWith("It goes on [1]."));
    const events = await readAll(await client.stream("How does take-over work?"));
    const last = events.at(-1);
    expect(last).toMatchObject({ event: "done", data: { usage: { cost_usd: 0.007 } } });
    const first = events.find((event) => event.event === "turn")?.data;
    const [turn] = await turnsOf(client, first?.conversation_id ?? "");
    expect(turn?.sources.map(({ index }) => index)).toEqual([1, 2]);
    expect(turn?.tools).toMatchObject([
      { name: "web_search", state: "done", cost_usd: 0.007 },
      { name: "web_search", state: "done", repeats: turn?.tools[0]?.id },
    ]);
    expect(turn?.tools[1]).not.toHaveProperty("cost_usd");
    expect(await spentBy(client)).toMatchObject({ settled_usd: 0.007, reserved_usd: 0 });
  });

  it("of a killed runner is booked, and its sources go with its text", async () => {
    const client = await logIn();
    const { script } = twin.parts.bedrock;
    script.add(callTools([search]));
    const gate = script.hold({ afterDeltas: 1 });
    const sent = await client.post("How does take-over work?");
    const stream = client.send(sent.stream_url);
    await gate.reached;
    await twin.functionKill("chat-stream");
    await stream.then((response) => response.text()).catch(() => {});
    script.add(callTools([search]), answerWith("Another runner goes on [1]."));
    const events = await readAll(await client.send(sent.stream_url));
    expect(events.at(-1)).toMatchObject({ event: "done" });
    // The second runner has searched again, and numbers from 1.
    const found = events.flatMap((event) => (event.event === "source" ? [event.data.index] : []));
    expect(found).toEqual([1, 2]);
    const [turn] = await turnsOf(client, sent.conversation_id);
    expect(turn).toMatchObject({ attempt: 2, sources: [{ index: 1 }, { index: 2 }] });
    expect(await spentBy(client)).toMatchObject({ settled_usd: 0.014, reserved_usd: 0 });
  });
});
