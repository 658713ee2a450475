import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { openTwin } from "#test/support/open-twin.ts";

const { logIn } = await openTwin();

describe("the guide's 10.2", () => {
  it("ten of fifteen messages are accepted, and five rejected with the exact wait", async () => {
    const client = await logIn();
    const answers: Response[] = [];
    for (let count = 0; count < 15; count += 1) {
      answers.push(await client.sendJson("POST", "/api/v1/chat", { message: "Test" }));
      // The guide's own loop sleeps here. Other tests run the limiter on a fake clock.
      await delay(1_000);
    }
    expect(answers.map(({ status }) => status)).toEqual([
      ...Array<number>(10).fill(200),
      ...Array<number>(5).fill(429),
    ]);
    const [refused] = answers.slice(10);
    const retryAfter = Number(refused?.headers.get("retry-after"));
    expect(retryAfter).toBeGreaterThan(45);
    expect(retryAfter).toBeLessThanOrEqual(50);
    expect(await refused?.json()).toMatchObject({
      status: 429,
      detail: "Rate limit exceeded. Please wait before making more requests.",
      retry_after: retryAfter,
    });
  });

  it("a message that streams its answer spends from the same bucket", async () => {
    const client = await logIn();
    const answer = await client.stream("Test");
    expect(answer.status).toBe(429);
    expect(answer.headers.get("ratelimit-policy")).toContain('"chat-post"');
  });

  it("the deprecated path spends from the same bucket and sends the Deprecation header", async () => {
    const client = await logIn();
    const answer = await client.sendJson("POST", "/api/chat", { message: "Test" });
    expect(answer.status).toBe(429);
    expect(answer.headers.get("x-deprecated")).toBe("true");
    expect(answer.headers.get("link")).toBe('</api/v1/chat>; rel="successor-version"');
  });
});
