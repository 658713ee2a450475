import {
  Client,
  type ClientOptions,
  type Progress,
  StreamableHTTPClientTransport,
} from "@modelcontextprotocol/client";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import type { ThreadClaim } from "#lib/chat/claim-with-thread.ts";
import type { ToolCall } from "#lib/contract/chat.ts";
import { AskResult } from "#lib/contract/mcp.ts";
import type { NewTurn } from "#lib/conversations/accept-turn.ts";
import type { DecisionInput } from "#lib/conversations/decide-call.ts";
import type { WatchedTurn } from "#lib/conversations/turn-store.ts";
import { idempotencyMeta } from "#lib/mcp/idempotency-meta.ts";
import { DatabaseUnavailable } from "#lib/platform/database-errors.ts";
import { defineTool, ToolRefusal } from "#lib/tools/tool.ts";
import {
  agentOf,
  claimOf,
  dependenciesOf,
  ended,
  leaseOf,
  said,
} from "#test/support/streamed-turns.ts";
import { conversationId, turnId, turnState } from "#test/support/turn-state.ts";
import { answerMcp } from "./mcp-server.ts";
import { mcpToolsOf } from "./mcp-tools.ts";

const hash = "a".repeat(64);
const callId = `${turnId}.1.0`;
const call = (changes: Partial<ToolCall> = {}): ToolCall => ({
  ...{ id: callId, name: "send_webhook", state: "waiting", effect: "write", text_offset: 3 },
  input: { to: "team", text: "Hi" },
  approval: {
    ...{ arguments_sha256: hash, state: "open", expires_at: "2026-12-01T00:00:00Z" },
  },
  ...changes,
});
const waiting: ThreadClaim = {
  outcome: "waiting",
  turn: turnState({ status: "waiting", partial: "On.", tools: [call()], parkings: 1 }),
};
const done: ThreadClaim = { outcome: "idle", turn: ended };
const answering = (): ThreadClaim => claimOf(leaseOf().lease);

interface Server {
  claims?: ThreadClaim[];
  /** What a follower reads of the turn. */
  watched?: WatchedTurn[];
  /** Whose key is revoked. */
  apiKey?: { id: string; key: string };
  accept?: (input: NewTurn) => void;
  /** `late`: somebody else has decided. */
  decide?: (input: DecisionInput) => unknown;
  failure?: Error;
}

/** Connects the real client to the real server, without a network between them. */
async function connect(
  { claims = [answering()], watched = [], apiKey, accept, decide, failure }: Server = {},
  options: ClientOptions = { versionNegotiation: { mode: "auto" } },
) {
  const { agent } = agentOf(said);
  const { dependencies } = dependenciesOf({ agent, watched });
  const next = () => {
    if (failure) throw failure;
    return claims.shift() ?? done;
  };
  const all = {
    ...dependencies,
    ...{
      turnDeadlineMs: 60_000,
      messageLimit: 100,
      keys: { keptMs: 5, find: async () => undefined },
    },
    sendTurnRun: async () => {},
    approvalLinks: { linkTo: async () => "https://example.com/approve/token" },
    turns: {
      ...dependencies.turns,
      decide: async (input: DecisionInput) => {
        if (decide?.(input) === "late") return { outcome: "already_decided" as const };
        return {
          ...{ outcome: "decided" as const, owner: "owner-1" },
          turn: turnState({ status: "queued" }),
        };
      },
    },
    claim: async () => next(),
    acceptAndClaim: async (input: NewTurn) => {
      accept?.(input);
      const acceptance = { outcome: "accepted" as const, status: "queued" as const };
      return { acceptance: { ...acceptance, conversationId, turnId }, claim: next() };
    },
    documentTools: [searching],
  };
  const work: Promise<void>[] = [];
  const request = {
    ...{ requestId: "r", method: "POST", path: "/mcp", headers: {}, cookies: {}, query: {} },
    ...{
      params: {},
      body: "",
      isBase64Encoded: false,
      sourceIp: "",
      receivedBy: "gateway" as const,
    },
    ...{ caller: { owner: "owner-1" }, ...(apiKey && { apiKey }) },
  };
  const client = new Client({ name: "test", version: "1" }, options);
  const transport = new StreamableHTTPClientTransport(new URL("https://localhost/mcp"), {
    fetch: async (url, init) => {
      if (init?.method !== "POST") return new Response(null, { status: 405 });
      const tools = mcpToolsOf(all, { request, remainingMs: () => 900_000, work });
      const message = JSON.parse(String(init.body));
      return answerMcp({ version: "1.2.3", tools }, new Request(url, init), message);
    },
  });
  await client.connect(transport);
  return { client, work };
}

const searching = defineTool({
  ...{ name: "search_documents", description: "For the model", effect: "none" },
  input: v.strictObject({ question: v.pipe(v.string(), v.regex(/\S/, "must not be blank")) }),
  run: ({ question }, { cite, owner, conversationId: of }) => {
    if (question === "nothing") throw new ToolRefusal("there is nothing.");
    const source = { title: "Handbook", document_id: conversationId, quote: "A quote" };
    const passage = { versionId: turnId, text: "The whole text", start: 0, end: 14 };
    return `[${cite(source, passage)}] for ${owner} in ${of}`;
  },
});

const ask = (client: Client, message = "Hello", more = {}) =>
  client.callTool({ name: "ask", arguments: { message, ...more } });

type Result = Awaited<ReturnType<Client["callTool"]>>;
const textsOf = ({ content }: Result) =>
  content.map((block) => (block.type === "text" ? block.text : block.type));

describe.each([
  ["2026-07-28", { versionNegotiation: { mode: "auto" } } as const],
  ["2025", {}],
])("a client of %s", (_revision, options) => {
  it("finds the tools, and gets an answer as text and as data", async () => {
    const { client } = await connect({}, options);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(["ask", "search_documents"]);
    const result = await ask(client);
    expect(result.isError ?? false).toBe(false);
    expect(textsOf(result)).toEqual(["Hi there", expect.stringContaining(conversationId)]);
    expect(v.parse(AskResult, result.structuredContent)).toEqual({
      ...{ conversation_id: conversationId, turn_id: turnId, status: "done" },
      ...{ answer: "Hi there", sources: [], cost_usd: 0.5 },
    });
  });

  it("hears how far the answer is, if it wants to", async () => {
    const { client } = await connect({}, options);
    const heard: Progress[] = [];
    const params = { name: "ask", arguments: { message: "Hello" } };
    await client.callTool(params, { onprogress: (progress) => heard.push(progress) });
    expect(heard).toEqual([{ progress: 1, message: expect.stringMatching(/^Hi /) }]);
  });

  it("gets a failure as one sentence, and no thrown error", async () => {
    const { client } = await connect({ failure: new Error("secret detail") }, options);
    const result = await ask(client);
    expect([result.isError, textsOf(result)]).toEqual([
      true,
      ["Something went wrong on our side. Try again."],
    ]);
    const { client: other } = await connect(
      { failure: new DatabaseUnavailable("unreachable") },
      options,
    );
    expect(textsOf(await ask(other))).toEqual([expect.stringMatching(/^[A-Z].*\.$/)]);
  });

  it.each([
    ["a blank message", " ", {}, "message must not be empty."],
    ["a long message", "x".repeat(101), {}, "message must have at most 100 characters."],
    ["an unknown argument", "Hello", { model: "other" }, expect.stringContaining("model")],
    [
      "an endless id",
      "Hello",
      { conversation_id: "x".repeat(201) },
      expect.stringContaining("200"),
    ],
  ])("reads why %s is refused", async (_case, message, more, sentence) => {
    const { client } = await connect({}, options);
    const result = await ask(client, message, more);
    expect([result.isError, textsOf(result)]).toEqual([true, [sentence]]);
  });

  it("gets passages as the agent does, for its owner", async () => {
    const { client } = await connect({}, options);
    const search = (question: string) =>
      client.callTool({ name: "search_documents", arguments: { question } });
    const found = await search("What?");
    expect(textsOf(found)).toEqual(["[1] for owner-1 in 00000000-0000-0000-0000-000000000000"]);
    expect(found.structuredContent).toEqual({
      passages: [
        {
          ...{ index: 1, title: "Handbook", document_id: conversationId, quote: "A quote" },
          text: "The whole text",
        },
      ],
    });
    expect(textsOf(await search("nothing"))).toEqual(["There is nothing."]);
    expect(textsOf(await search(" "))).toEqual(["question must not be blank."]);
  });

  it("is told that a tool does not exist", async () => {
    const { client } = await connect({}, options);
    await expect(client.callTool({ name: "other" })).rejects.toThrow('There is no tool "other".');
  });

  it.each<[string, ThreadClaim, string, unknown]>([
    [
      "stopped",
      { outcome: "idle", turn: turnState({ ...ended, status: "stopped" }) },
      "stopped",
      ["Hi there", "The answer was stopped before its end.", expect.anything()],
    ],
    [
      "failed",
      {
        outcome: "idle",
        turn: turnState({
          ...ended,
          ...{ status: "failed", result: null },
          error: {
            ...{ type: "model_failed", title: "Model failed", status: 502 },
            detail: "The model couldn't answer.",
          },
        }),
      },
      "failed",
      ["The model couldn't answer.", expect.anything()],
    ],
  ])("takes no answer that has %s for a success", async (_end, claim, status, texts) => {
    const { client } = await connect({ claims: [claim] }, options);
    const result = await ask(client);
    expect(result.isError).toBe(true);
    expect(result.structuredContent).toMatchObject({ status });
    expect(textsOf(result)).toEqual(texts);
  });

  it("who cannot be asked gets the link to the page where a person decides", async () => {
    const { client } = await connect({ claims: [waiting] }, options);
    const result = await ask(client);
    expect(textsOf(result).join("\n")).toContain("https://example.com/approve/token");
    expect(result.structuredContent).toMatchObject({
      ...{ status: "waiting", answer: "On." },
      approvals: [{ tool: "send_webhook", arguments: { to: "team", text: "Hi" } }],
    });
  });
});

describe.each([
  ["2026-07-28", { versionNegotiation: { mode: "auto" } } as const],
  ["2025", {}],
])("a call by a client of %s", (_revision, options) => {
  const running = turnState({ status: "running", partial: "Half an " });
  const busy: ThreadClaim = { outcome: "busy", turn: running };

  it("gets the answer of the runner that takes the turn over", async () => {
    const abandoned = { turn: { ...running, partial: "Half an answer" }, isAbandoned: true };
    const { client } = await connect(
      { claims: [busy, answering()], watched: [abandoned] },
      options,
    );
    const result = await ask(client);
    expect(result.structuredContent).toMatchObject({ status: "done", answer: "Hi there" });
    expect(textsOf(result)[0]).toBe("Hi there");
  });

  it("is told that its key was revoked, and that the answer goes on", async () => {
    const watched = Array.from({ length: 1_000 }, () => ({ turn: running, isAbandoned: false }));
    const apiKey = { id: "id", key: "key" };
    const { client } = await connect({ claims: [busy], watched, apiKey }, options);
    const result = await ask(client);
    expect(result.structuredContent).toMatchObject({ status: "running", answer: "Half an " });
    expect([result.isError, textsOf(result)[0]]).toEqual([true, "This API key was revoked."]);
  });

  it.each<[string, "refused" | "idle"]>([
    ["the claim", "refused"],
    ["an earlier request", "idle"],
  ])("reads that a budget is used up, as %s has found", async (_when, outcome) => {
    const detail = "The budget of this API key for today is used up.";
    const error = {
      ...{ type: "budget_exhausted", title: "Budget exhausted", status: 402, detail },
      ...{ scope: "key/day" as const, resets_at: "2026-12-01T00:00:00Z" },
    };
    const turn = turnState({ ...ended, status: "failed", result: null, error });
    const { client } = await connect({ claims: [{ outcome, turn }] }, options);
    const result = await ask(client);
    expect([result.isError, textsOf(result)]).toEqual([true, [detail]]);
  });
});

it("a message has an idempotency key if its client gives it one", async () => {
  const accepted: NewTurn[] = [];
  const { client } = await connect({ accept: (turn) => accepted.push(turn) });
  const params = { name: "ask", arguments: { message: "Hello" } };
  await client.callTool({ ...params, _meta: { [idempotencyMeta]: "one" } });
  await client.callTool({ ...params, _meta: { [idempotencyMeta]: "one" } });
  await client.callTool(params);
  const keys = accepted.map(({ idempotencyKey }) => idempotencyKey);
  expect(keys).toEqual([expect.stringMatching(/^mcp:[0-9a-f]{64}$/), keys[0], undefined]);
});

describe("a client that can ask its user", () => {
  const asking = {
    capabilities: { elicitation: { form: {} } },
    versionNegotiation: { mode: "auto" },
  } as const;

  async function decideWith(answer: { action: string; content?: object }, claims: ThreadClaim[]) {
    const decided: DecisionInput[] = [];
    const { client } = await connect({ claims, decide: (one) => decided.push(one) }, asking);
    const asked: string[] = [];
    client.setRequestHandler("elicitation/create", ({ params }) => {
      asked.push(params.message);
      return answer as { action: "cancel" };
    });
    return { result: await ask(client), decided, asked };
  }

  it("decides with the arguments before it, and gets the answer of the same call", async () => {
    const content = { decision: "approve", note: "Fine." };
    const { result, decided, asked } = await decideWith({ action: "accept", content }, [
      waiting,
      done,
    ]);
    expect(asked).toEqual([
      expect.stringMatching(/^The assistant wants to call send_webhook:\n\{\n {2}"to": "team",/),
    ]);
    expect(decided).toMatchObject([
      { owner: "owner-1", callId, argumentsSha256: hash, decision: "approve", note: "Fine." },
    ]);
    expect(textsOf(result)[0]).toBe("Hi there");
  });

  it("is told that somebody else has decided", async () => {
    const content = { decision: "approve" };
    const { client } = await connect({ claims: [waiting], decide: () => "late" }, asking);
    client.setRequestHandler("elicitation/create", () => ({ action: "accept", content }));
    const result = await ask(client);
    expect([result.isError, textsOf(result)]).toEqual([
      true,
      [expect.stringMatching(/^There is another decision about this call already\./)],
    ]);
  });

  it("denies by declining", async () => {
    const { result, decided } = await decideWith({ action: "decline" }, [waiting, done]);
    expect(decided).toMatchObject([{ decision: "deny" }]);
    expect(textsOf(result)[0]).toBe("Hi there");
  });

  it("decides nothing by cancelling, and is not asked again", async () => {
    const { result, decided, asked } = await decideWith({ action: "cancel" }, [waiting, waiting]);
    expect([decided, asked.length]).toEqual([[], 1]);
    expect(result.structuredContent).toMatchObject({ status: "waiting" });
  });

  it.each([{ decision: "maybe" }, undefined])("decides nothing with %j", async (content) => {
    const { result, decided } = await decideWith(
      { action: "accept", ...(content && { content }) },
      [waiting],
    );
    expect(decided).toEqual([]);
    expect([result.isError, textsOf(result)]).toEqual([true, [expect.stringMatching(/decision/)]]);
  });
});

it("a client of 2026-07-28 comes back by itself if the stream breaks off before the answer", async () => {
  const empty: ThreadClaim = { outcome: "empty" };
  const { client } = await connect({ claims: [empty, done] });
  expect(textsOf(await ask(client))[0]).toBe("Hi there");
});

it("a client of 2025 is told that the answer goes on without it", async () => {
  const { client } = await connect({ claims: [{ outcome: "empty" }] }, {});
  const result = await ask(client);
  expect([result.isError, textsOf(result)[0]]).toEqual([true, expect.stringContaining("goes on")]);
});

it("the runner's last work is waited for, also after the result", async () => {
  const { client, work } = await connect();
  await ask(client);
  expect(work.length).toBe(1);
  await Promise.all(work);
});
