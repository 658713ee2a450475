import { setTimeout as delay } from "node:timers/promises";
import { HttpAgent, type Message } from "@ag-ui/client";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { DefaultChatTransport, type UIMessage } from "ai";
import OpenAI from "openai";
import { expect, it } from "vitest";
import { hasEnded } from "#lib/chat/has-ended.ts";
import type { ToolCall, TurnState } from "#lib/contract/chat.ts";
import { questionKeyOf, requestStateOf } from "#lib/facades/mcp-request.ts";
import { responseIdOf } from "#lib/facades/openai-response.ts";
import { approvalIdOf } from "#lib/facades/shown-call.ts";
import { createAgUiReader } from "#test/clients/ag-ui-client.ts";
import { openChat } from "#test/clients/ai-sdk-client.ts";
import { shownOf } from "#test/clients/mcp-client.ts";
import { createCompletionReader, createResponsesReader } from "#test/clients/openai-client.ts";
import { readOwnEvents } from "#test/clients/own-client.ts";
import { isFullRun } from "#test/clients/run-size.ts";
import { answerOf, type ProtocolUnderTest, type ShownAnswer } from "#test/clients/shown-answer.ts";
import { createRandom, type SeededRandom } from "#test/support/seeded-random.ts";
import { openFaultTwin } from "./fault-twin.ts";
import { seed } from "./run-size.ts";

const system = openFaultTwin(
  { firstTokenMs: 50, tokensPerSecond: 50 },
  {
    // The model would be held in the title of the conversation before.
    CHAT_TITLES: "off",
    TOOL_POLICY: '[{"tool":"calculator","policy":"ask"}]',
  },
);

const rounds = isFullRun ? 40 : 3;
const patienceMs = 90_000;
const questions = ["What is 12.5% of 480?", "What time is it?", "Write a long answer."] as const;

it(`one turn ends the same for the clients of all protocols (FAULTS_SEED=${seed})`, {
  timeout: rounds * patienceMs,
}, async () => {
  const random = createRandom(seed);
  const bearer = await system.client.loginForToken(system.twin.password);
  for (let round = 0; round < rounds; round += 1) {
    // The first round has a decision.
    const question = round === 0 ? questions[0] : random.pick(questions);
    await talk(random, bearer, question);
  }
});

/**
 * A turn begins with one client. Its runner may die, the clients of all protocols follow or take over, one or two of them decide about
 * its call, and one may stop it.
 */
async function talk(random: SeededRandom, bearer: string, question: string): Promise<void> {
  const headers = { authorization: `Bearer ${bearer}` };
  const api = `${system.twin.url}/api/ai-sdk/chat`;
  const transport = new DefaultChatTransport<UIMessage>({ api, headers });
  const openAi = new OpenAI({ baseURL: `${system.twin.url}/v1`, apiKey: bearer });
  const isCompletion = random.happens(0.3);

  const gate = system.twin.parts.bedrock.script.hold({ afterDeltas: random.integer(0, 6) });
  let hasAsked = false;
  const completion = createCompletionReader(() => {
    const messages = [{ role: "user" as const, content: question }];
    const body = { model: "default", messages, stream: true as const };
    const repeated = hasAsked ? { "x-stainless-retry-count": "1" } : {};
    hasAsked = true;
    return openAi.chat.completions.create(body, { headers: repeated });
  });
  let conversationId: string = crypto.randomUUID();
  let chat = openChat(transport, [], conversationId);
  const sending = isCompletion ? completion.read() : chat.send(question);
  await gate.reached;
  if (isCompletion) {
    conversationId = await newestConversation();
    chat = openChat(transport, [], conversationId);
  }
  const stored = async () => (await turnsOf(conversationId)).at(-1);
  const begun = await stored();
  if (!begun) throw new Error("The conversation is unknown after its first message.");
  const { turn_id: turnId } = begun;
  if (random.happens(0.7)) {
    await system.twin.functionKill(isCompletion ? "openai" : "ai-sdk-chat");
  } else gate.release();

  const responseId = responseIdOf({ turnId });
  const ask = await connectMcp(headers, conversationId, turnId, question);
  const openAgent = (initialMessages: Message[] = []) =>
    new HttpAgent({
      ...{ url: `${system.twin.url}/ag-ui`, headers, threadId: conversationId, initialMessages },
    });
  const readers: Record<string, () => Promise<ShownAnswer>> = {
    "AI SDK": async () => {
      if (!isCompletion) await sending;
      if (!hasEndedFor(chat.shown())) await chat.resume();
      if (chat.shown().outcome !== "broken") return chat.shown();
      const messages = await (await fetch(`${api}/${conversationId}`, { headers })).json();
      chat = openChat(transport, messages, conversationId);
      return chat.shown();
    },
    Responses: createResponsesReader(openAi.responses, responseId, () =>
      openAi.responses.retrieve(responseId, { stream: true }),
    ).read,
    "AG-UI": createAgUiReader(openAgent, async () =>
      ((await stored())?.tools ?? []).flatMap(({ state, output }) =>
        state === "done" && output !== undefined ? output : [],
      ),
    ).read,
    mcp: async () => shownOf(await ask()),
    own: async () => {
      const query = `conversation_id=${conversationId}&turn_id=${turnId}`;
      return readOwnEvents(await system.client.send(`/api/v1/chat?${query}`), turnId);
    },
    ...(isCompletion && {
      "Chat Completions": async () => {
        await sending;
        return completion.read();
      },
    }),
  };
  const deciders: Deciders = [
    ({ id: call_id }, arguments_sha256, decision) =>
      system.client.sendJson("POST", "/api/v1/chat/decision", {
        ...{ conversation_id: conversationId, turn_id: turnId },
        ...{ call_id, arguments_sha256, decision },
      }),
    ({ id }, sha256, decision) => {
      const payload = { approved: decision === "approve" };
      const interruptId = approvalIdOf(id, sha256);
      return openAgent().runAgent({ resume: [{ interruptId, status: "resolved", payload }] });
    },
    ({ id }, sha256, decision) =>
      ask({ [questionKeyOf(id, sha256)]: { action: "accept", content: { decision } } }),
  ];
  const reading = Object.entries(readers).map(async ([name, read]) => ({
    ...{ name, shown: await untilEnded(read) },
  }));
  const deciding = decideWhenItWaits(random, stored, deciders);
  if (random.happens(0.3)) await openAi.responses.cancel(responseId);
  const answers = await Promise.all(reading);
  await deciding;
  const [turn, ...more] = await turnsOf(conversationId);
  if (!turn) throw new Error("The turn is gone.");
  expect(more).toEqual([]);
  if (question === questions[0] && turn.status === "done") {
    const decided = turn.tools.map(({ approval }) => approval?.state);
    expect([["approved"], ["denied"]]).toContainEqual(decided);
  }
  for (const { name, shown } of answers) {
    const parts = answerOf(turn, showsOf[name] ?? "every call");
    expect({ name, ...shown }).toEqual({ name, parts, outcome: turn.status });
  }
}

type Decision = "approve" | "deny";
type Decide = (call: ToolCall, sha256: string, decision: Decision) => Promise<unknown>;
type Deciders = readonly [Decide, ...Decide[]];

const showsOf: Record<string, ProtocolUnderTest["shows"]> = {
  ...{ Responses: "calls that have ended", mcp: "no call", "Chat Completions": "no call" },
};

async function turnsOf(conversationId: string): Promise<TurnState[]> {
  const response = await system.client.send(`/api/v1/conversations/${conversationId}`);
  return response.status === 200 ? ((await response.json()) as { turns: TurnState[] }).turns : [];
}

async function newestConversation(): Promise<string> {
  const response = await system.client.send("/api/v1/conversations?limit=1");
  const { conversations } = (await response.json()) as { conversations: { id: string }[] };
  const [newest] = conversations;
  if (!newest) throw new Error("There is no conversation after the first message.");
  return newest.id;
}

/** Returns a call of `ask` that goes on with a turn. Its user decides elsewhere, or here with these answers. */
async function connectMcp(
  headers: Record<string, string>,
  conversationId: string,
  turnId: string,
  message: string,
) {
  const client = new Client(
    { name: "test", version: "1" },
    { versionNegotiation: { mode: "auto" }, inputRequired: { autoFulfill: false } },
  );
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${system.twin.url}/mcp`), {
      requestInit: { headers },
    }),
  );
  const requestState = requestStateOf(conversationId, turnId);
  return (inputResponses = {}) => {
    const call = { name: "ask", arguments: { message }, requestState, inputResponses };
    return client.callTool(call, { timeout: patienceMs });
  };
}

/** Two may decide at once, and not the same: one of them is refused. */
async function decideWhenItWaits(
  random: SeededRandom,
  stored: () => Promise<TurnState | undefined>,
  deciders: Deciders,
): Promise<void> {
  for (;;) {
    const turn = await stored();
    if (!turn || hasEnded(turn)) return;
    for (const call of turn.tools) {
      if (turn.status !== "waiting" || call.approval?.state !== "open") continue;
      const { arguments_sha256: sha256 } = call.approval;
      const chosen = [
        random.pick(deciders),
        ...(random.happens(0.5) ? [random.pick(deciders)] : []),
      ];
      const decide = (decider: Decide) =>
        decider(call, sha256, random.pick(["approve", "deny"] as const));
      await Promise.allSettled(chosen.map(decide));
    }
    await delay(200);
  }
}

const hasEndedFor = ({ outcome }: ShownAnswer) => outcome !== "broken" && outcome !== "waiting";

async function untilEnded(read: () => Promise<ShownAnswer>): Promise<ShownAnswer> {
  const giveUpAt = performance.now() + patienceMs;
  while (performance.now() < giveUpAt) {
    const shown = await read().catch((error: unknown): ShownAnswer => {
      if (isRefusal(error)) throw error;
      return { parts: [], outcome: "broken" };
    });
    if (hasEndedFor(shown)) return shown;
    await delay(200);
  }
  throw new Error("stuck: an answer never ended");
}

/** What a test asserts is no broken connection. */
const isRefusal = (error: unknown) => !(error instanceof Error) || error.name === "AssertionError";
