import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { ToolCall, TurnState } from "#lib/contract/chat.ts";
import type { ChatDecision, DecidedTurn, LinkedToolCall } from "#lib/contract/decision.ts";
import type { Problem } from "#lib/contract/problem.ts";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import { answerWith, callTools } from "#local/bedrock/script.ts";
import { type ChatClient, readAll, textOf } from "#test/support/chat-client.ts";
import { openTwin } from "#test/support/open-twin.ts";

/** The calculator asks a person, so that a call has a result but no effect outside this system. */
const { twin, logIn } = await openTwin({
  environment: {
    CHAT_REQUESTS_PER_MINUTE: "120",
    LEASE_SECONDS: "2",
    TOOL_POLICY: '[{"tool":"calculator","policy":"ask"}]',
  },
  eventRetryMs: [200],
});
const { script } = twin.parts.bedrock;
const database = new pg.Pool({ connectionString: twin.parts.postgres.ownerUrl("app"), max: 1 });
afterAll(() => database.end());
beforeEach(() => script.clear());

const client = await logIn();
const sums = (...expressions: string[]) =>
  callTools(
    expressions.map((expression) => ({ name: "calculator", input: { expression } })),
    "I will calculate.",
  );

interface Waiting {
  conversationId: string;
  turnId: string;
  streamUrl: string;
  events: StreamEvent[];
  calls: ToolCall[];
  lastEventId: string;
}

/** Sends a message whose answer asks for these sums, and reads its stream until the turn waits. */
async function park(expressions: string[], conversationId?: string): Promise<Waiting> {
  script.add(sums(...expressions));
  const accepted = await client.post("Please calculate", conversationId);
  const events = await readAll(await client.send(accepted.stream_url));
  const last = events.at(-1);
  if (last?.event !== "waiting") throw new Error(`The stream ends with ${last?.event}.`);
  return {
    conversationId: accepted.conversation_id,
    turnId: accepted.turn_id,
    streamUrl: accepted.stream_url,
    events,
    calls: last.data.calls,
    lastEventId: last.id ?? "",
  };
}

const decisionOn = (
  { conversationId, turnId, calls }: Waiting,
  index = 0,
  changes: Partial<ChatDecision> = {},
): ChatDecision => ({
  conversation_id: conversationId,
  turn_id: turnId,
  call_id: calls[index]?.id ?? "",
  arguments_sha256: calls[index]?.approval?.arguments_sha256 ?? "",
  decision: "approve",
  ...changes,
});

const decide = (decision: ChatDecision, person: ChatClient = client) =>
  person.sendJson("POST", "/api/v1/chat/decision", decision);

async function decideOk(decision: ChatDecision): Promise<DecidedTurn> {
  const response = await decide(decision);
  expect(response.status).toBe(200);
  return (await response.json()) as DecidedTurn;
}

async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  return (await response.json()) as Problem;
}

async function stateOf({ streamUrl }: Pick<Waiting, "streamUrl">): Promise<TurnState> {
  const response = await client.send(streamUrl, { headers: { accept: "application/json" } });
  return (await response.json()) as TurnState;
}

/** Waits for a status. Reads the database, because a poll of the API would use up the bucket. */
function toBe(status: TurnState["status"], { streamUrl }: Pick<Waiting, "streamUrl">) {
  const turnId = new URL(streamUrl, twin.url).searchParams.get("turn_id");
  const read = async () =>
    (await database.query("select status from turns where id = $1", [turnId])).rows[0]?.status;
  return expect.poll(read, { timeout: 20_000, interval: 50 }).toBe(status);
}

const approvalLink = new RegExp(`^${twin.url}/approve/[\\w.-]+$`);
const namesOf = (events: StreamEvent[]) => events.map(({ event }) => event);
const modelCalls = () => twin.parts.bedrock.calls.length;

describe("a turn whose tool asks", () => {
  it("waits, and shows the same to a second reader, a reload and a program", async () => {
    const waiting = await park(["2+2"]);
    expect([...new Set(namesOf(waiting.events))]).toEqual(["turn", "delta", "waiting"]);
    expect(waiting.lastEventId).toBe(`${waiting.turnId}.waiting.1`);
    expect(waiting.calls).toMatchObject([
      {
        id: `${waiting.turnId}.1.0`,
        name: "calculator",
        state: "waiting",
        input: { expression: "2+2" },
        approval: { state: "open", link: expect.stringMatching(approvalLink) },
      },
    ]);
    const again = await readAll(await client.send(waiting.streamUrl));
    expect(namesOf(again)).toEqual(["turn", "snapshot", "waiting"]);
    expect(again[1]?.data).toMatchObject({
      text: "I will calculate.",
      tools: [{ state: "waiting" }],
    });
    expect(await stateOf(waiting)).toMatchObject({
      status: "waiting",
      parkings: 1,
      partial: "I will calculate.",
      tools: [{ state: "waiting", approval: { state: "open", link: expect.any(String) } }],
    });
    const page = await client.send(`/api/v1/conversations/${waiting.conversationId}`);
    expect(await page.json()).toMatchObject({ turns: [{ status: "waiting" }] });
  });

  it("costs nothing while it waits, and a client that has seen it gets a 204", async () => {
    const waiting = await park(["2+2"]);
    const calls = modelCalls();
    const headers = { "last-event-id": waiting.lastEventId };
    expect((await client.send(waiting.streamUrl, { headers })).status).toBe(204);
    expect(modelCalls()).toBe(calls);

    await decideOk(decisionOn(waiting));
    await toBe("done", waiting);
    const events = await readAll(await client.send(waiting.streamUrl, { headers }));
    expect(events.at(-1)?.event).toBe("done");
  });

  it("runs an approved call and goes on with what was shown", async () => {
    const waiting = await park(["40+2"]);
    script.add(answerWith("It is 42."));
    const decided = await decideOk(decisionOn(waiting, 0, { note: "Go ahead." }));
    expect(decided).toMatchObject({ turn_id: waiting.turnId, stream_url: waiting.streamUrl });
    const events = await readAll(await client.send(decided.stream_url));
    expect(textOf(events)).toBe("I will calculate.\n\nIt is 42.");
    await toBe("done", waiting);
    expect(await stateOf(waiting)).toMatchObject({
      result: "I will calculate.\n\nIt is 42.",
      attempt: 2,
      tools: [{ state: "done", output: "42", approval: { state: "approved", note: "Go ahead." } }],
    });
  });

  it("tells the model that a call was denied, and why", async () => {
    const waiting = await park(["1+1"]);
    script.add(answerWith("As you wish."));
    await decideOk(decisionOn(waiting, 0, { decision: "deny", note: "Not today." }));
    await toBe("done", waiting);
    expect(await stateOf(waiting)).toMatchObject({
      tools: [{ state: "denied", approval: { state: "denied", note: "Not today." } }],
    });
    const sent = JSON.stringify(twin.parts.bedrock.calls.at(-1)?.request.messages);
    expect(sent).toContain("The person refused this call.");
    expect(sent).toContain("Not today.");
  });

  it("waits for every call of the answer, and none runs before", async () => {
    const waiting = await park(["1+1", "2+2", "3+3"]);
    expect(waiting.calls).toHaveLength(3);
    expect(await decideOk(decisionOn(waiting, 1))).toMatchObject({ status: "waiting" });
    expect(await decideOk(decisionOn(waiting, 0, { decision: "deny" }))).toMatchObject({
      status: "waiting",
      tools: [
        { state: "waiting", approval: { state: "denied" } },
        { state: "waiting", approval: { state: "approved" } },
        { state: "waiting", approval: { state: "open" } },
      ],
    });
    await decideOk(decisionOn(waiting, 2));
    await toBe("done", waiting);
    expect((await stateOf(waiting)).tools.map(({ state, output }) => [state, output])).toEqual([
      ["denied", expect.stringContaining("refused")],
      ["done", "4"],
      ["done", "6"],
    ]);
  });

  it("takes decisions on all its calls at the same time", async () => {
    const waiting = await park(["1+1", "2+2", "3+3"]);
    await Promise.all([0, 1, 2].map((index) => decideOk(decisionOn(waiting, index))));
    await toBe("done", waiting);
    const { tools, attempt } = await stateOf(waiting);
    expect([tools.map(({ output }) => output), attempt]).toEqual([["2", "4", "6"], 2]);
  });

  it("may ask again in its next answer", async () => {
    const waiting = await park(["1+1"]);
    script.add(sums("5*5"));
    await decideOk(decisionOn(waiting));
    await expect
      .poll(async () => (await stateOf(waiting)).parkings, { timeout: 20_000, interval: 200 })
      .toBe(2);
    const second = await readAll(await client.send(waiting.streamUrl));
    expect(second.at(-1)).toMatchObject({
      event: "waiting",
      id: `${waiting.turnId}.waiting.2`,
      data: { calls: [{ id: `${waiting.turnId}.2.0` }] },
    });
    const last = second.at(-1);
    if (last?.event !== "waiting") throw new Error("The turn does not wait.");
    await decideOk(decisionOn({ ...waiting, calls: last.data.calls }));
    await toBe("done", waiting);
    expect((await stateOf(waiting)).tools.map(({ output }) => output)).toEqual(["2", "25"]);
  });
});

describe("a message behind a waiting turn", () => {
  it("is queued, and runs after the decision without any reader", async () => {
    const waiting = await park(["2+2"]);
    const behind = await client.post("My name is Ada.", waiting.conversationId, {
      prefer: "respond-async",
    });
    const events = await readAll(await client.send(behind.stream_url));
    expect(namesOf(events)).toEqual(["turn", "snapshot", "waiting"]);
    expect(events[0]?.data).toMatchObject({ turn_id: waiting.turnId });
    const streamUrl = behind.stream_url;
    expect(await stateOf({ streamUrl })).toMatchObject({ status: "queued" });

    await decideOk(decisionOn(waiting));
    await toBe("done", { streamUrl });
    expect((await stateOf(waiting)).status).toBe("done");
  });

  it("sent as the page does shows the waiting turn, and is answered after it", async () => {
    const waiting = await park(["2+2"]);
    const response = await client.stream("My name is Ada.", waiting.conversationId);
    const streamUrl = response.headers.get("content-location") ?? "";
    const events = await readAll(response);
    expect(namesOf(events)).toEqual(["turn", "snapshot", "waiting"]);
    expect(streamUrl).not.toContain(waiting.turnId);
    await decideOk(decisionOn(waiting));
    await toBe("done", { streamUrl });
  });

  it("runs after the waiting turn was stopped, without any reader", async () => {
    const waiting = await park(["2+2"]);
    const behind = await client.post("My name is Ada.", waiting.conversationId, {
      prefer: "respond-async",
    });
    const stopped = await client.send(waiting.streamUrl, { method: "DELETE" });
    expect(await stopped.json()).toMatchObject({
      status: "stopped",
      result: "I will calculate.",
      tools: [{ state: "failed", approval: { state: "void" } }],
    });
    expect(await problemOf(await decide(decisionOn(waiting)))).toMatchObject({
      status: 409,
      type: "approval_changed",
    });
    await toBe("done", { streamUrl: behind.stream_url });
    const { result } = await stateOf({ streamUrl: behind.stream_url });
    expect(result).toContain("Ada");
  });
});

describe("a decision", () => {
  it("sent twice counts once", async () => {
    const waiting = await park(["2+2"]);
    const decision = decisionOn(waiting);
    await Promise.all([decideOk(decision), decideOk(decision), decideOk(decision)]);
    await toBe("done", waiting);
    expect(await decideOk(decision)).toMatchObject({ status: "done" });
    expect(await stateOf(waiting)).toMatchObject({ attempt: 2, tools: [{ output: "4" }] });
  });

  it("that differs from the first is refused", async () => {
    const waiting = await park(["2+2", "3+3"]);
    await decideOk(decisionOn(waiting));
    const changed = await decide(decisionOn(waiting, 0, { decision: "deny" }));
    expect(await problemOf(changed)).toMatchObject({ status: 409, type: "already_decided" });
    expect((await stateOf(waiting)).tools[0]?.approval?.state).toBe("approved");
  });

  it("on other arguments is refused", async () => {
    const waiting = await park(["2+2"]);
    const other = decisionOn(waiting, 0, { arguments_sha256: "0".repeat(64) });
    expect(await problemOf(await decide(other))).toMatchObject({
      status: 409,
      type: "approval_changed",
    });
    expect((await stateOf(waiting)).status).toBe("waiting");
  });

  it("on an unknown call, or by another owner, is the same 404", async () => {
    const waiting = await park(["2+2"]);
    const stranger = await logIn();
    const unknown = "99999999-9999-4999-8999-999999999999";
    const responses = await Promise.all([
      decide(decisionOn(waiting), stranger),
      decide(decisionOn(waiting, 0, { conversation_id: unknown })),
      decide(decisionOn(waiting, 0, { turn_id: unknown, call_id: `${unknown}.1.0` })),
      decide(decisionOn(waiting, 0, { call_id: `${waiting.turnId}.1.7` })),
    ]);
    const bodies = await Promise.all(
      responses.map(async (response) => {
        const { request_id: _, ...problem } = await problemOf(response);
        return JSON.stringify(problem);
      }),
    );
    expect(responses.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    expect(new Set(bodies).size).toBe(1);
    expect((await stateOf(waiting)).status).toBe("waiting");
  });

  it.each<[string, object, string]>([
    ["no call", { call_id: undefined }, "call_id"],
    ["a provider's call id", { call_id: "tooluse_1" }, "call_id"],
    ["no hash", { arguments_sha256: undefined }, "arguments_sha256"],
    ["a hash in capitals", { arguments_sha256: "A".repeat(64) }, "arguments_sha256"],
    ["another word", { decision: "maybe" }, "decision"],
    ["a blank note", { note: "  " }, "note"],
    ["a long note", { note: "x".repeat(1_001) }, "note"],
    ["a number as link", { link: 7 }, "link"],
  ])("with %s is a 400 that names the field", async (_what, changes, field) => {
    const waiting = { conversationId: crypto.randomUUID(), turnId: crypto.randomUUID(), calls: [] };
    const decision = {
      ...decisionOn(waiting as unknown as Waiting),
      call_id: `${waiting.turnId}.1.0`,
      arguments_sha256: "0".repeat(64),
      ...changes,
    };
    const response = await decide(decision as ChatDecision);
    expect(await problemOf(response)).toMatchObject({ status: 400, field });
  });

  it("after the time is over is refused, and the model learns that nobody decided", async () => {
    const waiting = await park(["2+2"]);
    await database.query(
      "update approvals set expires_at = now() - interval '1 s' where turn_id = $1",
      [waiting.turnId],
    );
    expect(await problemOf(await decide(decisionOn(waiting)))).toMatchObject({
      status: 409,
      type: "approval_expired",
    });
    script.add(answerWith("Then not."));
    const events = await readAll(await client.send(waiting.streamUrl));
    expect(events.at(-1)?.event).toBe("done");
    expect(await stateOf(waiting)).toMatchObject({
      result: "I will calculate.\n\nThen not.",
      tools: [{ state: "denied", approval: { state: "expired" } }],
    });
  });

  it("is kept if the runner dies, and another runner continues the turn", async () => {
    const waiting = await park(["2+2"]);
    const gate = script.hold({ afterDeltas: 0 });
    await decideOk(decisionOn(waiting));
    await gate.reached;
    expect(await twin.functionKill("turn-run")).toBeGreaterThan(0);
    script.add(answerWith("It is 4."));
    await toBe("done", waiting);
    expect(await stateOf(waiting)).toMatchObject({
      attempt: 3,
      result: expect.stringMatching(/^I will calculate\.\n\n/),
      tools: [{ state: "done", output: "4" }],
    });
  });
});

describe("a decision whose runner cannot be started", () => {
  it("is kept, and the same decision tries again", async () => {
    const other = await openTwinWithoutRunner();
    const accepted = await other.client.post("Please calculate");
    const [last] = (await readAll(await other.client.send(accepted.stream_url))).slice(-1);
    if (last?.event !== "waiting") throw new Error("The turn does not wait.");
    const waiting = {
      conversationId: accepted.conversation_id,
      turnId: accepted.turn_id,
      calls: last.data.calls,
    } as Waiting;
    for (let count = 0; count < 2; count += 1) {
      const refused = await decide(decisionOn(waiting), other.client);
      expect(refused.headers.get("retry-after")).toBe("5");
      expect(await problemOf(refused)).toMatchObject({
        status: 503,
        turn_id: waiting.turnId,
        detail: expect.stringContaining("The decision is stored"),
      });
    }
    const events = await readAll(await other.client.send(accepted.stream_url));
    expect(events.at(-1)?.event).toBe("done");
  });
});

/** A twin whose functions know no runner without a reader. */
const withoutRunner = await openTwin({
  environment: {
    TURN_RUN_FUNCTION: "missing",
    TOOL_POLICY: '[{"tool":"calculator","policy":"ask"}]',
  },
});

async function openTwinWithoutRunner() {
  withoutRunner.twin.parts.bedrock.script.add(sums("2+2"));
  return { client: await withoutRunner.logIn() };
}

describe("an approval link", () => {
  const tokenOf = ({ calls: [call] }: Waiting) =>
    call?.approval?.link?.replace(/^.*\/approve\//, "") ?? "";
  const show = (token: string, person: ChatClient) =>
    person.send(`/api/v1/chat/decision?link=${encodeURIComponent(token)}`);

  it("shows its call to another session, which sees nothing else", async () => {
    const waiting = await park(["2+2"]);
    const colleague = await logIn();
    const shown = (await (await show(tokenOf(waiting), colleague)).json()) as LinkedToolCall;
    expect(shown).toMatchObject({
      conversation_id: waiting.conversationId,
      turn_id: waiting.turnId,
      call: { id: waiting.calls[0]?.id, input: { expression: "2+2" }, approval: { state: "open" } },
    });
    expect(Object.keys(shown).sort()).toEqual(["call", "conversation_id", "turn_id"]);
    for (const path of [waiting.streamUrl, `/api/v1/conversations/${waiting.conversationId}`]) {
      expect((await colleague.send(path)).status).toBe(404);
    }
  });

  it("lets another session decide this call, and only this call", async () => {
    const waiting = await park(["2+2", "3+3"]);
    const colleague = await logIn();
    const link = tokenOf(waiting);
    const other = await decide(decisionOn(waiting, 1, { link }), colleague);
    expect(await problemOf(other)).toMatchObject({ status: 404 });
    const response = await decide(decisionOn(waiting, 0, { link, note: "Fine." }), colleague);
    expect(await response.json()).toMatchObject({ call: { approval: { state: "approved" } } });
    await decideOk(decisionOn(waiting, 1));
    await toBe("done", waiting);
    expect((await stateOf(waiting)).tools.map(({ output }) => output)).toEqual(["4", "6"]);
  });

  it("needs a session", async () => {
    const waiting = await park(["2+2"]);
    const path = `/api/v1/chat/decision?link=${tokenOf(waiting)}`;
    expect((await fetch(new URL(path, twin.url))).status).toBe(401);
  });

  it("that is forged, or a session's token, is a 404", async () => {
    const token = await client.loginForToken(twin.password);
    for (const link of ["x", "a.b.c", token]) {
      expect(await problemOf(await show(link, client))).toMatchObject({ status: 404 });
    }
    expect((await client.send("/api/v1/chat/decision")).status).toBe(400);
  });

  it("opens the page", async () => {
    const waiting = await park(["2+2"]);
    const page = await client.send(waiting.calls[0]?.approval?.link ?? "");
    expect(page.headers.get("content-type")).toContain("text/html");
    expect(page.headers.get("referrer-policy")).toBe("same-origin");
  });

  it("is in no log and in no table", async () => {
    const waiting = await park(["2+2"]);
    const token = tokenOf(waiting);
    await show(token, client);
    const colleague = await logIn();
    await decide(decisionOn(waiting, 0, { link: token }), colleague);
    await toBe("done", waiting);
    const signature = token.split(".")[2] ?? "";
    expect(signature).not.toBe("");
    expect(await logsOf(twin.logsDirectory)).not.toContain(signature);
    const { rows } = await database.query(
      "select turns::text from turns union all select approvals::text from approvals",
    );
    expect(JSON.stringify(rows)).not.toContain(signature);
  });
});

describe("a message sent with respond-async", () => {
  it("waits, and is answered after the decision without any stream", async () => {
    script.add(sums("6*7"), answerWith("It is 42."));
    const accepted = await client.post("Please calculate", undefined, { prefer: "respond-async" });
    const turn = { streamUrl: accepted.stream_url };
    await toBe("waiting", turn);
    const { tools } = await stateOf(turn);
    const waiting = {
      conversationId: accepted.conversation_id,
      turnId: accepted.turn_id,
      calls: tools,
    } as Waiting;
    await decideOk(decisionOn(waiting));
    await toBe("done", turn);
    expect(await stateOf(turn)).toMatchObject({ result: "I will calculate.\n\nIt is 42." });
  });
});

/** Returns every log line of the twin's functions. */
async function logsOf(directory: string): Promise<string> {
  const files = await readdir(directory);
  const logs = files.map((file) => readFile(join(directory, file), "utf8"));
  return (await Promise.all(logs)).join("\n");
}
