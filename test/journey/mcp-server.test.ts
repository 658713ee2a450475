import { createServer, request } from "node:http";
import {
  Client,
  type ClientOptions,
  StreamableHTTPClientTransport,
} from "@modelcontextprotocol/client";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Scope } from "#lib/contract/api-key.ts";
import { answerWith, callTools, refuseWith } from "#local/bedrock/script.ts";
import { revisionOf, runSuite, scenariosOf } from "#test/mcp/run-suite.ts";
import { passedByServer, type Suite, serverExceptions, suites } from "#test/mcp/scenarios.ts";
import { createDocumentClient } from "#test/support/document-client.ts";
import { hangUpAfter, placesToHangUp } from "#test/support/hang-up.ts";
import { openTwin } from "#test/support/open-twin.ts";
import { runGuide } from "#test/support/run-guide.ts";

const { twin, logIn } = await openTwin({
  environment: {
    CHAT_REQUESTS_PER_MINUTE: "120",
    CONVERSATION_REQUESTS_PER_MINUTE: "120",
    TOOL_POLICY: '[{"tool":"calculator","policy":"ask"}]',
  },
});
const { script } = twin.parts.bedrock;
beforeEach(() => script.clear());

const person = await logIn();

async function makeKey(scopes: Scope[]): Promise<string> {
  const response = await person.sendJson("POST", "/api/v1/keys", { name: "MCP", scopes });
  return ((await response.json()) as { key: string }).key;
}

const key = await makeKey(["chat", "documents:read"]);
const edge = `${twin.url}/mcp`;
const functionUrl = `${twin.functionUrl}/mcp`;

async function connect(
  options: ClientOptions = { versionNegotiation: { mode: "auto" } },
  { url = edge, bearer = key } = {},
) {
  const client = new Client({ name: "test", version: "1" }, options);
  const headers = { authorization: `Bearer ${bearer}` };
  await client.connect(
    new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }),
  );
  return client;
}

type Result = Awaited<ReturnType<Client["callTool"]>>;
const ask = (client: Client, message: string, more: object = {}) =>
  client.callTool({ name: "ask", arguments: { message, ...more } });
const textsOf = ({ content }: Result) =>
  content.map((block) => (block.type === "text" ? block.text : block.type));
const data = ({ structuredContent }: Result) => structuredContent as Record<string, unknown>;

/** Sends one message as it is, in the protocol of 2025. */
const post = (
  body: unknown,
  headers: Record<string, string> = {},
  url = edge,
  signal?: AbortSignal,
) =>
  fetch(url, {
    ...{ method: "POST", ...(signal && { signal }) },
    headers: {
      ...{ "content-type": "application/json", accept: "application/json, text/event-stream" },
      ...{ authorization: `Bearer ${key}`, ...headers },
    },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
const message = (method: string, params?: object) => ({
  ...{ jsonrpc: "2.0", id: 1, method },
  ...(params && { params }),
});

const modern = { versionNegotiation: { mode: "auto" } } as const;
describe.each([
  ["2026-07-28, through CloudFront", modern, edge],
  ["2026-07-28, at the function URL", modern, functionUrl],
  ["2025, through CloudFront", {}, edge],
])("a client of %s", (_case, options, url) => {
  it("asks, hears how far the answer is, and goes on with the conversation", async () => {
    const client = await connect(options, { url });
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(["ask", "search_documents", "fetch_document"]);

    script.add(
      callTools([{ name: "current_time", input: {} }], "Let me look."),
      answerWith("It is late."),
    );
    const heard: string[] = [];
    const params = { name: "ask", arguments: { message: "What time is it?" } };
    const first = await client.callTool(params, {
      onprogress: ({ message: text = "" }) => heard.push(text),
    });
    expect(textsOf(first)[0]).toBe("Let me look.\n\nIt is late.");
    expect(heard[0]).toMatch(/^Let/);

    script.add(answerWith("One."));
    const { conversation_id } = data(first);
    const second = await ask(client, "And now?", { conversation_id });
    expect(data(second)).toMatchObject({ conversation_id, status: "done", answer: "One." });
    const transcript = await person.send(`/api/v1/conversations/${conversation_id}`);
    expect(await transcript.json()).toMatchObject({ turns: [{}, { result: "One." }] });
    await client.close();
  });

  it("reads why an answer has failed as the result of its call", async () => {
    script.add(...Array.from({ length: 4 }, () => refuseWith("ValidationException")));
    const client = await connect(options, { url });
    const result = await ask(client, "Hello");
    expect([result.isError, data(result).status]).toEqual([true, "failed"]);
    expect(textsOf(result)[0]).toMatch(/^The model [^{}]+\.$/);
    await client.close();
  });
});

describe("a call that waits for a person", () => {
  const askToCalculate = () =>
    script.add(
      callTools([{ name: "calculator", input: { expression: "6*7" } }], "I will."),
      answerWith("It is 42."),
    );

  it("is decided by the user of a client that can ask", async () => {
    askToCalculate();
    const client = await connect({ ...modern, capabilities: { elicitation: { form: {} } } });
    const asked: string[] = [];
    client.setRequestHandler("elicitation/create", ({ params }) => {
      asked.push(params.message);
      return { action: "accept", content: { decision: "approve" } };
    });
    const result = await ask(client, "Calculate");
    expect(asked).toEqual([expect.stringContaining('"expression": "6*7"')]);
    expect(data(result)).toMatchObject({ status: "done", answer: "I will.\n\nIt is 42." });
    await client.close();
  });

  it("is decided at its link for every other client", async () => {
    askToCalculate();
    const client = await connect({});
    const result = await ask(client, "Calculate", { conversation_id: "waits" });
    expect(data(result)).toMatchObject({ status: "waiting", answer: "I will." });
    const [{ link = "" } = {}] = data(result).approvals as { link?: string }[];
    expect(link).toContain(`${twin.url}/approve/`);
    expect(textsOf(result).join("\n")).toContain(link);
    const barred = await ask(client, "Hello?", { conversation_id: "waits" });
    expect([barred.isError, textsOf(barred)[0]]).toEqual([
      true,
      expect.stringContaining("waits for a decision"),
    ]);
    await client.close();
  });
});

it("documents are searched and read as the owner of the key", async () => {
  const documents = createDocumentClient(person);
  const given = await documents.give("Holidays\n\nEverybody has 31 days of holidays a year.", {
    name: "Handbook.txt",
  });
  const client = await connect();
  const call = (name: string, input: object) => client.callTool({ name, arguments: { ...input } });
  const found = await call("search_documents", { question: "How many days of holidays?" });
  expect(textsOf(found)[0]).toContain("31 days");
  expect(data(found)).toMatchObject({
    passages: [{ index: 1, document_id: given.id, text: expect.stringContaining("31 days") }],
  });
  const read = await call("fetch_document", { document_id: given.id });
  expect(textsOf(read)[0]).toContain("31 days");
  const unknown = await call("fetch_document", { document_id: crypto.randomUUID() });
  expect([unknown.isError, textsOf(unknown)]).toEqual([
    true,
    [expect.stringMatching(/^There is no/)],
  ]);
  await client.close();
});

it("a message with an idempotency key is answered once", async () => {
  script.add(answerWith("Once."));
  const client = await connect();
  const params = {
    name: "ask",
    arguments: { message: "Hello" },
    _meta: { "idempotency-key": "1" },
  };
  const [first, again] = [await client.callTool(params), await client.callTool(params)];
  expect(data(again)).toMatchObject({ turn_id: data(first).turn_id, answer: "Once." });
  const other = await client.callTool({ ...params, arguments: { message: "Something else" } });
  expect([other.isError, textsOf(other)]).toEqual([
    true,
    [expect.stringContaining("another body")],
  ]);
  await client.close();
});

it("an answer goes on when its client hangs up, at whatever byte", async () => {
  const send = (conversation_id: string, signal?: AbortSignal) => {
    script.add(answerWith("All of it arrives."));
    const call = message("tools/call", {
      ...{ name: "ask", arguments: { message: "Hello", conversation_id } },
      _meta: { progressToken: 1 },
    });
    return post(call, {}, edge, signal);
  };
  for (const bytes of await placesToHangUp([0, 1, 60, 200], () => send("is whole"))) {
    const conversation_id = `hangs-up-${bytes}`;
    await hangUpAfter(bytes, (signal) => send(conversation_id, signal));
    // The stream begins before the message is stored, so the next message could come first.
    await expect.poll(() => script.remaining).toBe(0);
    script.add(answerWith("And more."));
    const client = await connect();
    const next = await ask(client, "Go on", { conversation_id });
    expect(data(next)).toMatchObject({ status: "done", answer: "And more." });
    const path = `/api/v1/conversations/${data(next).conversation_id}`;
    expect(await (await person.send(path)).json()).toMatchObject({
      turns: [{ status: "done", result: "All of it arrives." }, { result: "And more." }],
    });
    await client.close();
  }
});

describe("a request that is refused", () => {
  const list = message("tools/list");
  const call = (name: string) => message("tools/call", { name, arguments: { message: "Hi" } });
  const cookie = person.cookie;

  it.each<[string, unknown, Record<string, string>, number, object]>([
    [
      "has a wrong key",
      list,
      { authorization: `Bearer ${key.slice(0, -1)}_` },
      401,
      { type: "unauthorized" },
    ],
    ["has only a cookie", list, { authorization: "", cookie }, 401, { type: "unauthorized" }],
    [
      "comes from another page",
      list,
      { origin: "https://example.com" },
      403,
      { type: "cross_site" },
    ],
    ["is a batch", [list, list], {}, 400, { type: "bad_request" }],
    ["is no object", "null", {}, 400, { type: "bad_request" }],
    ["is no JSON", "{", {}, 400, { type: "bad_request" }],
    [
      "is no JSON by its type",
      list,
      { "content-type": "text/plain" },
      415,
      { type: "unsupported_media_type" },
    ],
    ["is above 4 MiB", "x".repeat(4 * 1024 * 1024 + 1), {}, 413, { type: "payload_too_large" }],
  ])(
    "because it %s, gets an error of JSON-RPC in both entrances",
    async (_case, body, headers, status, data) => {
      for (const url of [edge, functionUrl]) {
        const response = await post(body, headers, url);
        expect([url, response.status]).toEqual([url, status]);
        expect(await response.json()).toMatchObject({ jsonrpc: "2.0", id: null, error: { data } });
      }
    },
  );

  it.each([
    ["chat", "search_documents"],
    ["documents:read", "ask"],
  ] as const)("has a key with the scope %s only, and calls %s", async (scope, name) => {
    const headers = { authorization: `Bearer ${await makeKey([scope])}` };
    expect((await post(list, headers)).status).toBe(200);
    const response = await post(call(name), headers);
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ error: { data: { type: "missing_scope" } } });
  });

  it("names a method or a tool that does not exist", async () => {
    const client = await connect();
    for (const name of ["other", "constructor", "__proto__"]) {
      await expect(client.callTool({ name })).rejects.toMatchObject({ code: -32_602 });
    }
    expect(await (await post(message("other/method"))).text()).toContain("-32601");
    await client.close();
  });

  it("has headers that say something else than its body", async () => {
    const meta = {
      "io.modelcontextprotocol/protocolVersion": "2026-07-28",
      "io.modelcontextprotocol/clientCapabilities": {},
    };
    const { id, jsonrpc, method, params } = call("ask");
    const body = { id, jsonrpc, method, params: { ...params, _meta: meta } };
    const version = { "mcp-protocol-version": "2026-07-28" };
    for (const wrong of [
      { "mcp-method": "tools/list", "mcp-name": "ask" },
      { "mcp-method": "tools/call", "mcp-name": "search_documents" },
      { "mcp-method": "tools/call" },
    ]) {
      const response = await post(body, { ...version, ...wrong });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: { code: -32_020 } });
    }
  });

  it("gets no stream without a message, and finds nothing under the path", async () => {
    for (const method of ["GET", "DELETE"]) {
      const response = await fetch(edge, { method });
      expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
    }
    for (const base of [edge, functionUrl]) {
      const response = await post(list, {}, `${base}/nothing`);
      expect(response.status).toBe(404);
      expect(response.headers.get("content-type")).toContain("json");
    }
  });
});

describe("the official conformance suites", () => {
  // They send no key. This server adds one, and has its own name replaced by the twin's.
  const withKey = createServer((incoming, outgoing) => {
    const { host = "" } = incoming.headers;
    const renamed = Object.entries(incoming.headers).map(([name, value]) => [
      name,
      String(value).replace(host.startsWith("localhost") ? host : "", new URL(twin.url).host),
    ]);
    const headers = { ...Object.fromEntries(renamed), authorization: `Bearer ${key}` };
    const sent = request(edge, { method: incoming.method ?? "GET", headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(sent);
  });
  beforeAll(() => new Promise<void>((resolve) => withKey.listen(0, "localhost", resolve)));
  afterAll(() => void withKey.close());

  it.each(passedByServer)("$suite finds no fault in $name at $revision", async (scenario) => {
    const { suite, name, revision } = scenario;
    const address = withKey.address();
    const url = `http://localhost:${typeof address === "object" ? address?.port : ""}/mcp`;
    const args = ["server", "--url", url, "--scenario", name];
    const output = await runSuite(suite, ...args, ...revisionOf(suite, revision));
    const [, passed, failed, warned] =
      /Passed: (\d+)\/\d+, (\d+) failed, (\d+) warnings/.exec(output) ?? [];
    const failures = [...output.matchAll(/^ {2}- ([A-Z]\w+): /gm)].map(([, check = ""]) => check);
    const excepted = Object.keys(scenario.except ?? {});
    expect([...new Set(failures)].sort()).toEqual(excepted.sort());
    expect([Number(passed) > 0, Number(failed), warned]).toEqual([true, failures.length, "0"]);
  });

  it.each(Object.keys(suites) as Suite[])(
    "%s has no scenario for servers that is neither passed nor an exception",
    async (suite) => {
      const names = await scenariosOf(suite, "Server scenarios (");
      expect(names.length).toBeGreaterThan(20);
      const known = passedByServer.filter((one) => one.suite === suite).map(({ name }) => name);
      const isException = (name: string) =>
        Object.keys(serverExceptions).some((beginning) => name.startsWith(beginning));
      expect(names.filter((name) => !known.includes(name) && !isException(name))).toEqual([]);
      expect(known.filter((name) => !names.includes(name))).toEqual([]);
    },
  );
});

it("the program of the documentation works when it is pasted", async () => {
  script.add(answerWith("It is 84."));
  const { stdout } = await runGuide({
    ...{ page: "mcp.md", origin: twin.url },
    environment: { EAA_KEY: key },
  });
  expect(stdout).toMatch(/^It is 84\. [0-9a-f-]{36}\n$/);
});
