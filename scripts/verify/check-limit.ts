import { setTimeout as pause } from "node:timers/promises";
import { type Check, expectHeader, expectThat } from "./report.ts";
import { readJson, type Visitor } from "./visitor.ts";

const capacity = 10;
const windowMs = 60_000;

/** The guide's 10.2. It first waits until every token that the other checks have spent is back. */
export function limitChecks(visitor: Visitor): Check[] {
  const answers: { response: Response; sentAt: number }[] = [];
  return [
    {
      name: "of 15 messages ten are accepted and five refused",
      async run() {
        await pause(windowMs + 500);
        for (let count = 0; count < 15; count += 1) {
          // Whoever invents addresses spends from the same bucket.
          const spoofed = `203.0.113.${count}`;
          const sentAt = performance.now();
          const response = await visitor.sendJson(
            "/api/v1/chat",
            { message: "Test" },
            { "x-forwarded-for": spoofed, "cloudfront-viewer-address": `${spoofed}:443` },
          );
          answers.push({ response, sentAt });
          if (response.status !== 200) continue;
          visitor.conversationIds.add(String((await readJson(response)).conversation_id));
        }
        const statuses = answers.map(({ response }) => response.status);
        const expected = [...Array<number>(capacity).fill(200), ...Array<number>(5).fill(429)];
        expectThat(statuses.join() === expected.join(), `got ${statuses.join(" ")}`);
        return "10 × 200, 5 × 429, whatever address they claim to come from";
      },
    },
    {
      name: "Retry-After is exact",
      async run() {
        const [first] = answers;
        const refused = answers.filter(({ response }) => response.status === 429);
        expectThat(first !== undefined && refused.length > 0, "nothing was refused");
        for (const { response, sentAt } of refused) {
          const seconds = Number(response.headers.get("retry-after"));
          const expected = (windowMs - (sentAt - first.sentAt)) / 1_000;
          expectThat(
            Math.abs(seconds - expected) <= 2,
            `it says ${seconds} s, the first token comes back in ${expected.toFixed(1)} s`,
          );
          const body = await readJson(response);
          expectThat(body.retry_after === seconds, "body and header differ");
        }
        return `${refused.at(-1)?.response.headers.get("retry-after")} s`;
      },
    },
    {
      name: "the old path announces itself and spends from the same bucket",
      async run() {
        const response = await visitor.sendJson("/api/chat", { message: "Test" });
        expectThat(response.status === 429, `expected status 429, got ${response.status}`);
        expectHeader(response, "x-deprecated", /^true$/);
        expectHeader(response, "deprecation", /./);
        expectHeader(response, "link", /rel="successor-version"/);
        return "429 with X-Deprecated, Deprecation and Link";
      },
    },
  ];
}
