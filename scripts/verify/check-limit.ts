import { setTimeout as pause } from "node:timers/promises";
import { type Check, expectHeader, expectThat } from "./run-checks.ts";
import { readJson, type VerifyClient } from "./verify-client.ts";

const capacity = 10;
const windowMs = 60_000;

interface Sent {
  response: Response;
  sentAt: number;
}

/** Checks the rate limit: section 10.2 of the guide. Tests replace `wait`, which resolves after this many milliseconds. */
export function limitChecks(
  client: VerifyClient,
  wait: (ms: number) => Promise<unknown> = pause,
): Check[] {
  let sent: Sent[] = [];
  return [
    {
      name: "of 15 messages ten are accepted and five refused",
      async run() {
        sent = await sendFifteen(client, wait);
        const statuses = sent.map(({ response }) => response.status);
        const expected = [...Array<number>(capacity).fill(200), ...Array<number>(5).fill(429)];
        expectThat(statuses.join() === expected.join(), `got ${statuses.join(" ")}`);
        return "10 × 200, 5 × 429, whatever address the headers claim";
      },
    },
    {
      name: "Retry-After is exact",
      async run() {
        const [first] = sent;
        const refused = sent.filter(({ response }) => response.status === 429);
        expectThat(first !== undefined && refused.length > 0, "nothing was refused");
        for (const { response, sentAt } of refused) {
          const seconds = Number(response.headers.get("retry-after"));
          const expected = (windowMs - (sentAt - first.sentAt)) / 1_000;
          expectThat(
            Math.abs(seconds - expected) <= 2,
            `Retry-After is ${seconds} s, but the first token returns in ${expected.toFixed(1)} s`,
          );
          const body = await readJson(response);
          expectThat(body.retry_after === seconds, "body and header differ");
        }
        return `${refused.at(-1)?.response.headers.get("retry-after")} s`;
      },
    },
    {
      name: "the deprecated paths have their headers, and share the bucket",
      async run() {
        const post = await client.sendJson("/api/chat", { message: "Test" });
        expectThat(post.status === 429, `expected status 429, got ${post.status}`);
        const query = `conversation_id=${crypto.randomUUID()}&turn_id=${crypto.randomUUID()}`;
        const others = await Promise.all(
          ["GET", "DELETE"].map((method) => client.send(`/api/chat?${query}`, { method })),
        );
        for (const response of [post, ...others]) {
          expectHeader(response, "x-deprecated", /^true$/);
          expectHeader(response, "deprecation", /./);
          expectHeader(response, "link", /rel="successor-version"/);
        }
        return "POST, GET and DELETE with X-Deprecated, Deprecation and Link; the POST is a 429";
      },
    },
  ];
}

/** If earlier checks have spent tokens of this address, waits one window and starts again. */
async function sendFifteen(
  client: VerifyClient,
  wait: (ms: number) => Promise<unknown>,
): Promise<Sent[]> {
  const first = await send(client, 0);
  if (remaining(first) !== capacity - 1) {
    await wait(windowMs + 500);
    return await sendAll(client, []);
  }
  return await sendAll(client, [first]);
}

async function sendAll(client: VerifyClient, sent: Sent[]): Promise<Sent[]> {
  while (sent.length < 15) sent.push(await send(client, sent.length));
  return sent;
}

/** Claims another address in each request. All requests must share one bucket. */
async function send(client: VerifyClient, count: number): Promise<Sent> {
  const spoofed = `203.0.113.${count}`;
  const sentAt = performance.now();
  const response = await client.sendJson(
    "/api/v1/chat",
    { message: "Test" },
    { "x-forwarded-for": spoofed, "cloudfront-viewer-address": `${spoofed}:443` },
  );
  if (response.status === 200) {
    client.conversationIds.add(String((await readJson(response.clone())).conversation_id));
  }
  expectThat([200, 429].includes(response.status), `a message got status ${response.status}`);
  return { response, sentAt };
}

function remaining({ response }: Sent): number | undefined {
  const [, left] = /;r=(\d+)/.exec(response.headers.get("ratelimit") ?? "") ?? [];
  return left === undefined ? undefined : Number(left);
}
