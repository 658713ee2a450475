import { describe, expect, it } from "vitest";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import { type ChatClient, readAll, readEvents, textOf } from "#test/support/chat-client.ts";
import { manyAddresses } from "#test/support/many-addresses.ts";
import { openTwin } from "#test/support/open-twin.ts";
import { firstVisit, otherVisits, type Question } from "./demo-questions.ts";

const { twin, logIn } = await openTwin({
  environment: { LEASE_SECONDS: "2", CHAT_REQUESTS_PER_MINUTE: "120" },
  viewerAddress: manyAddresses(),
});

/** Returns what is wrong with the answer to a question. */
function faultsOf({ message, holds, lacks = [], calls }: Question, events: StreamEvent[]) {
  const text = textOf(events);
  const called = new Set(
    events.flatMap(({ event, data }) => (event === "tool" ? [data.name] : [])),
  );
  return [
    ...holds.filter((part) => !part.test(text)).map((part) => `lacks ${part}`),
    ...lacks.filter((part) => part.test(text)).map((part) => `holds ${part}`),
    ...(calls?.length === 0 && called.size > 0 ? [`calls ${[...called].join(", ")}`] : []),
    ...(calls ?? []).filter((name) => !called.has(name)).map((name) => `does not call ${name}`),
    ...(events.at(-1)?.event === "done" ? [] : ["does not end with done"]),
  ].map((fault) => `“${message}” ${fault}:\n${text}`);
}

async function converse(client: ChatClient, questions: Question[]): Promise<string[]> {
  const faults: string[] = [];
  let conversationId: string | undefined;
  for (const question of questions) {
    const response = await client.stream(question.message, conversationId);
    conversationId ??= new URLSearchParams(
      response.headers.get("content-location")?.split("?")[1],
    ).get("conversation_id") as string;
    faults.push(...faultsOf(question, await readAll(response)));
  }
  return faults;
}

describe("the demo model", () => {
  it("answers what a newcomer asks, in one conversation", async () => {
    expect(await converse(await logIn(), firstVisit)).toEqual([]);
  });

  it("answers other questions, in English and German", async () => {
    const client = await logIn();
    const faults: string[] = [];
    for (const visit of otherVisits) faults.push(...(await converse(client, visit)));
    expect(faults).toEqual([]);
  });

  it("links the page that explains how to connect a real model, and so does /api/me", async () => {
    const client = await logIn();
    const me = (await (await client.send("/api/me")).json()) as { demo?: { guide_url: string } };
    const url = me.demo?.guide_url ?? "";
    const page = await fetch(url);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("Connect a real model");
    expect((await client.chat("Which model are you?")).text).toContain(`](${url})`);
  });

  it("crashes the process of its turn, and another one takes over", async () => {
    const client = await logIn();
    // Other processes live on.
    const other = await client.chat("Hello");
    const sent = await client.post(crashRequest);
    const first = await readUntilTheEnd(client, sent.stream_url);
    expect(first.text).toContain("SIGKILL, which no program can catch …");
    expect(first.last).not.toBe("done");
    await expectTakeOver(client, sent.stream_url);
    const next = await client.chat("What did I say first?", other.conversation_id);
    expect(next.text).toContain("“Hello”");
  });

  it("crashes a process that runs its turn without a reader, and a reader takes over", async () => {
    const client = await logIn();
    const { calls } = twin.parts.bedrock;
    const before = calls.length;
    const sent = await client.post(crashRequest, undefined, { prefer: "respond-async" });
    // A reader who came first would run the turn.
    await expect.poll(() => calls.length).toBeGreaterThan(before);
    await expectTakeOver(client, sent.stream_url);
  });
});

const crashRequest = "Crash the server in the middle of your answer.";

async function expectTakeOver(client: ChatClient, url: string): Promise<void> {
  const events = await readAll(await client.send(url));
  const attempts = events.flatMap(({ event, data }) => (event === "turn" ? [data.attempt] : []));
  expect(attempts.at(-1)).toBe(2);
  expect(events.at(-1)?.event).toBe("done");
  expect(textOf(events)).toMatch(/^\*\*That was real\.\*\*/);
}

/** Reads a stream that may break off. */
async function readUntilTheEnd(client: ChatClient, url: string) {
  const seen: StreamEvent[] = [];
  try {
    for await (const event of readEvents(await client.send(url))) seen.push(event);
  } catch {
    // The process that wrote the stream is dead.
  }
  return { text: textOf(seen), last: seen.at(-1)?.event };
}
