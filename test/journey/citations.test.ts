import { readFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { TurnState } from "#lib/contract/chat.ts";
import type { ConversationWithTurns } from "#lib/contract/conversation.ts";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import type { Statement } from "#lib/platform/postgres.ts";
import { answerWith, callTools, createGate, interrupt } from "#local/bedrock/script.ts";
import { type ChatClient, readAll } from "#test/support/chat-client.ts";
import { openTwin } from "#test/support/open-twin.ts";
import { type StoredDocument, storeDocument } from "#test/support/stored-document.ts";

const { twin, logIn } = await openTwin({
  environment: {
    CHAT_REQUESTS_PER_MINUTE: "120",
    TOOL_POLICY: '[{"tool":"calculator","policy":"ask"}]',
  },
});
const { script } = twin.parts.bedrock;
const database = new pg.Pool({ connectionString: twin.parts.postgres.ownerUrl("app"), max: 1 });
afterAll(() => database.end());
const run = async ({ text, params }: Statement) => (await database.query(text, [...params])).rows;

let client: ChatClient;
let owner: string;
let document: StoredDocument;
beforeEach(async () => {
  script.clear();
  client = await logIn();
  ({ subject: owner } = (await (await client.send("/api/me")).json()) as { subject: string });
  document = await storeDocument(run, {
    owner,
    chunks: ["Okapis get thirty days of leave.", "The notice period of okapis is three months."],
  });
});

const search = callTools([
  { name: "search_documents", input: { question: "okapis notice period" } },
]);

const doneOf = (events: StreamEvent[]) => {
  const last = events.at(-1);
  if (last?.event !== "done") throw new Error(`The stream ends with ${last?.event}.`);
  return last.data;
};

const sourcesOf = (events: StreamEvent[]) =>
  events.flatMap((event) => (event.event === "source" ? [event.data] : []));

/** What the turn's row, its transcript and a later reader of its stream say. */
async function storedStates(conversationId: string, turnId: string) {
  const path = `/api/v1/chat?conversation_id=${conversationId}&turn_id=${turnId}`;
  const json = await client.send(path, { headers: { accept: "application/json" } });
  const page = await client.send(`/api/v1/conversations/${conversationId}`);
  return {
    state: (await json.json()) as TurnState,
    shown: ((await page.json()) as ConversationWithTurns).turns.at(-1),
    followed: doneOf(await readAll(await client.send(path))),
  };
}

const turnOf = (events: StreamEvent[]) => {
  const [first] = events;
  if (first?.event !== "turn") throw new Error(`The stream begins with ${first?.event}.`);
  return first.data;
};

describe("an answer from a document", () => {
  it("arrives with its checked quotations, and is read with them later", async () => {
    const text = "It is “three months” [1]. “Four months” are wrong [1], and so are 17 days.";
    script.add(search, answerWith(text));
    const events = await readAll(await client.stream("What is the notice period of okapis?"));
    const [source] = sourcesOf(events);
    expect(source).toMatchObject({
      ...{ index: 1, document_id: document.id, version_id: document.versionId, part: 2 },
      ...{ part_kind: "page", chunk_id: document.chunks[1]?.id },
    });
    const done = doneOf(events);
    const start = 34 + "The notice period of okapis is ".length;
    expect(done.citations).toEqual([
      {
        ...{ index: 1, start: 7, end: 19, state: "verified", part: 2 },
        ...{ document_id: document.id, version_id: document.versionId },
        ...{ document_start: start, document_end: start + "three months".length },
      },
      { index: 1, start: 27, end: 38, state: "unverified" },
    ]);
    expect(done.unsourced_numbers).toEqual([
      { start: text.indexOf("17"), end: text.indexOf("17") + 2 },
    ]);

    const { conversation_id, turn_id } = turnOf(events);
    const { state, shown, followed } = await storedStates(conversation_id, turn_id);
    for (const stored of [state, shown, followed]) {
      expect(stored?.citations).toEqual(done.citations);
      expect(stored?.unsourced_numbers).toEqual(done.unsourced_numbers);
    }
    const log = await readFile(join(twin.logsDirectory, "chat-stream.log"), "utf8");
    expect(log).toMatch(
      /"state":"verified"[^\n]*"Citations":1|"Citations":1[^\n]*"state":"verified"/,
    );
    expect(log).not.toContain("three months");
  });

  it("says that the document was deleted before the answer was stored", async () => {
    const gate = createGate();
    const answer = answerWith("It is “three months” [1].");
    script.add(search, interrupt(answer, 2, { type: "stall", gate }));
    const reading = client.stream("What is the notice period of okapis?").then(readAll);
    await expect.poll(() => script.remaining).toBe(0);
    await database.query("update documents set deleted_at = now() where id = $1", [document.id]);
    gate.release();
    const done = doneOf(await reading);
    expect(done.citations).toEqual([{ index: 1, start: 7, end: 19, state: "removed" }]);
  });

  it("links to the version that was read, if a newer one has replaced it", async () => {
    const gate = createGate();
    const answer = answerWith("It is “three months” [1].");
    script.add(search, interrupt(answer, 2, { type: "stall", gate }));
    const reading = client.stream("What is the notice period of okapis?").then(readAll);
    await expect.poll(() => script.remaining).toBe(0);
    await storeDocument(run, { owner, chunks: ["Four months."], replaces: document.id });
    gate.release();
    expect(doneOf(await reading).citations).toMatchObject([
      { state: "verified", version_id: document.versionId },
    ]);
  });

  it("is checked after its turn has waited for a person, by another runner", async () => {
    script.add(search, callTools([{ name: "calculator", input: { expression: "3*30" } }]));
    const events = await readAll(await client.stream("How many days is the notice period?"));
    const last = events.at(-1);
    if (last?.event !== "waiting") throw new Error(`The stream ends with ${last?.event}.`);
    expect(sourcesOf(events)).toHaveLength(2);
    const { conversation_id, turn_id } = turnOf(events);
    const [call] = last.data.calls;
    script.add(answerWith("“three months” [1] are 90 days."));
    const decided = await client.sendJson("POST", "/api/v1/chat/decision", {
      ...{ conversation_id, turn_id, call_id: call?.id, decision: "approve" },
      arguments_sha256: call?.approval?.arguments_sha256,
    });
    expect(decided.status).toBe(200);
    await expect
      .poll(async () => (await storedStates(conversation_id, turn_id)).state.status, {
        timeout: 20_000,
      })
      .toBe("done");
    const { state } = await storedStates(conversation_id, turn_id);
    expect(state.citations).toMatchObject([{ state: "verified", document_id: document.id }]);
    expect(state).not.toHaveProperty("unsourced_numbers");
  });
});

it("an answer without documents has no citations", async () => {
  script.add(answerWith("“Three months” [1]."));
  const events = await readAll(await client.stream("Hello"));
  expect(doneOf(events)).not.toHaveProperty("citations");
  const { conversation_id, turn_id } = turnOf(events);
  const { state, shown } = await storedStates(conversation_id, turn_id);
  expect(state).not.toHaveProperty("citations");
  expect(shown).not.toHaveProperty("citations");
});

it("nobody quotes someone else's document", async () => {
  const stranger = await logIn();
  script.add(
    search,
    callTools([{ name: "read_document", input: { document_id: document.id } }]),
    answerWith("It is “three months” [1]."),
  );
  const events = await readAll(await stranger.stream("What is the notice period of okapis?"));
  expect(sourcesOf(events)).toEqual([]);
  expect(JSON.stringify(events)).not.toContain("thirty days");
  expect(doneOf(events)).not.toHaveProperty("citations");
});
