import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTwin, type Twin } from "#local/twin.ts";
import { ChatClient } from "#test/support/chat-client.ts";
import { twinOptions } from "#test/support/twin-options.ts";

describe("the guide's 10.1 and 10.3", () => {
  let twin: Twin;
  const options = twinOptions();
  beforeAll(async () => {
    twin = await startTwin(options);
  });
  afterAll(async () => {
    await twin.stop();
  });

  it("10.3: health names every dependency", async () => {
    const response = await fetch(new URL("/health", twin.url));
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      status: "ok",
      environment: "local",
      api_version: "v1",
      model: "demo-model",
      checks: {
        database: { status: "ok", latency_ms: expect.any(Number) },
        bedrock: { status: "ok" },
        rate_limiter: { status: "ok" },
      },
    });
  });

  it("10.1: a conversation and its session survive a full restart", async () => {
    const before = new ChatClient(twin.url);
    await before.login(twin.password);
    const first = await before.chat("My name is TestUser. Remember this.");
    await twin.stop();
    twin = await startTwin(options);

    const after = new ChatClient(twin.url);
    after.cookie = before.cookie;
    const second = await after.chat("What is my name?", first.conversation_id);
    expect(second.conversation_id).toBe(first.conversation_id);
    expect(second.text).toContain("TestUser");
  });
});
