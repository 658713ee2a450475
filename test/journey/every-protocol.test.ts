import { describe, expect, it } from "vitest";
import type { ApiKeyCreate, ApiKeyCreated } from "#lib/contract/api-key.ts";
import type { ToolCall, TurnState } from "#lib/contract/chat.ts";
import type { ConversationPage, ConversationWithTurns } from "#lib/contract/conversation.ts";
import { answerWith, callTools, createGate, interrupt, stall } from "#local/bedrock/script.ts";
import { manyAddresses } from "#test/support/many-addresses.ts";
import { openTwin } from "#test/support/open-twin.ts";

const { twin, logIn } = await openTwin({
  viewerAddress: manyAddresses(),
  environment: {
    CHAT_REQUESTS_PER_MINUTE: "120",
    CONVERSATION_REQUESTS_PER_MINUTE: "120",
    KEY_KEPT_SECONDS: "1",
    BEDROCK_PRICES: '{"demo-model":{"input":1,"output":5}}',
    BUDGET_TURN_USD: "0.7",
    BUDGET_OWNER_DAY_USD: "1000",
    BUDGET_SITE_DAY_USD: "1000",
    BUDGET_SITE_MONTH_USD: "1000",
    TOOL_POLICY: '[{"tool":"calculator","policy":"ask"}]',
  },
});
const { script } = twin.parts.bedrock;
const person = await logIn();

async function makeKey(changes: Partial<ApiKeyCreate> = {}, owner = person) {
  const response = await owner.sendJson("POST", "/api/v1/keys", { name: "Program", ...changes });
  return (await response.json()) as ApiKeyCreated;
}
const revoke = ({ id }: ApiKeyCreated) => person.send(`/api/v1/keys/${id}`, { method: "DELETE" });

/** How a protocol's client sends a message and a decision, and how it is told what was refused. */
interface Protocol {
  name: string;
  path: string;
  /** The id of a conversation is a UUID that the client has made up. */
  message(conversationId: string, text: string): object;
  decision?(turn: TurnState, call: ToolCall, isApproved: boolean): object;
  /** Returns what a response says that refuses a request. */
  refusal(body: string): unknown;
  /** What a stream says whose key was revoked. */
  revoked: RegExp;
  /** The status of a response with a refusal that comes after the message was accepted. */
  refusedStatus?: number;
}

const approvalIdOf = ({ id, approval }: ToolCall) => `${id}:${approval?.arguments_sha256}`;
const sentence = expect.stringMatching(/^[A-Z][^{}<>]+\.$/);
const openAiRefusal = (body: string) => JSON.parse(body).error.message;
const turnMessage = (text: string) => ({ id: crypto.randomUUID(), role: "user", content: text });
const rpc = (params: object) => ({
  ...{ jsonrpc: "2.0", id: 1, method: "tools/call" },
  params: { name: "ask", ...params },
});
const rpcMeta = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": { elicitation: { form: {} } },
};
/** A refusal before the tool runs is JSON, and one of the tool is an event. */
function rpcRefusal(body: string): unknown {
  const { error, result } = JSON.parse(
    /^data: (\{.*"(?:result|error)".*)$/m.exec(body)?.[1] ?? body,
  );
  return error?.message ?? (result.isError && result.content[0].text);
}

const aiSdk: Protocol = {
  ...{ name: "the AI SDK", path: "/api/ai-sdk/chat" },
  message: (id, text) => ({
    ...{ id, trigger: "submit-message" },
    messages: [{ id: crypto.randomUUID(), role: "user", parts: [{ type: "text", text }] }],
  }),
  decision: ({ conversation_id, turn_id }, call, approved) => ({
    ...{ id: conversation_id, trigger: "submit-message", messageId: turn_id },
    messages: [
      {
        ...{ id: turn_id, role: "assistant" },
        parts: [
          {
            state: "approval-responded",
            type: "dynamic-tool",
            approval: { id: approvalIdOf(call), approved },
          },
        ],
      },
    ],
  }),
  refusal: (body) => body,
  revoked: /"type":"error","errorText":"This API key was revoked\."/,
};
const responses: Protocol = {
  ...{ name: "OpenAI's Responses", path: "/v1/responses" },
  message: (conversation, input) => ({ model: "default", input, conversation, stream: true }),
  refusal: openAiRefusal,
  revoked: /event: error\ndata: \{"type":"error","code":"unauthorized",/,
};
const chatCompletions: Protocol = {
  ...{ name: "OpenAI's Chat Completions", path: "/v1/chat/completions" },
  message: (id, content) => ({
    ...{ model: "default", stream: true },
    messages: [{ role: "user", content: `${content} ${id}` }],
  }),
  refusal: openAiRefusal,
  revoked: /data: \{"error":\{"message":"This API key was revoked\.","type":"authentication_error"/,
};
const agUi: Protocol = {
  ...{ name: "AG-UI", path: "/ag-ui" },
  message: (threadId, text) => ({ threadId, runId: "r", messages: [turnMessage(text)] }),
  decision: ({ conversation_id }, call, approved) => ({
    ...{ threadId: conversation_id, runId: "r", messages: [] },
    resume: [{ interruptId: approvalIdOf(call), status: "resolved", payload: { approved } }],
  }),
  refusal: (body) =>
    body.startsWith("data")
      ? JSON.parse(body.slice("data: ".length)).message
      : JSON.parse(body).detail,
  revoked: /"type":"RUN_ERROR","message":"This API key was revoked\.","code":"unauthorized"/,
};
const mcp: Protocol = {
  ...{ name: "MCP", path: "/mcp" },
  message: (conversation_id, message) =>
    rpc({ arguments: { conversation_id, message }, _meta: rpcMeta }),
  decision: ({ conversation_id, turn_id }, call, isApproved) =>
    rpc({
      _meta: rpcMeta,
      arguments: {},
      requestState: JSON.stringify({ conversation_id, turn_id }),
      inputResponses: {
        [approvalIdOf(call)]: {
          ...{ action: "accept", content: { decision: isApproved ? "approve" : "deny" } },
        },
      },
    }),
  refusal: rpcRefusal,
  revoked: /"text":"This API key was revoked\."/,
  refusedStatus: 200,
};
const protocols = [aiSdk, responses, chatCompletions, agUi, mcp];

function post({ path }: Protocol, body: object, headers: Record<string, string>) {
  return fetch(`${twin.url}${path}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(path === "/mcp" && {
        accept: "application/json, text/event-stream",
        ...{ "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call", "mcp-name": "ask" },
      }),
      ...headers,
    },
    body: JSON.stringify(body),
  });
}
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

/** Returns the owner's newest turns, oldest first. */
async function turnsOf(id: string): Promise<TurnState[]> {
  const response = await person.send(`/api/v1/conversations/${id}`);
  return ((await response.json()) as ConversationWithTurns).turns;
}

/** Waits until the newest conversation with this title has its answer. */
async function expectAnswer(title: string): Promise<void> {
  const response = await person.send("/api/v1/conversations");
  const { conversations } = (await response.json()) as ConversationPage;
  const { id = "" } = conversations.find((one) => one.title.startsWith(title)) ?? {};
  await expect
    .poll(async () => (await turnsOf(id)).at(-1))
    .toMatchObject({ status: "done", result: "One two secret" });
}

describe.each(protocols)("a client of $name", (protocol) => {
  const send = (text: string, headers: Record<string, string>, id: string = crypto.randomUUID()) =>
    post(protocol, protocol.message(id, text), headers);

  async function expectRefusal(response: Response, status: number) {
    expect(protocol.refusal(await response.text())).toEqual(sentence);
    expect(response.status).toBe(status);
  }

  it("reads why its credential does not work", async () => {
    const { key } = await makeKey();
    const revoked = await makeKey();
    await revoke(revoked);
    const reader = await makeKey({ scopes: ["documents:read"] });
    await expectRefusal(await send("Hello", bearer(`${key.slice(0, -1)}_`)), 401);
    await expectRefusal(await send("Hello", bearer(revoked.key)), 401);
    await expectRefusal(await send("Hello", { cookie: person.cookie }), 401);
    await expectRefusal(await send("Hello", {}), 401);
    await expectRefusal(await send("Hello", bearer(reader.key)), 403);
  });

  it("reads that the budget of its key is used up", async () => {
    const { key } = await makeKey({ daily_budget_usd: 0.01 });
    const refused = await send("Hello", bearer(key));
    await expectRefusal(refused, protocol.refusedStatus ?? 402);
  });

  it("has a conversation of its own under the id of somebody else's", async () => {
    const id = (await person.chat("Mine")).conversation_id;
    const stranger = await logIn();
    const { key } = await makeKey({}, stranger);
    script.add(answerWith("Stranger."));
    expect(await (await send("Whose?", bearer(key), id)).text()).toContain("Stranger.");
    expect((await turnsOf(id)).map(({ message }) => message)).toEqual(["Mine"]);
  });

  it("is told that its key was revoked, and its answer goes on", async () => {
    const key = await makeKey();
    const gate = createGate();
    script.add(interrupt(answerWith("One two secret"), 1, stall(gate)));
    const response = await send("Count", bearer(key.key));
    await gate.reached;
    await revoke(key);
    const told = await response.text();
    expect(told).toMatch(protocol.revoked);
    expect(told).not.toContain("secret");
    gate.release();
    await expectAnswer("Count");
  });
});

describe.each([responses, chatCompletions])(
  "a client of $name that reads no stream",
  (protocol) => {
    it("gets no answer once its key is revoked, and the answer goes on", async () => {
      const key = await makeKey();
      const gate = createGate();
      script.add(interrupt(answerWith("One two secret"), 1, stall(gate)));
      const body = { ...protocol.message(crypto.randomUUID(), "Whole"), stream: false };
      const responding = post(protocol, body, bearer(key.key));
      await gate.reached;
      await revoke(key);
      const response = await responding;
      expect([response.status, protocol.refusal(await response.text())]).toEqual([401, sentence]);
      gate.release();
    });
  },
);

describe.each([aiSdk, agUi, mcp])("a decision of a client of $name", (protocol) => {
  async function park() {
    script.add(callTools([{ name: "calculator", input: { expression: "1+1" } }], "I will."));
    const { key } = await makeKey();
    const { conversation_id: id } = await person.chat("Calculate");
    const [turn] = await turnsOf(id);
    const [call] = turn?.tools ?? [];
    if (!turn || !call) throw new Error("No call waits.");
    const decide = (isApproved: boolean) =>
      post(protocol, protocol.decision?.(turn, call, isApproved) ?? {}, bearer(key));
    return { id, decide };
  }

  it("wins or is refused, if another is made at the same moment", async () => {
    const { id, decide } = await park();
    script.add(answerWith("Decided."));
    const answers = await Promise.all(
      [true, false].map(async (isApproved) => {
        const response = await decide(isApproved);
        return response.text();
      }),
    );
    const winners = answers.filter((text) => text.includes("Decided."));
    const losers = answers.filter((text) => !text.includes("Decided."));
    expect([winners.length, losers.length]).toEqual([1, 1]);
    expect(protocol.refusal(losers[0] ?? "")).toMatch(/another decision about this call already/);
    expect(await turnsOf(id)).toMatchObject([{ status: "done" }]);
  });

  it("also has the messages answered that wait behind it, and that nobody reads", async () => {
    const { id, decide } = await park();
    const queued = await person.sendJson(
      "POST",
      "/api/v1/chat",
      { message: "And this", conversation_id: id },
      { prefer: "respond-async" },
    );
    expect(queued.status).toBe(200);
    script.add(answerWith("Decided."), answerWith("And that."));
    expect(await (await decide(true)).text()).toContain("Decided.");
    await expect
      .poll(() => turnsOf(id))
      .toMatchObject([{ status: "done" }, { status: "done", result: "And that." }]);
  });
});
