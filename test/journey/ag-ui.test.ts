import { HttpAgent, type Message, type RunAgentParameters } from "@ag-ui/client";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ApiKeyCreated } from "#lib/contract/api-key.ts";
import type { ConversationWithTurns } from "#lib/contract/conversation.ts";
import type { Problem } from "#lib/contract/problem.ts";
import { agUiMessagesOf } from "#lib/facades/ag-ui-messages.ts";
import { answerWith, callTools, refuseWith } from "#local/bedrock/script.ts";
import { hangUpAfter, placesToHangUp } from "#test/support/hang-up.ts";
import { openTwin } from "#test/support/open-twin.ts";
import { runGuide } from "#test/support/run-guide.ts";

const { twin, logIn } = await openTwin({
  environment: {
    CHAT_REQUESTS_PER_MINUTE: "120",
    CONVERSATION_REQUESTS_PER_MINUTE: "120",
    // A busy machine keeps a runner from its next beat for a second.
    LEASE_SECONDS: "5",
    BEDROCK_PRICES: '{"demo-model":{"input":1,"output":5}}',
    BUDGET_TURN_USD: "2",
    BUDGET_OWNER_DAY_USD: "100",
    BUDGET_SITE_DAY_USD: "100",
    BUDGET_SITE_MONTH_USD: "100",
    TOOL_POLICY: '[{"tool":"calculator","policy":"ask"}]',
  },
});
const { script } = twin.parts.bedrock;
beforeEach(() => script.clear());

const page = await logIn();

async function newKey(options: object = {}): Promise<string> {
  const response = await page.sendJson("POST", "/api/v1/keys", { name: "A program", ...options });
  return ((await response.json()) as ApiKeyCreated).key;
}

/** What the page starts and what this key starts belong to the same owner. */
const key = await newKey();
const authorized = { authorization: `Bearer ${key}` };
const url = `${twin.url}/ag-ui`;

const openAgent = (options: Partial<ConstructorParameters<typeof HttpAgent>[0]> = {}) =>
  new HttpAgent({ url, headers: authorized, ...options });

/** Runs the real client, which verifies each event. Returns how the run has ended. */
async function run(agent: HttpAgent, message?: string, parameters: RunAgentParameters = {}) {
  if (message !== undefined) agent.addMessage(userMessage(message));
  let end:
    | { type: string; message?: string; code?: string; outcome?: { type: string } }
    | undefined;
  let pending: string[] = [];
  const types: string[] = [];
  await agent.runAgent(parameters, {
    onEvent: ({ event }) => void types.push(event.type),
    onRunErrorEvent: ({ event }) => {
      end = event;
    },
    onRunFinishedEvent: (params) => {
      end = params.event;
      if (params.outcome === "success") pending = params.pendingToolCallIds;
    },
  });
  return { end, pending, types, outcome: end?.outcome?.type ?? end?.code };
}

const userMessage = (content: string): Message & { role: "user" } => ({
  id: crypto.randomUUID(),
  role: "user",
  content,
});

async function stored(id: string): Promise<ConversationWithTurns> {
  return (await (await page.send(`/api/v1/conversations/${id}`)).json()) as ConversationWithTurns;
}

/** The client's ids of the person's messages are its own. */
const comparable = (messages: readonly unknown[]) =>
  (JSON.parse(JSON.stringify(messages)) as Message[]).map(({ id, ...message }) => ({
    ...message,
    ...(message.role !== "user" && { id }),
  }));

async function expectTranscript({ threadId, messages }: HttpAgent) {
  expect(comparable(messages)).toEqual(comparable(agUiMessagesOf((await stored(threadId)).turns)));
}

const sums = (...expressions: string[]) =>
  callTools(
    expressions.map((expression) => ({ name: "calculator", input: { expression } })),
    "I will.",
  );
const approved = { status: "resolved", payload: { approved: true } } as const;

describe.each([
  ["CloudFront", () => url],
  ["the function URL", () => `${twin.functionUrl}/ag-ui`],
])("a thread through %s", (_entrance, urlOf) => {
  it("shows what the transcript shows, and goes on", async () => {
    script.add(
      callTools([{ name: "current_time", input: {} }], "Let me look."),
      answerWith("It is late."),
      answerWith("Later."),
    );
    const agent = openAgent({ url: urlOf() });
    const first = await run(agent, "What time is it?");
    expect([first.outcome, first.pending]).toEqual(["success", []]);
    expect(first.types).toContain("TOOL_CALL_RESULT");
    await run(agent, "And now?");
    expect(agent.messages.at(-1)).toMatchObject({ role: "assistant", content: "Later." });
    await expectTranscript(agent);
  });
});

describe("a thread", () => {
  it("whose id is no UUID is a conversation of its owner", async () => {
    const agent = openAgent({ threadId: "my thread/ä" });
    script.add(answerWith("One."), answerWith("Two."));
    await run(agent, "First");
    const second = openAgent({ threadId: "my thread/ä" });
    await run(second);
    expect(comparable(second.messages)).toEqual(comparable(agent.messages));
  });

  it("gets the first answer again if a message is sent twice", async () => {
    script.add(answerWith("Once."));
    const message = userMessage("Hello");
    const once = openAgent({ initialMessages: [message] });
    await run(once);
    const again = openAgent({ threadId: once.threadId, initialMessages: [message] });
    await run(again);
    expect(again.messages).toEqual(once.messages);
    expect((await stored(once.threadId)).turns.length).toBe(1);
  });

  it("continues an answer after each decision of a person", async () => {
    script.add(sums("1+1", "2+2"), answerWith("Done."));
    const agent = openAgent();
    expect((await run(agent, "Calculate")).outcome).toBe("interrupt");
    const [one, other] = agent.pendingInterrupts;
    expect(one).toMatchObject({ reason: "tool_call", metadata: { link: expect.any(String) } });
    const denied = { status: "resolved", payload: { approved: false, note: "No." } } as const;
    const decided = await run(agent, undefined, {
      resume: [
        { interruptId: one?.id ?? "", ...approved },
        { interruptId: other?.id ?? "", ...denied },
      ],
    });
    expect(decided.outcome).toBe("success");
    expect(decided.types).not.toContain("TOOL_CALL_START");
    expect(agent.messages.at(-1)).toMatchObject({ content: expect.stringContaining("Done.") });
    await expectTranscript(agent);
  });

  it("hears that another client has decided, follows if it cancels, and never decides for others", async () => {
    script.add(sums("3+3"), answerWith("Six."));
    const agent = openAgent();
    await run(agent, "Calculate");
    const other = agent.clone();
    const interruptId = agent.pendingInterrupts[0]?.id ?? "";
    const stranger = await logIn();
    const token = await stranger.loginForToken(twin.password);
    const foreign = other.clone();
    foreign.headers = { authorization: `Bearer ${token}` };
    const resume = [{ interruptId, ...approved }];
    expect((await run(foreign, undefined, { resume })).end).toMatchObject({
      ...{ type: "RUN_ERROR", code: "not_found" },
    });

    expect((await run(agent, undefined, { resume })).outcome).toBe("success");
    const refused = await run(other, undefined, {
      resume: [{ interruptId, status: "resolved", payload: { approved: false } }],
    });
    expect(refused.end).toMatchObject({ type: "RUN_ERROR", code: "already_decided" });
    expect(refused.end?.message).toMatch(/^[^{}]+\.$/);
    const followed = await run(other, undefined, {
      resume: [{ interruptId, status: "cancelled" }],
    });
    expect(followed.outcome).toBe("success");
    expect(comparable(other.messages)).toEqual(comparable(agent.messages));
  });

  const tools = [{ name: "open_map", description: "Opens a map.", parameters: { type: "object" } }];

  it("continues an answer with what the client's tools have returned", async () => {
    script.add(
      callTools([{ name: "open_map", input: { city: "Ulm" } }], "Look."),
      answerWith("It is open."),
    );
    const agent = openAgent();
    const { pending, outcome } = await run(agent, "Open Ulm", { tools });
    expect([outcome, pending.length]).toEqual(["success", 1]);
    expect(agent.messages.at(-1)).toMatchObject({
      toolCalls: [{ function: { name: "open_map", arguments: '{"city":"Ulm"}' } }],
    });
    const [toolCallId = ""] = pending;
    agent.addMessage({ id: "result-1", role: "tool", toolCallId, content: "opened" });
    expect((await run(agent, undefined, { tools })).pending).toEqual([]);
    expect(agent.messages.at(-1)).toMatchObject({
      content: expect.stringContaining("It is open."),
    });
    const [turn] = (await stored(agent.threadId)).turns;
    expect(turn?.tools).toMatchObject([{ name: "open_map", state: "done", output: "opened" }]);

    agent.setMessages([
      ...agent.messages.slice(0, 2),
      { id: "result-2", role: "tool", toolCallId, content: "something else" },
    ]);
    expect((await run(agent)).end).toMatchObject({ type: "RUN_ERROR", code: "already_decided" });
  });

  it("takes the results of the client's tools with the next message, too", async () => {
    script.add(
      callTools([{ name: "open_map", input: {} }]),
      answerWith("It is open."),
      answerWith("Hello again."),
    );
    const agent = openAgent();
    const { pending } = await run(agent, "Open", { tools });
    agent.addMessage({ id: "r", role: "tool", toolCallId: pending[0] ?? "", content: "opened" });
    expect((await run(agent, "Hello")).outcome).toBe("success");
    const { turns } = await stored(agent.threadId);
    expect(turns.map(({ status }) => status)).toEqual(["done", "done"]);
    expect(agent.messages.at(-1)).toMatchObject({ content: "Hello again." });
  });

  it("follows what the page has started, also after its runner was killed", async () => {
    const gate = script.hold({ afterDeltas: 3 });
    const running = await page.stream("Tell me");
    const id = new URL(running.headers.get("content-location") ?? "", twin.url).searchParams.get(
      "conversation_id",
    );
    const agent = openAgent({ threadId: id ?? "", initialMessages: [userMessage("Other")] });
    agent.setMessages([]);
    const joined = run(agent);
    await expect.poll(() => agent.messages.length, { timeout: 10_000 }).toBe(2);

    script.add(answerWith("From the start."));
    const cut = expect(running.text()).rejects.toThrow();
    await twin.functionKill("chat-stream");
    gate.release();
    await cut;
    const { outcome, types } = await joined;
    expect([outcome, types.filter((type) => type === "MESSAGES_SNAPSHOT").length]).toEqual([
      ...["success", 2],
    ]);
    expect(agent.messages.at(-1)).toMatchObject({ content: "From the start." });
    await expectTranscript(agent);
  });

  it("is stopped by a DELETE, and says so", async () => {
    const gate = script.hold({ afterDeltas: 2 });
    const agent = openAgent();
    const sending = run(agent, "A long story");
    await expect.poll(() => agent.messages.length).toBe(2);
    const query = new URLSearchParams({ threadId: agent.threadId });
    const stopped = await fetch(`${url}?${query}`, { method: "DELETE", headers: authorized });
    expect(stopped.status).toBe(204);
    expect((await sending).outcome).toBe("cancelled");
    gate.release();
    expect((await run(agent)).outcome).toBe("cancelled");
    await expectTranscript(agent);
  });

  it("says in words why an answer has failed, and why there is none to follow", async () => {
    script.add(...Array.from({ length: 4 }, () => refuseWith("ValidationException")));
    const agent = openAgent();
    expect((await run(agent, "Hello")).end).toMatchObject({
      ...{ type: "RUN_ERROR", message: expect.stringMatching(/^The model [^{}]+\.$/) },
    });
    expect((await run(openAgent())).end).toMatchObject({ type: "RUN_ERROR", code: "not_found" });
  });

  it("can be joined after its client hung up at any byte", async () => {
    const send = (threadId: string, signal?: AbortSignal) => {
      script.add(answerWith("All of it arrives."));
      return post({ ...fine, threadId, messages: [userMessage("Hello")] }, signal && { signal });
    };
    for (const bytes of await placesToHangUp([0, 1, 40, 200, 400, 700], () => send("is whole"))) {
      const threadId = `hangs-up-${bytes}`;
      await hangUpAfter(bytes, (signal) => send(threadId, signal));
      const agent = openAgent({ threadId });
      expect((await run(agent)).outcome).toBe("success");
      expect(agent.messages.map(({ role, content }) => [role, content])).toEqual([
        ["user", "Hello"],
        ["assistant", "All of it arrives."],
      ]);
    }
  });
});

const fine = { threadId: "refused", runId: "r", messages: [userMessage("Hello")] };
const post = (body: unknown, init: RequestInit = {}, at = url) =>
  fetch(at, {
    method: "POST",
    headers: { "content-type": "application/json", ...authorized },
    body: typeof body === "string" ? body : JSON.stringify(body),
    ...init,
  });

async function expectProblem(response: Response, expected: Partial<Problem>) {
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(await response.json()).toMatchObject(expected);
  expect(response.status).toBe(expected.status);
}

describe("a request that is refused", () => {
  it.each<[string, unknown, string]>([
    ["no JSON", "{", "body"],
    [
      "an unknown role",
      { ...fine, messages: [{ ...userMessage("x"), role: "robot" }] },
      "messages.0.role",
    ],
    ["null messages", { ...fine, messages: null }, "messages"],
    ["an empty thread", { ...fine, threadId: "" }, "threadId"],
    ["an endless thread", { ...fine, threadId: "x".repeat(201) }, "threadId"],
    ["a tool of ours", { ...fine, tools: [{ name: "calculator" }] }, "tools.0.name"],
  ])("for %s gets a problem that names the field", async (_case, body, field) => {
    await expectProblem(await post(body), {
      ...{ status: 400, type: "bad_request" },
      ...(field !== "body" && { field }),
    });
  });

  it("takes a history of 4 MB, and refuses one above Lambda's limit", async () => {
    script.add(answerWith("Fine."));
    const history = Array.from({ length: 400 }, (_, index) => [
      { ...userMessage("x".repeat(10_000)), id: `u${index}` },
      { id: crypto.randomUUID(), role: "assistant", content: "y", future: true },
    ]).flat();
    const messages = [...history, userMessage("Hello")];
    expect(await (await post({ ...fine, threadId: "large", messages })).text()).toContain("Fine.");
    await expectProblem(await post({ ...fine, messages: [...history, ...messages] }), {
      ...{ status: 413, type: "payload_too_large" },
    });
  });

  it("has no credential but a cookie, a wrong key, or none at all", async () => {
    for (const at of [url, `${twin.functionUrl}/ag-ui`]) {
      for (const headers of [
        { cookie: page.cookie },
        { authorization: "Bearer eaa_wrong" },
        { authorization: `Bearer ${key.slice(0, -1)}0` },
        {},
      ] as HeadersInit[]) {
        const sent = { "content-type": "application/json", ...headers };
        await expectProblem(await post(fine, { headers: sent }, at), { status: 401 });
      }
    }
    // The client writes each failure to the console, too.
    vi.spyOn(console, "error").mockImplementationOnce(() => {});
    const agent = openAgent({ headers: { authorization: "Bearer eaa_wrong" } });
    await expect(run(agent, "Hello")).rejects.toThrow("HTTP 401");
  });

  it("has a key without the scope, or without money", async () => {
    const reader = `Bearer ${await newKey({ scopes: ["documents:read"] })}`;
    const poor = `Bearer ${await newKey({ daily_budget_usd: 0.01 })}`;
    const headers = { "content-type": "application/json" };
    await expectProblem(await post(fine, { headers: { ...headers, authorization: reader } }), {
      ...{ status: 403, type: "missing_scope" },
    });
    await expectProblem(
      await post({ ...fine, threadId: "poor" }, { headers: { ...headers, authorization: poor } }),
      { status: 402, type: "budget_exhausted", scope: "key/day" },
    );
  });

  it.each([
    ["GET", "/ag-ui"],
    ["POST", "/ag-ui/nothing"],
    ["PUT", "/ag-ui"],
  ])("%s %s is nothing, in both entrances", async (method, path) => {
    for (const base of [twin.url, twin.functionUrl]) {
      const response = await fetch(base + path, { method, headers: authorized });
      await expectProblem(response, { status: 404, type: "not_found" });
    }
  });
});

it("the lines of the guide work as they stand there", async () => {
  script.add(answerWith("Many things."));
  const { stdout, stderr } = await runGuide({
    ...{ page: "ag-ui.md", origin: twin.url },
    environment: { CHAT_KEY: key },
  });
  expect([stdout, stderr]).toEqual(["Many things.", ""]);
});
