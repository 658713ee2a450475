import { describe, expect, it } from "vitest";
import type { ConversationPage } from "#lib/contract/conversation.ts";
import type { ChatClient } from "#test/support/chat-client.ts";
import { openTwin } from "#test/support/open-twin.ts";

const { logIn } = await openTwin({
  environment: {
    CHAT_REQUESTS_PER_MINUTE: "120",
    OWNER_OPEN_TURNS: "10",
    OWNER_CONVERSATIONS: "12",
    OWNER_MEGABYTES: "1",
  },
});

const refused = async (client: ChatClient, message: string) => {
  const response = await client.sendJson("POST", "/api/v1/chat", { message });
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const { type, detail } = (await response.json()) as { type: string; detail: string };
  expect(detail).toMatch(/then send again\.$/);
  return { status: response.status, type };
};

describe("an owner", () => {
  it("may have ten open turns and twelve conversations, and again after a deletion", async () => {
    const client = await logIn();
    const accepted = [];
    for (let i = 0; i < 10; i += 1) accepted.push(await client.post(`message ${i}`));
    expect(await refused(client, "one too many")).toEqual({
      status: 409,
      type: "too_many_open_turns",
    });
    for (const { stream_url } of accepted) await (await client.send(stream_url)).text();
    await client.chat("eleventh");
    await client.chat("twelfth");
    expect(await refused(client, "thirteenth")).toEqual({
      status: 409,
      type: "too_many_conversations",
    });
    const list = (await (
      await client.send("/api/v1/conversations?limit=100")
    ).json()) as ConversationPage;
    expect(list.conversations).toHaveLength(12);
    await client.send(`/api/v1/conversations/${list.conversations[0]?.id}`, { method: "DELETE" });
    await client.chat("thirteenth");
  });

  it("may store one megabyte, and again after a deletion", async () => {
    const client = await logIn();
    const large = "x".repeat(32_000);
    const { conversation_id } = await client.chat(large);
    for (;;) {
      const response = await client.sendJson("POST", "/api/v1/chat", {
        message: large,
        conversation_id,
      });
      if (response.status !== 200) break;
      const { stream_url } = (await response.json()) as { stream_url: string };
      await (await client.send(stream_url)).text();
    }
    expect(await refused(client, large)).toEqual({ status: 413, type: "storage_full" });
    await client.send(`/api/v1/conversations/${conversation_id}`, { method: "DELETE" });
    await client.chat(large);
  });

  it("does not share the bounds with another owner", async () => {
    await (await logIn()).chat("Hello");
  });
});
