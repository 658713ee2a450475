import pg from "pg";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Statement } from "#lib/platform/postgres.ts";
import { answerWith, callTools } from "#local/bedrock/script.ts";
import { beat } from "#test/support/beat.ts";
import { ChatClient, readAll } from "#test/support/chat-client.ts";
import { openTwin } from "#test/support/open-twin.ts";
import { createRequestLog, startRecordingProxy } from "#test/support/recording-proxy.ts";
import { storeDocument } from "#test/support/stored-document.ts";

const log = createRequestLog();
const dynamodb = await startRecordingProxy(log, ({ headers }) =>
  String(headers["x-amz-target"]).replace(/^.*\./, ""),
);
const neon = await startRecordingProxy(log, (_request, body) => nameOfStatements(body));
const secrets = await startRecordingProxy(log, () => "GetSecretValue");
const bedrock = await startRecordingProxy(log, ({ url = "" }) => url.replace(/^.*\//, ""));

const { twin, logIn } = await openTwin({
  environment: {
    CHAT_REQUESTS_PER_MINUTE: "60",
    TOOL_POLICY: '[{"tool":"calculator","policy":"ask"}]',
    LOCAL_DYNAMODB_ENDPOINT: dynamodb.endpoint,
    LOCAL_NEON_ENDPOINT: `${neon.endpoint}/sql`,
    LOCAL_SECRETS_ENDPOINT: secrets.endpoint,
    LOCAL_BEDROCK_ENDPOINT: bedrock.endpoint,
  },
});
dynamodb.target = twin.parts.dynamodb.endpoint;
neon.target = twin.parts.neon.sqlEndpoint;
secrets.target = twin.parts.secrets.endpoint;
bedrock.target = twin.parts.bedrock.endpoint;

/** Names what the statements of a request do to a turn. */
function nameOfStatements(body: string): string {
  const marks: [string, RegExp][] = [
    ["accept", /accept_turn\(/],
    ["claim", /claim_turn\(/],
    ["read thread", /\) as thread\b/],
    ["beat", beat],
    ["park", /park_turn\(/],
    ["decide", /decide_call\(/],
    ["claim effect", /claim_effect\(/],
    ["settle effect", /update receipts/],
    ["end", /end_turn\(/],
    ["search", /search_documents\(/],
  ];
  const names = marks.flatMap(([name, pattern]) => (pattern.test(body) ? [name] : []));
  return names.join(" + ") || body;
}

let browser: ChatClient;
let program: ChatClient;
let token: string;
/** A conversation with a turn. */
let conversationId: string;
beforeAll(async () => {
  browser = await logIn();
  token = await browser.loginForToken(twin.password);
  program = new ChatClient(twin.functionUrl);
  // The first request of an instance reads secrets and loads the agent.
  const first = await viaApiGateway("Hello");
  const address = new URL(first.headers.get("content-location") ?? "", twin.url);
  conversationId = address.searchParams.get("conversation_id") ?? "";
  await readAll(first);
  await readAll(await viaFunctionUrl("Hello"));
});
beforeEach(() => {
  log.lines.length = 0;
});

const viaApiGateway = (message: string, conversation?: string) =>
  browser.stream(message, conversation);
const viaFunctionUrl = (message: string, conversation?: string) =>
  program.stream(message, conversation, { authorization: `Bearer ${token}` });

/** A new conversation has no thread to read. */
const firstTurn = ["accept + claim", "converse-stream", "end"];
const laterTurn = ["accept + claim + read thread", "converse-stream", "end"];

describe.each([
  ["through API Gateway", viaApiGateway],
  ["at the function URL", viaFunctionUrl],
])("POST /api/v1/chat/stream %s", (_entry, send) => {
  it.each([
    ["begins a conversation", () => undefined, firstTurn],
    ["continues a conversation", () => conversationId, laterTurn],
  ])("%s with two requests one after another before the model call", async (_, where, turn) => {
    // Two requests that wait for each other's arrival would hang if the function sent them one after another.
    log.expectGroups(["GetItem", "UpdateItem"]);
    const events = await readAll(await send("What is your name?", where()));
    expect(events.at(-1)?.event).toBe("done");

    const withoutBeats = log.lines.filter((line) => !line.endsWith("beat"));
    const [first, second, third, fourth, ...rest] = withoutBeats;
    expect([first, second].sort()).toEqual(["→ GetItem", "→ UpdateItem"]);
    expect([third, fourth].sort()).toEqual(["← GetItem", "← UpdateItem"]);
    expect(rest).toEqual(turn.flatMap((name) => [`→ ${name}`, `← ${name}`]));
  });

  it("costs two database requests and one a second", async () => {
    const gate = twin.parts.bedrock.script.hold({ afterDeltas: 1 });
    const response = await send("Write a long answer");
    const beats = () => log.lines.filter((line) => line === "→ beat").length;
    await expect.poll(beats).toBe(2);
    gate.release();
    const events = await readAll(response);
    const [done] = events.flatMap(({ event, data }) => (event === "done" ? [data] : []));
    expect(beats()).toBeLessThanOrEqual(Math.floor((done?.duration_ms ?? 0) / 1_000));
    const others = log.lines.filter((line) => line.startsWith("→") && line !== "→ beat");
    expect(others.slice(2)).toEqual(firstTurn.map((name) => `→ ${name}`));
  });
});

describe("a route with a session and a bucket", () => {
  const conversation = "99999999-9999-4999-8999-999999999999";
  const stream = `/api/v1/chat?conversation_id=${conversation}&turn_id=${conversation}`;
  const decision = {
    conversation_id: conversation,
    turn_id: conversation,
    call_id: `${conversation}.1.0`,
    arguments_sha256: "0".repeat(64),
    decision: "approve",
  };

  it.each([
    ["POST", "/api/v1/chat", { message: "Hello" }],
    ["GET", stream, undefined],
    ["DELETE", stream, undefined],
    ["POST", "/api/v1/chat/decision", decision],
    ["GET", "/api/v1/conversations", undefined],
    ["GET", `/api/v1/conversations/${conversation}`, undefined],
    ["PATCH", `/api/v1/conversations/${conversation}`, { title: "Hello" }],
    ["DELETE", `/api/v1/conversations/${conversation}`, undefined],
    ["GET", "/api/v1/usage?days=90", undefined],
    ["GET", `/api/v1/traces/${conversation}`, undefined],
  ])("%s %s checks both at once, and then sends one request", async (method, path, body) => {
    log.expectGroups(["GetItem", "UpdateItem"]);
    const response = body
      ? await browser.sendJson(method, path, body)
      : await browser.send(path, { method });
    expect([200, 404]).toContain(response.status);
    // A cold start reads secrets.
    const lines = log.lines.filter((line) => !line.endsWith("GetSecretValue"));
    expect(lines.slice(0, 2).sort()).toEqual(["→ GetItem", "→ UpdateItem"]);
    expect(lines.slice(2, 4).sort()).toEqual(["← GetItem", "← UpdateItem"]);
    expect(lines.slice(4).map((line) => line[0])).toEqual(["→", "←"]);
  });

  it("gives the token of a revoked session back, and does no work", async () => {
    const client = await logIn();
    const { cookie } = client;
    await client.send("/api/logout", { method: "POST" });
    client.cookie = cookie;
    log.lines.length = 0;
    const refused = await client.stream("Hello");
    expect(refused.status).toBe(401);
    expect(refused.headers.has("ratelimit")).toBe(false);
    const sent = log.lines.filter((line) => line.startsWith("→"));
    expect(sent.toSorted()).toEqual(["→ GetItem", "→ UpdateItem", "→ UpdateItem"]);

    const remaining = async () => {
      const response = await viaApiGateway("Hello");
      await readAll(response);
      return Number(/r=(\d+)/.exec(response.headers.get("ratelimit") ?? "")?.[1]);
    };
    const before = await remaining();
    for (let count = 0; count < 5; count += 1) await client.stream("Hello");
    // Older tokens may have come back meanwhile.
    expect(await remaining()).toBeGreaterThanOrEqual(before - 1);
  });
});

it("calls that wait cost one request to park, one to decide about each, and two to run each", async () => {
  const sums = ["1+1", "2+2"].map((expression) => ({ name: "calculator", input: { expression } }));
  twin.parts.bedrock.script.add(callTools(sums));
  const response = await browser.stream("Please calculate");
  const address = new URL(response.headers.get("content-location") ?? "", twin.url);
  const last = (await readAll(response)).at(-1);
  if (last?.event !== "waiting") throw new Error(`The stream ends with ${last?.event}.`);
  expect(turnRequests()).toEqual(["accept + claim", "converse-stream", "park"]);

  log.lines.length = 0;
  for (const call of last.data.calls) {
    const decided = await browser.sendJson("POST", "/api/v1/chat/decision", {
      ...Object.fromEntries(address.searchParams),
      call_id: call.id,
      arguments_sha256: call.approval?.arguments_sha256,
      decision: "approve",
    });
    expect(decided.status).toBe(200);
  }
  await expect.poll(turnRequests, { timeout: 20_000 }).toEqual([
    ...["decide", "decide"],
    "claim + read thread",
    ...["claim effect", "settle effect", "claim effect", "settle effect"],
    ...["converse-stream", "end"],
    // The runner looks whether another message is queued behind the turn.
    "claim + read thread",
  ]);
});

it("an answer from documents costs one request for each search, and none for its citations", async () => {
  const owner = ((await (await browser.send("/api/me")).json()) as { subject: string }).subject;
  const database = new pg.Client({ connectionString: twin.parts.postgres.ownerUrl("app") });
  await database.connect();
  const run = async ({ text, params }: Statement) => (await database.query(text, [...params])).rows;
  await storeDocument(run, { owner, chunks: ["The notice period of okapis is three months."] });
  await database.end();
  log.lines.length = 0;
  twin.parts.bedrock.script.add(
    callTools([{ name: "search_documents", input: { question: "notice period of okapis" } }]),
    answerWith("It is “three months” [1]."),
  );
  const events = await readAll(await browser.stream("How long is it?"));
  expect(events.at(-1)?.data).toMatchObject({ citations: [{ state: "verified" }] });
  const sent = log.lines.filter((line) => line.startsWith("→ ") && !line.endsWith("beat"));
  expect(sent.slice(2).map((line) => line.slice(2))).toEqual([
    "accept + claim",
    ...["converse-stream", "invoke", "search", "converse-stream"],
    "end",
  ]);
});

/** Returns the requests of turns so far, without beats. */
function turnRequests(): string[] {
  const isOfTurn = /accept|claim|park|decide|effect|end$|converse-stream/;
  return log.lines
    .filter((line) => line.startsWith("→ ") && isOfTurn.test(line))
    .map((line) => line.slice(2));
}

it("a replay costs one more database request, which claims the turn", async () => {
  const key = { "idempotency-key": "replayed" };
  await readAll(await browser.stream("Hello", undefined, key));
  log.lines.length = 0;
  await readAll(await browser.stream("Hello", undefined, key));
  expect(log.lines.filter((line) => line.startsWith("→")).slice(2)).toEqual([
    "→ accept + claim",
    "→ claim + read thread",
  ]);
});

it("GET /health?live=1 sends no request", async () => {
  expect((await browser.send("/health?live=1")).status).toBe(200);
  expect(log.lines).toEqual([]);
});
