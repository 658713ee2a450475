import { setTimeout as pause } from "node:timers/promises";
import { type Check, expectHeader, expectThat } from "./report.ts";
import { readJson, type Visitor } from "./visitor.ts";

const capacity = 10;
const windowMs = 60_000;

interface Sent {
  response: Response;
  sentAt: number;
}

/** The guide's 10.2. */
export function limitChecks(visitor: Visitor): Check[] {
  let answers: Sent[] = [];
  return [
    {
      name: "of 15 messages ten are accepted and five refused",
      async run() {
        answers = await sendFifteen(visitor);
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
      name: "the old paths announce themselves, and spend from the same bucket",
      async run() {
        const post = await visitor.sendJson("/api/chat", { message: "Test" });
        expectThat(post.status === 429, `expected status 429, got ${post.status}`);
        const query = `conversation_id=${crypto.randomUUID()}&turn_id=${crypto.randomUUID()}`;
        const others = await Promise.all(
          ["GET", "DELETE"].map((method) => visitor.send(`/api/chat?${query}`, { method })),
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

/** Begins once more after a window, for the checks before this one have spent tokens of the address, too. */
async function sendFifteen(visitor: Visitor): Promise<Sent[]> {
  const first = await send(visitor, 0);
  if (remaining(first) !== capacity - 1) {
    await pause(windowMs + 500);
    return await sendAll(visitor, []);
  }
  return await sendAll(visitor, [first]);
}

async function sendAll(visitor: Visitor, sent: Sent[]): Promise<Sent[]> {
  while (sent.length < 15) sent.push(await send(visitor, sent.length));
  return sent;
}

/** Whoever invents addresses spends from the same bucket. */
async function send(visitor: Visitor, count: number): Promise<Sent> {
  const spoofed = `203.0.113.${count}`;
  const sentAt = performance.now();
  const response = await visitor.sendJson(
    "/api/v1/chat",
    { message: "Test" },
    { "x-forwarded-for": spoofed, "cloudfront-viewer-address": `${spoofed}:443` },
  );
  if (response.status === 200) {
    visitor.conversationIds.add(String((await readJson(response.clone())).conversation_id));
  }
  expectThat([200, 429].includes(response.status), `a message was answered ${response.status}`);
  return { response, sentAt };
}

function remaining({ response }: Sent): number | undefined {
  const [, left] = /;r=(\d+)/.exec(response.headers.get("ratelimit") ?? "") ?? [];
  return left === undefined ? undefined : Number(left);
}
