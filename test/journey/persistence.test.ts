import { describe, expect, it, onTestFinished } from "vitest";
import { startTwin } from "#local/twin.ts";
import { ChatClient } from "#test/support/chat-client.ts";
import { openTwin } from "#test/support/open-twin.ts";

const { twin, options, logIn } = await openTwin();

describe("the guide's 10.1 and 10.3", () => {
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
    const before = await logIn();
    const first = await before.chat("My name is TestUser. Remember this.");
    await twin.stop();
    const restarted = await startTwin(options);
    onTestFinished(() => restarted.stop());

    const after = new ChatClient(restarted.url);
    after.cookie = before.cookie;
    const second = await after.chat("What is my name?", first.conversation_id);
    expect(second.conversation_id).toBe(first.conversation_id);
    expect(second.text).toContain("TestUser");
  });
});
