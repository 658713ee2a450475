import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { createClient, ProblemError } from "#clients/typescript/src/index.ts";
import type { ApiKeyCreate, ApiKeyCreated, ApiKeyList } from "#lib/contract/api-key.ts";
import type { ConversationPage } from "#lib/contract/conversation.ts";
import type { Problem } from "#lib/contract/problem.ts";
import { answerWith, createGate, interrupt, stall } from "#local/bedrock/script.ts";
import { type ChatClient, readAll } from "#test/support/chat-client.ts";
import { manyAddresses } from "#test/support/many-addresses.ts";
import { openTwin } from "#test/support/open-twin.ts";

const nextAddress = manyAddresses();
let address = nextAddress();
const { twin, options, logIn } = await openTwin({
  viewerAddress: () => address,
  environment: {
    CHAT_REQUESTS_PER_MINUTE: "120",
    KEY_KEPT_SECONDS: "1",
    BEDROCK_PRICES: '{"demo-model":{"input":1,"output":5}}',
    BUDGET_TURN_USD: "0.7",
  },
});

/** Makes a key in a person's session, as the page does. */
async function makeKey(owner: ChatClient, changes: Partial<ApiKeyCreate> = {}) {
  const body = { name: "Report", ...changes };
  const response = await owner.sendJson("POST", "/api/v1/keys", body);
  expect(response.status).toBe(200);
  return (await response.json()) as ApiKeyCreated;
}

const revoke = async (owner: ChatClient, id: string) =>
  expect((await owner.send(`/api/v1/keys/${id}`, { method: "DELETE" })).status).toBe(204);

const atFunctionUrl = (key: string) => createClient({ url: twin.functionUrl, key });
/** Through API Gateway, as programs without the function URL do. */
const atGateway = (key: string) =>
  createClient({ url: twin.gatewayUrl, key, headers: { "x-api-key": twin.apiKeys.program } });

/** Returns the problem of a refused request. */
const refusalOf = (request: Promise<unknown>): Promise<Problem | undefined> =>
  request.then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof ProblemError) return error.problem;
      throw error;
    },
  );

const send = (key: string, message = "Hello") =>
  Array.fromAsync(atFunctionUrl(key).chat({ message }));

/** Sends a message over the protocol of the AI SDK, through the page's address, and returns the response's status. */
async function statusOfFacade(headers: Record<string, string>): Promise<number> {
  const message = {
    id: crypto.randomUUID(),
    role: "user",
    parts: [{ type: "text", text: "Hello" }],
  };
  const body = { id: crypto.randomUUID(), trigger: "submit-message", messages: [message] };
  const response = await fetch(new URL("/api/ai-sdk/chat", twin.url), {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  await response.body?.cancel();
  return response.status;
}

describe("a key that a person has made", () => {
  it("chats at the function URL, and its conversation is in the person's list", async () => {
    const owner = await logIn();
    const { key, id } = await makeKey(owner);
    const last = (await send(key, "Hello from a program")).at(-1);
    expect(last?.event).toBe("done");
    const list = await (await owner.send("/api/v1/conversations")).json();
    expect((list as ConversationPage).conversations).toMatchObject([
      { title: "Hello from a program" },
    ]);
    const { keys } = (await (await owner.send("/api/v1/keys")).json()) as ApiKeyList;
    expect(keys).toMatchObject([{ id, last_used_at: expect.any(String) }]);
    expect(keys[0]?.spent_today_usd).toBeGreaterThan(0);
  });

  it("reads at the gateway what its scopes open, and nothing else", async () => {
    const owner = await logIn();
    const [chat, documents] = [
      await makeKey(owner),
      await makeKey(owner, { scopes: ["documents:read"] }),
    ];
    await owner.chat("Hello from a person");
    const gateway = atGateway(chat.key);
    const { conversations } = await gateway.request("GET /api/v1/conversations");
    expect(conversations.map(({ title }) => title)).toEqual(["Hello from a person"]);
    await gateway.request("GET /api/v1/usage");
    const events = await Array.fromAsync(gateway.chat({ message: "And from a program" }));
    expect(events.at(-1)?.event).toBe("done");
    expect(await refusalOf(gateway.request("GET /api/v1/documents"))).toMatchObject({
      ...{ status: 403, type: "missing_scope" },
      detail: "This key needs the scope documents:read.",
    });
    expect(
      (await atGateway(documents.key).request("GET /api/v1/documents")).documents,
    ).toBeInstanceOf(Array);
    expect(await refusalOf(send(documents.key))).toMatchObject({ type: "missing_scope" });
    for (const route of [
      "GET /api/v1/keys",
      "GET /api/v1/settings",
      "GET /api/v1/devices",
      "GET /api/v1/notes",
    ] as const) {
      expect(await refusalOf(gateway.request(route)), route).toMatchObject({ status: 401 });
    }
  });

  it("is refused once it is revoked, and its open stream ends while the turn goes on", async () => {
    const owner = await logIn();
    const { key, id } = await makeKey(owner);
    const gate = createGate();
    twin.parts.bedrock.script.add(interrupt(answerWith("One two three"), 1, stall(gate)));
    const events = atFunctionUrl(key).chat({ message: "Count" });
    const { value: first } = await events.next();
    if (first?.event !== "turn") throw new Error(`The first event is ${first?.event}`);
    await gate.reached;
    await revoke(owner, id);
    const last = (await Array.fromAsync(events)).at(-1);
    expect(last).toMatchObject({
      event: "error",
      data: { type: "unauthorized", detail: "This API key was revoked.", retryable: false },
    });
    expect(await refusalOf(send(key))).toMatchObject({ status: 401, type: "unauthorized" });
    gate.release();
    const { conversation_id, turn_id } = first.data;
    const followed = await owner.send(
      `/api/v1/chat?conversation_id=${conversation_id}&turn_id=${turn_id}`,
    );
    expect((await readAll(followed)).at(-1)).toMatchObject({
      event: "done",
      data: { text: "One two three" },
    });
  });

  it("gets a 402 of its own budget, which leaves the owner's alone", async () => {
    const owner = await logIn();
    const { key } = await makeKey(owner, { daily_budget_usd: 0.01 });
    expect(await refusalOf(send(key))).toMatchObject({
      ...{ status: 402, type: "budget_exhausted", scope: "key/day" },
      resets_at: expect.any(String),
    });
    expect((await owner.chat("Hello")).events.at(-1)?.event).toBe("done");
  });

  it("works nowhere as a cookie, and no cookie works on the paths of other protocols", async () => {
    const owner = await logIn();
    const { key } = await makeKey(owner);
    const [name = ""] = owner.cookie.split("=");
    const withKey = { headers: { cookie: `${name}=${key}` } };
    expect((await fetch(new URL("/api/v1/conversations", twin.url), withKey)).status).toBe(401);
    expect(await statusOfFacade({ cookie: owner.cookie })).toBe(401);
    const withBoth = { authorization: `Bearer ${key}`, cookie: "session=garbage" };
    expect(await statusOfFacade(withBoth)).toBe(200);
  });
});

describe("an invalid key", () => {
  it("is a 401 twenty times, then a 429, and slows no valid key of the address down", async () => {
    address = nextAddress();
    const owner = await logIn();
    const { key } = await makeKey(owner);
    const unknown = await makeKey(owner);
    await revoke(owner, unknown.id);
    const mistyped = `${key.slice(0, -1)}${key.endsWith("0") ? "1" : "0"}`;
    const statuses: number[] = [];
    for (let count = 0; count < 21; count += 1) {
      const invalid = count % 2 === 0 ? mistyped : unknown.key;
      statuses.push(await statusOfFacade({ authorization: `Bearer ${invalid}` }));
    }
    expect(statuses).toEqual([...Array(20).fill(401), 429]);
    expect(await statusOfFacade({ authorization: `Bearer ${key}` })).toBe(200);
  });
});

describe("npm run keys", () => {
  /** Runs the command in the folder of the running twin. */
  const run = async (...args: string[]) =>
    (
      await promisify(execFile)(process.execPath, ["scripts/keys.ts", ...args], {
        env: { PATH: process.env.PATH, LOCAL_DATA_DIR: options.dataDirectory },
      })
    ).stdout;

  it("makes a key of its own owner on the running twin, lists it and revokes it", async () => {
    const [key = ""] = (await run("create", "--name", "Operator", "--daily-usd", "5")).split("\n");
    expect((await send(key)).at(-1)?.event).toBe("done");
    const { conversations } = await atGateway(key).request("GET /api/v1/conversations");
    expect(conversations).toHaveLength(1);
    const [, id = ""] = key.split("_");
    expect(await run("list")).toContain(id);
    await run("revoke", id);
    await expect
      .poll(() => refusalOf(atGateway(key).request("GET /api/v1/usage")))
      .toMatchObject({
        status: 401,
      });
    expect(await run("list")).not.toContain(id);
  });

  it("lets a key act as the person whose id it is given", async () => {
    const owner = await logIn();
    const { subject } = (await (await owner.send("/api/me")).json()) as { subject: string };
    const [key = ""] = (await run("create", "--name", "Theirs", "--owner", subject)).split("\n");
    await owner.chat("Hello from a person");
    const { conversations } = await atGateway(key).request("GET /api/v1/conversations");
    expect(conversations).toMatchObject([{ title: "Hello from a person" }]);
  });
});
