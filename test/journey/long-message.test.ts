import { describe, expect, it } from "vitest";
import type { TurnState } from "#lib/contract/chat.ts";
import type { Me } from "#lib/contract/session.ts";
import { ChatClient } from "#test/support/chat-client.ts";
import { openTwin } from "#test/support/open-twin.ts";

const messageLimit = 100_000;
const json = { "content-type": "application/json" };

const { twin, logIn } = await openTwin({
  environment: {
    CHAT_REQUESTS_PER_MINUTE: "60",
    MESSAGE_LIMIT: String(messageLimit),
  },
});
const client = await logIn();

describe("a deployment with another message limit", () => {
  it("returns the limit to its page", async () => {
    const me = (await (await client.send("/api/me")).json()) as Me;
    expect(me.message_limit).toBe(messageLimit);
  });

  it.each([
    ["Latin", "a"],
    ["Cyrillic", "я"],
    ["Chinese", "漢"],
    ["emoji", "😀"],
    ["line breaks between words", "a\n"],
    ["commas between digits", "1,"],
  ])("answers a message of maximum length in %s and stores it unchanged", async (_name, unit) => {
    const message = `${unit.repeat(Math.floor((messageLimit - 1) / unit.length))}.`;
    const { stream_url, text } = await client.chat(message);
    expect(text).not.toBe("");
    const state = await client.send(stream_url, { headers: { accept: "application/json" } });
    expect((await state.json()) as TurnState).toMatchObject({ status: "done", message });
    expect(twin.parts.bedrock.rejections).toEqual([]);
  });

  it("accepts a message whose every unit is escaped in the JSON", async () => {
    const body = `{"message":"${"\\u0061".repeat(messageLimit)}"}`;
    const response = await client.send("/api/v1/chat", { method: "POST", body, headers: json });
    expect(response.status).toBe(200);
  });

  it.each(["front door", "function URL"])("rejects one unit more at the %s", async (door) => {
    const message = "a".repeat(messageLimit + 1);
    const response =
      door === "front door"
        ? await client.sendJson("POST", "/api/v1/chat", { message })
        : await fetch(`${twin.functionUrl}/api/v1/chat`, {
            method: "POST",
            body: JSON.stringify({ message }),
            headers: { ...json, authorization: `Bearer ${await bearerToken()}` },
          });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ type: "bad_request", field: "message" });
  });
});

const bearerToken = () => new ChatClient(twin.url).loginForToken(twin.password);
