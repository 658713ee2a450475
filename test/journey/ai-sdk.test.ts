import { Chat } from "@ai-sdk/react";
import { DefaultChatTransport, type UIMessage } from "ai";
import { beforeEach, describe, expect, it } from "vitest";
import { answerWith, callTools, refuseWith } from "#local/bedrock/script.ts";
import { ChatClient } from "#test/support/chat-client.ts";
import { hangUpAfter, placesToHangUp } from "#test/support/hang-up.ts";
import { openTwin } from "#test/support/open-twin.ts";
import { runGuide } from "#test/support/run-guide.ts";

const { twin } = await openTwin({
  environment: {
    CHAT_REQUESTS_PER_MINUTE: "120",
    CONVERSATION_REQUESTS_PER_MINUTE: "120",
    TOOL_POLICY: '[{"tool":"calculator","policy":"ask"}]',
  },
});
const { script } = twin.parts.bedrock;
beforeEach(() => script.clear());

const newToken = () => new ChatClient(twin.url).loginForToken(twin.password);

const token = await newToken();
const authorized = { authorization: `Bearer ${token}` };
const api = `${twin.url}/api/ai-sdk/chat`;

/** A chat as a page has it, without the page. `id` is what the library makes up: 16 letters. */
function open(
  id = crypto.randomUUID().replaceAll("-", "").slice(0, 16),
  options: { api?: string } = {},
) {
  const errors: string[] = [];
  const chat = new Chat({
    id,
    transport: new DefaultChatTransport({ api, headers: authorized, ...options }),
    onError: ({ message }) => errors.push(message),
  });
  return { id, chat, errors };
}

const post = (body: unknown, init: RequestInit = {}) =>
  fetch(api, {
    method: "POST",
    headers: { "content-type": "application/json", ...authorized },
    body: JSON.stringify(body),
    ...init,
  });

const stored = async (
  id: string,
  headers: HeadersInit = authorized,
  base = api,
): Promise<UIMessage[]> => {
  const response = await fetch(`${base}/${id}`, { headers });
  expect(response.status).toBe(200);
  return (await response.json()) as UIMessage[];
};
const textsOf = (messages: UIMessage[]) =>
  messages.map(({ role, parts }) => [
    role,
    parts.map((part) => (part.type === "text" ? part.text : "")).join(""),
  ]);
const toolsOf = ({ parts }: UIMessage) =>
  parts.flatMap((part) => (part.type === "dynamic-tool" ? [part] : []));
const question = (text: string, id = "message-1") => ({
  ...{ id, role: "user" },
  parts: [{ type: "text", text }],
});
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));
/** The stream has no ids of the person's messages, and each decision begins a step. */
const comparable = (messages: UIMessage[]) =>
  plain(messages).map(({ id, ...message }: UIMessage) => ({
    ...message,
    ...(message.role === "assistant" && { id }),
    parts: message.parts.filter(({ type }) => type !== "step-start"),
  }));

describe.each([
  ["CloudFront", () => api],
  ["the function URL", () => `${twin.functionUrl}/api/ai-sdk/chat`],
])("a chat through %s", (_entrance, apiOf) => {
  it("shows what the transcript shows", async () => {
    script.add(
      callTools([{ name: "current_time", input: {} }], "Let me look."),
      answerWith("It is late."),
    );
    const { id, chat, errors } = open(undefined, { api: apiOf() });
    await chat.sendMessage({ text: "What time is it?" });

    expect(errors).toEqual([]);
    expect(chat.status).toBe("ready");
    expect(textsOf(chat.messages)).toEqual([
      ["user", "What time is it?"],
      ["assistant", "Let me look.\n\nIt is late."],
    ]);
    expect(toolsOf(chat.lastMessage as UIMessage)).toMatchObject([
      { toolName: "current_time", state: "output-available", providerExecuted: true },
    ]);
    const kept = await stored(id, authorized, apiOf());
    expect(comparable(kept)[1]).toEqual(comparable(chat.messages)[1]);
  });
});

describe("a chat", () => {
  it("goes on with its history, which only we keep", async () => {
    const { id, chat } = open();
    await chat.sendMessage({ text: "My name is Ada." });
    script.add(answerWith("One."));
    await chat.sendMessage({ text: "And?" });
    expect(textsOf(await stored(id)).map(([role]) => role)).toEqual([
      ...["user", "assistant", "user", "assistant"],
    ]);
  });

  it("gets another answer, and another version of a message, on the branch that it shows", async () => {
    script.add(answerWith("One."), answerWith("Two."), answerWith("Three."), answerWith("Four."));
    const { id, chat, errors } = open();
    await chat.sendMessage({ text: "First" });
    await chat.sendMessage({ text: "Second" });
    await chat.regenerate();
    const [, , second] = chat.messages;
    await chat.sendMessage({ text: "Edited", messageId: second?.id ?? "" });

    const shown = [
      ["user", "First"],
      ["assistant", "One."],
      ["user", "Edited"],
      ["assistant", "Four."],
    ];
    expect([textsOf(chat.messages), errors]).toEqual([shown, []]);
    expect(textsOf(await stored(id))).toEqual(shown);
  });

  it("gets the first answer again if it sends a message twice", async () => {
    script.add(answerWith("Once."));
    const body = { id: "twice", messages: [question("Hello")], trigger: "submit-message" };
    const first = await (await post(body)).text();
    const again = await (await post(body)).text();
    expect(again).toContain("Once.");
    expect(messageIdIn(again)).toBe(messageIdIn(first));
    expect((await stored("twice")).length).toBe(2);
  });

  it("continues in the same message after each decision", async () => {
    script.add(
      callTools(
        [
          { name: "calculator", input: { expression: "1+1" } },
          { name: "calculator", input: { expression: "2+2" } },
        ],
        "I will.",
      ),
      answerWith("Done."),
    );
    const { id, chat, errors } = open();
    await chat.sendMessage({ text: "Calculate" });
    const approvals = toolsOf(chat.lastMessage as UIMessage).map(
      ({ approval }) => approval?.id ?? "",
    );
    expect(approvals.length).toBe(2);

    await chat.addToolApprovalResponse({ id: approvals[0] ?? "", approved: true });
    await chat.sendMessage();
    expect(toolsOf(chat.lastMessage as UIMessage).map(({ state }) => state)).toEqual([
      ...["approval-responded", "approval-requested"],
    ]);
    await chat.addToolApprovalResponse({
      id: approvals[1] ?? "",
      approved: false,
      reason: "No need.",
    });
    await chat.sendMessage();

    expect([chat.messages.length, errors, chat.status]).toEqual([2, [], "ready"]);
    expect(toolsOf(chat.lastMessage as UIMessage)).toMatchObject([
      { state: "output-available", output: "2" },
      { state: "output-denied", approval: { approved: false, reason: "No need." } },
    ]);
    expect(textsOf(chat.messages)[1]).toEqual(["assistant", "I will.\n\nDone."]);
    expect(comparable(await stored(id))[1]).toEqual(comparable(chat.messages)[1]);
  });

  it("takes a decision about an earlier answer, and has the message behind it answered", async () => {
    script.add(
      callTools([{ name: "calculator", input: { expression: "1+1" } }], "I will."),
      answerWith("Done."),
      answerWith("And hello."),
    );
    const { id, chat, errors } = open();
    await chat.sendMessage({ text: "Calculate" });
    await chat.sendMessage({ text: "Hello?" });
    expect(errors).toEqual([
      expect.stringMatching(/^An earlier message .* waits for a decision\./),
    ]);
    const [call] = toolsOf(chat.messages[1] as UIMessage);
    await chat.addToolApprovalResponse({ id: call?.approval?.id ?? "", approved: true });
    await chat.sendMessage();
    const shown = [
      ["user", "Calculate"],
      ["assistant", "I will.\n\nDone."],
      ["user", "Hello?"],
    ];
    expect([textsOf(chat.messages), errors.length, chat.status]).toEqual([shown, 1, "ready"]);
    await expect
      .poll(async () => textsOf(await stored(id)))
      .toEqual([...shown, ["assistant", "And hello."]]);
  });

  it("can be joined while it is answered, stopped, and is a 204 afterwards", async () => {
    const gate = script.hold({ afterDeltas: 2 });
    const { id, chat } = open();
    const sending = chat.sendMessage({ text: "Tell me a long story" });
    await expect.poll(() => textsOf(chat.messages).length).toBe(2);
    const other = open(id);
    const joining = other.chat.resumeStream();
    await expect.poll(() => other.chat.lastMessage?.id).toBe(chat.lastMessage?.id);

    const stopped = await fetch(`${api}/${id}/stream`, { method: "DELETE", headers: authorized });
    expect(stopped.status).toBe(204);
    await Promise.all([sending, joining]);
    gate.release();
    expect(comparable(other.chat.messages)).toEqual(comparable(chat.messages).slice(1));
    expect(chat.lastMessage?.metadata).toMatchObject({ status: "stopped" });
    expect((await fetch(`${api}/${id}/stream`, { headers: authorized })).status).toBe(204);
  });

  it.each(["unknown", crypto.randomUUID(), "ä/%"])(
    "%j that nobody has is empty and idle",
    async (id) => {
      const path = `${api}/${encodeURIComponent(id)}`;
      expect((await fetch(`${path}/stream`, { headers: authorized })).status).toBe(204);
      expect(await stored(encodeURIComponent(id))).toEqual([]);
    },
  );

  it("of somebody else is a chat of one's own under the same id", async () => {
    const other = { authorization: `Bearer ${await newToken()}` };
    script.add(answerWith("For Ada."), answerWith("For Bob."));
    const id = crypto.randomUUID();
    const body = { id, messages: [question("Who?")], trigger: "submit-message" };
    await (await post(body)).text();
    expect(await stored(id, other)).toEqual([]);
    const headers = { "content-type": "application/json", ...other };
    await (await post(body, { headers })).text();
    expect(textsOf(await stored(id, other))[1]).toEqual(["assistant", "For Bob."]);
    expect(textsOf(await stored(id))[1]).toEqual(["assistant", "For Ada."]);
  });

  it("says in one sentence why an answer has failed", async () => {
    script.add(...Array.from({ length: 4 }, () => refuseWith("ValidationException")));
    const { id, chat, errors } = open();
    await chat.sendMessage({ text: "Hello" });
    expect(chat.status).toBe("error");
    expect(errors).toEqual([expect.stringMatching(/^The model [^{}]+\.$/)]);
    expect((await stored(id))[1]?.metadata).toMatchObject({ status: "error" });
  });

  it("is answered to the end although its client hangs up after any number of bytes", async () => {
    const send = (id: string, signal?: AbortSignal) => {
      script.add(answerWith("All of it arrives."));
      const body = { id, messages: [question("Hello")], trigger: "submit-message" };
      return post(body, signal && { signal });
    };
    for (const bytes of await placesToHangUp([0, 1, 7, 60, 200, 400], () => send("is whole"))) {
      const id = `hangs-up-${bytes}`;
      await hangUpAfter(bytes, (signal) => send(id, signal));
      await expect
        .poll(async () => (await stored(id))[1]?.metadata)
        .toMatchObject({ status: "done" });
      expect(textsOf(await stored(id))[1]).toEqual(["assistant", "All of it arrives."]);
    }
  });
});

const messageIdIn = (stream: string) => /"messageId":"([^"]+)"/.exec(stream)?.[1];

describe("a request that is refused", () => {
  const fine = { id: "refused", messages: [question("Hello")], trigger: "submit-message" };

  it.each<[string, unknown, number]>([
    ["an unknown trigger", { ...fine, trigger: "other" }, 400],
    ["an unknown role", { ...fine, messages: [{ ...question("x"), role: "robot" }] }, 400],
    ["a file", { ...fine, messages: [{ ...question("x"), parts: [{ type: "file" }] }] }, 400],
    ["null messages", { ...fine, messages: null }, 400],
    ["an empty id", { ...fine, id: "" }, 400],
    ["an endless id", { ...fine, id: "x".repeat(201) }, 400],
    ["a null message", { ...fine, messages: [null] }, 400],
    [
      "another turn of nobody",
      { ...fine, trigger: "regenerate-message", messageId: crypto.randomUUID() },
      404,
    ],
  ])("for %s gets a sentence", async (_case, body, status) => {
    const response = await post(body);
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(await response.text()).toMatch(/^[^{}<>]+\.$/);
    expect(await stored("refused")).toEqual([]);
  });

  it("takes a history of 4 MB, and refuses one above Lambda's limit with a problem", async () => {
    script.add(answerWith("Fine."));
    const history = Array.from({ length: 400 }, (_, index) => [
      question("x".repeat(10_000), `u${index}`),
      { id: crypto.randomUUID(), role: "assistant", parts: [{ type: "future", value: null }] },
    ]).flat();
    const messages = [...history, question("Hello")];
    expect(await (await post({ ...fine, id: "large", messages })).text()).toContain("Fine.");

    const larger = await post({ ...fine, id: "larger", messages: [...history, ...messages] });
    expect(larger.status).toBe(413);
    expect(await larger.json()).toMatchObject({ type: "payload_too_large", status: 413 });
  });

  it("has no credential but a cookie, or none at all", async () => {
    const login = await fetch(`${twin.url}/api/login`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ password: twin.password }),
    });
    const cookie = login.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    for (const [base, headers] of [
      [twin.url, { cookie }],
      [twin.functionUrl, { cookie }],
      [twin.url, {}],
      [twin.url, { authorization: "Bearer eaa_wrong" }],
    ] as const) {
      const response = await fetch(`${base}/api/ai-sdk/chat`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(fine),
      });
      expect(response.status).toBe(401);
      expect(await response.text()).toMatch(/^[^{}]+\.$/);
    }
  });

  it.each([
    ["GET", "/api/ai-sdk/chat"],
    ["POST", "/api/ai-sdk/nothing"],
    ["PUT", "/api/ai-sdk/chat/x/stream"],
  ])("%s %s is nothing, in both entrances", async (method, path) => {
    const edge = await fetch(`${twin.url}${path}`, { method, headers: authorized });
    expect([edge.status, ((await edge.json()) as { type: string }).type]).toEqual([
      404,
      "not_found",
    ]);
    const direct = await fetch(`${twin.functionUrl}${path}`, { method, headers: authorized });
    expect(direct.status).toBe(404);
  });

  it.each(["/v1/nothing", "/ag-ui/nothing", "/mcp/nothing", "/api/ai-sdk/"])(
    "a wrong path of a client's protocol is a problem, never the page: %s",
    async (path) => {
      for (const method of ["GET", "POST"]) {
        const headers = { ...authorized, accept: "text/html" };
        const response = await fetch(`${twin.url}${path}`, { method, headers });
        expect(response.status).toBe(404);
        expect(await response.json()).toMatchObject({ type: "not_found", status: 404 });
      }
    },
  );
});

it("the lines of the guide work as they stand there", async () => {
  script.add(answerWith("Many things."));
  const { stdout, stderr } = await runGuide({
    ...{ page: "ai-sdk.md", origin: twin.url },
    environment: { CHAT_KEY: token },
  });
  expect([stdout, stderr]).toEqual(["Many things.", ""]);
});
