import pg from "pg";
import { describe, expect, it } from "vitest";
import type { ConversationWithTurns } from "#lib/contract/conversation.ts";
import type { ConversationSettings } from "#lib/contract/conversation-settings.ts";
import type { Me } from "#lib/contract/session.ts";
import type { UsageReport } from "#lib/contract/usage.ts";
import { type ChatClient, readAll } from "#test/support/chat-client.ts";
import { openTwin } from "#test/support/open-twin.ts";

const nova = "us.amazon.nova-2-lite-v1:0";
const micro = "us.amazon.nova-micro-v1:0";

const { twin, logIn } = await openTwin({
  environment: {
    CHAT_REQUESTS_PER_MINUTE: "60",
    BEDROCK_MODEL_CHOICES: `${nova},${micro}`,
  },
});
const client = await logIn();
const lastCall = () => twin.parts.bedrock.calls.at(-1);
const systemTexts = () =>
  lastCall()?.request.system.flatMap((block) => ("text" in block ? [block.text] : [])) ?? [];

/** Begins a conversation with these settings and reads its answer. */
async function beginWith(settings: ConversationSettings, message = "Hello") {
  const response = await client.sendJson("POST", "/api/v1/chat/stream", { message, settings });
  const events = await readAll(response);
  const [turn] = events;
  if (turn?.event !== "turn") throw new Error("The answer has not begun.");
  return { conversationId: turn.data.conversation_id, done: doneOf(events) };
}

const doneOf = (events: Awaited<ReturnType<typeof readAll>>) =>
  events.findLast((event) => event.event === "done")?.data;

const patch = (id: string, settings: object, by: ChatClient = client) =>
  by.sendJson("PATCH", `/api/v1/conversations/${id}`, { settings });

const settingsOf = async (id: string) =>
  ((await (await client.send(`/api/v1/conversations/${id}`)).json()) as ConversationWithTurns)
    .settings;

it("a person sees the models with their prices", async () => {
  const { models } = (await (await client.send("/api/me")).json()) as Me;
  expect(models.map(({ name, price }) => [name, price])).toEqual([
    ["Demo model", null],
    ["Nova 2 Lite", { input_usd: 0.33, output_usd: 2.75 }],
    ["Nova Micro", { input_usd: 0.035, output_usd: 0.14 }],
  ]);
});

it("a conversation runs with the model and the effort of its first message, and changes them later", async () => {
  const { conversationId, done } = await beginWith({ model: nova, effort: "medium" });
  expect(lastCall()).toMatchObject({
    modelId: nova,
    request: {
      inferenceConfig: { maxTokens: 8_192 },
      additionalModelRequestFields: {
        reasoningConfig: { type: "enabled", maxReasoningEffort: "medium" },
      },
    },
  });
  expect(done).toMatchObject({ model: nova });
  const first = done?.usage?.cost_usd ?? 0;
  expect(first).toBeGreaterThan(0);

  const changed = await patch(conversationId, { model: micro });
  expect(changed.status).toBe(200);
  expect(await changed.json()).toMatchObject({ settings: { model: micro, effort: "medium" } });
  const second = doneOf((await client.chat("Hello again", conversationId)).events);
  expect(lastCall()?.modelId).toBe(micro);
  expect(lastCall()?.request.additionalModelRequestFields).toBeUndefined();
  expect(second?.model).toBe(micro);
  expect(second?.usage?.cost_usd).toBeLessThan(first);

  await patch(conversationId, { model: null, effort: null });
  expect(await settingsOf(conversationId)).toEqual({});
  expect(doneOf((await client.chat("And now", conversationId)).events)).toMatchObject({
    ...{ model: "demo-model", usage: { cost_usd: 0 } },
  });
  const usage = await (await client.send("/api/v1/usage")).json();
  const { today } = usage as UsageReport;
  expect(today.settled_usd).toBeCloseTo(first + (second?.usage?.cost_usd ?? 0), 5);
});

it("the model reads the instructions for all conversations and for this one, and follows them", async () => {
  const everywhere = await client.sendJson("PATCH", "/api/v1/settings", {
    instructions: "Be brief.",
  });
  expect(await everywhere.json()).toEqual({ instructions: "Be brief.", prompts: [] });
  const { conversationId, done } = await beginWith(
    { instructions: "Answer in German." },
    "Who are you?",
  );
  expect(systemTexts()).toHaveLength(2);
  expect(systemTexts()[1]).toMatch(/\n\| Be brief\.\n[\s\S]*\n\| Answer in German\.$/);
  expect(done?.text).toMatch(/^Ich bin das eingebaute Demo-Modell/);

  await patch(conversationId, { instructions: null });
  await client.sendJson("PATCH", "/api/v1/settings", { instructions: "" });
  const { text } = await client.chat("Who are you?", conversationId);
  expect(text).toMatch(/^I am the built-in demo model/);
  expect(systemTexts()).toHaveLength(1);
});

describe("settings that are refused", () => {
  const problemOf = async (response: Response) => ({
    status: response.status,
    ...((await response.json()) as { detail: string; field?: string }),
  });

  it.each([
    [{ instructions: "x".repeat(40_000) }, "settings.instructions", "at most 4000 characters"],
    [{ model: "us.anthropic.claude-opus-4-7" }, "settings.model", "one of the models of GET"],
    [{ effort: "extreme" }, "settings.effort", "must be low, medium or high"],
  ])("name the field", async (settings, field, detail) => {
    const { conversation_id: id } = await client.chat("Hello");
    const body = { message: "Hello", settings };
    for (const refused of [
      await patch(id, settings),
      await client.sendJson("POST", "/api/v1/chat", body),
      await client.sendJson("POST", "/api/v1/chat/stream", body),
    ]) {
      expect(await problemOf(refused)).toMatchObject({
        ...{ status: 400, field, detail: expect.stringContaining(detail) },
      });
    }
    expect(await settingsOf(id)).toEqual({});
  });

  it("of all conversations name the field", async () => {
    const change = (body: object) => client.sendJson("PATCH", "/api/v1/settings", body);
    const tooLong = { instructions: "x".repeat(40_000) };
    expect(await problemOf(await change(tooLong))).toMatchObject({
      ...{ status: 400, field: "instructions" },
    });
    const badName = { prompts: [{ name: "two words", text: "Hello" }] };
    expect(await problemOf(await change(badName))).toMatchObject({ field: "prompts.0.name" });
    const twice = { prompts: [1, 2].map(() => ({ name: "one", text: "Hello" })) };
    expect(await problemOf(await change(twice))).toMatchObject({ field: "prompts" });
  });

  it("belong to another owner: 404, and nothing changes", async () => {
    const { conversation_id: id } = await client.chat("Hello");
    const stranger = await logIn();
    expect((await patch(id, { model: nova }, stranger)).status).toBe(404);
    expect(await settingsOf(id)).toEqual({});
  });
});

it("a chosen model that is no longer offered gives way to the default", async () => {
  const { conversationId } = await beginWith({ model: micro });
  const database = new pg.Client({ connectionString: twin.parts.postgres.ownerUrl("app") });
  await database.connect();
  const choose = "update conversations set settings = $2 where id = $1";
  await database.query(choose, [conversationId, { model: "us.amazon.nova-premier-v1:0" }]);
  await database.end();
  const { events } = await client.chat("Hello again", conversationId);
  expect(doneOf(events)).toMatchObject({ model: "demo-model", remarks: [] });
});
