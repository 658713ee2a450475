import { setTimeout as delay } from "node:timers/promises";
import { DefaultChatTransport, type UIMessage } from "ai";
import OpenAI from "openai";
import { expect, it } from "vitest";
import type { TurnState } from "#lib/contract/chat.ts";
import { responseIdOf } from "#lib/facades/openai-response.ts";
import { openChat } from "#test/clients/ai-sdk-client.ts";
import { createResponsesReader } from "#test/clients/openai-client.ts";
import { readOwnEvents } from "#test/clients/own-client.ts";
import { isFullRun } from "#test/clients/run-size.ts";
import { answerOf, type ShownAnswer } from "#test/clients/shown-answer.ts";
import { createRandom, type SeededRandom } from "#test/support/seeded-random.ts";
import { openFaultTwin } from "./fault-twin.ts";
import { seed } from "./run-size.ts";

const system = openFaultTwin(
  { firstTokenMs: 50, tokensPerSecond: 50 },
  // The model would be held in the title of the conversation before.
  { CHAT_TITLES: "off" },
);

const rounds = isFullRun ? 40 : 2;
const patienceMs = 90_000;
const questions = ["What is 12.5% of 480?", "What time is it?", "Write a long answer."] as const;

it(`one turn ends the same for the clients of three protocols (FAULTS_SEED=${seed})`, {
  timeout: rounds * patienceMs,
}, async () => {
  const random = createRandom(seed);
  const authorization = `Bearer ${await newToken()}`;
  for (let round = 0; round < rounds; round += 1) await talk(random, authorization);
});

const newToken = () => system.client.loginForToken(system.twin.password);

/** A turn begins with the AI SDK. Its runner may die, all three follow or take over, and OpenAI's client may stop it. */
async function talk(random: SeededRandom, authorization: string): Promise<void> {
  const conversationId = crypto.randomUUID();
  const api = `${system.twin.url}/api/ai-sdk/chat`;
  const headers = { authorization };
  const transport = new DefaultChatTransport<UIMessage>({ api, headers });
  const { responses } = new OpenAI({
    ...{ baseURL: `${system.twin.url}/v1`, apiKey: authorization.slice("Bearer ".length) },
  });
  const stored = async (): Promise<TurnState | undefined> => {
    const response = await system.client.send(`/api/v1/conversations/${conversationId}`);
    if (response.status !== 200) return undefined;
    return ((await response.json()) as { turns: TurnState[] }).turns.at(-1);
  };

  const gate = system.twin.parts.bedrock.script.hold({ afterDeltas: random.integer(0, 6) });
  let chat = openChat(transport, [], conversationId);
  const sending = chat.send(random.pick(questions));
  await gate.reached;
  const begun = await stored();
  if (!begun) throw new Error("The conversation is unknown after its first message.");
  const { turn_id: turnId } = begun;
  if (random.happens(0.7)) await system.twin.functionKill("ai-sdk-chat");
  else gate.release();

  const responseId = responseIdOf({ turnId });
  const openAi = createResponsesReader(responses, responseId, () =>
    responses.retrieve(responseId, { stream: true }),
  );
  const query = `conversation_id=${conversationId}&turn_id=${turnId}`;
  const readers = {
    "AI SDK": async () => {
      await sending;
      if (chat.shown().outcome === "broken") await chat.resume();
      if (chat.shown().outcome !== "broken") return chat.shown();
      const messages = await (await fetch(`${api}/${conversationId}`, { headers })).json();
      chat = openChat(transport, messages, conversationId);
      return chat.shown();
    },
    OpenAI: openAi.read,
    own: async () => {
      const response = await system.client.send(`/api/v1/chat?${query}`);
      return readOwnEvents(response, turnId);
    },
  };
  const reading = Object.entries(readers).map(async ([name, read]) => ({
    ...{ name, shown: await untilEnded(read) },
  }));
  if (random.happens(0.3)) await responses.cancel(responseId);
  const answers = await Promise.all(reading);
  const turn = await stored();
  if (!turn) throw new Error("The turn is gone.");
  for (const { name, shown } of answers) {
    const shows = name === "OpenAI" ? "calls that have ended" : "every call";
    expect({ name, ...shown }).toEqual({
      name,
      parts: answerOf(turn, shows),
      outcome: turn.status,
    });
  }
}

async function untilEnded(read: () => Promise<ShownAnswer>): Promise<ShownAnswer> {
  const giveUpAt = performance.now() + patienceMs;
  while (performance.now() < giveUpAt) {
    const shown = await read();
    if (shown.outcome !== "broken" && shown.outcome !== "waiting") return shown;
    await delay(200);
  }
  throw new Error("stuck: an answer never ended");
}
