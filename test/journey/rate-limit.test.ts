import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { openTwin } from "#test/support/open-twin.ts";

const { logIn } = await openTwin();

describe("the guide's 10.2", () => {
  it("ten of fifteen messages are accepted, and five rejected with the exact wait", async () => {
    const client = await logIn();
    const answers: Response[] = [];
    const times: { sentMs: number; answeredMs: number }[] = [];
    for (let count = 0; count < 15; count += 1) {
      const sentMs = performance.now();
      answers.push(await client.sendJson("POST", "/api/v1/chat", { message: "Test" }));
      times.push({ sentMs, answeredMs: performance.now() });
      // The guide's own loop sleeps here. Other tests run the limiter on a fake clock.
      await delay(1_000);
    }
    expect(answers.map(({ status }) => status)).toEqual([
      ...Array<number>(10).fill(200),
      ...Array<number>(5).fill(429),
    ]);
    const [refused] = answers.slice(10);
    const retryAfter = Number(refused?.headers.get("retry-after"));
    // The first token comes back a minute after it was spent: in 50 s, or less if the requests took long.
    const [first, eleventh] = [times[0], times[10]];
    const shortestMs = 60_000 - (Number(eleventh?.answeredMs) - Number(first?.sentMs));
    // The service reads whole milliseconds.
    const longestMs = 60_001 - (Number(eleventh?.sentMs) - Number(first?.answeredMs));
    expect(retryAfter).toBeGreaterThanOrEqual(Math.floor(shortestMs / 1_000));
    expect(retryAfter).toBeLessThanOrEqual(Math.ceil(longestMs / 1_000));
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
