import { rmSync } from "node:fs";
import pg from "pg";
import { describe, expect, it, onTestFinished } from "vitest";
import type { TurnState } from "#lib/contract/chat.ts";
import type { ConversationWithTurns } from "#lib/contract/conversation.ts";
import type { Problem } from "#lib/contract/problem.ts";
import type { UsageReport } from "#lib/contract/usage.ts";
import { callTools } from "#local/bedrock/script.ts";
import { startTwin } from "#local/twin.ts";
import { ChatClient, readAll } from "#test/support/chat-client.ts";
import { openTwin } from "#test/support/open-twin.ts";
import { copyPreparedTwin, newDataDirectory } from "#test/support/twin-options.ts";

/** One owner's day covers the worst case of one turn, and no other turn once the first has cost anything. */
const { twin, options, logIn } = await openTwin({
  environment: {
    CHAT_REQUESTS_PER_MINUTE: "120",
    BEDROCK_PRICES: '{"demo-model":{"input":1,"output":5}}',
    BUDGET_TURN_USD: "0.7",
    BUDGET_OWNER_DAY_USD: "0.7",
    TOOL_POLICY: '[{"tool":"calculator","policy":"ask"}]',
  },
});

it("a twin whose turns could not run names the budget that is enough, and does not start", async () => {
  const dataDirectory = newDataDirectory();
  onTestFinished(() => rmSync(dataDirectory, { recursive: true, force: true }));
  copyPreparedTwin(dataDirectory);
  const environment = { ...options.environment, BUDGET_TURN_USD: "0.01" };
  await expect(startTwin({ ...options, dataDirectory, environment })).rejects.toThrow(
    /BUDGET_TURN_USD is 0\.01, but one call of demo-model with a full thread may cost (\d\.\d\d): raise it to at least \1,/,
  );
});

/** Logs in and spends the day's budget. */
async function spentClient(): Promise<{ client: ChatClient; conversationId: string }> {
  const client = await logIn();
  const { conversation_id } = await client.chat("Hello");
  return { client, conversationId: conversation_id };
}

/** Books what the person's other conversations have cost meanwhile. */
async function spendElsewhere(client: ChatClient): Promise<void> {
  const { subject } = (await (await client.send("/api/me")).json()) as { subject: string };
  const database = new pg.Client({ connectionString: twin.parts.postgres.ownerUrl("app") });
  await database.connect();
  const spend = "update budgets set settled = settled + 500000 where scope = 'owner/day ' || $1";
  const { rowCount } = await database.query(spend, [subject]);
  await database.end();
  expect(rowCount).toBe(1);
}

const turnOf = async (client: ChatClient, { conversation_id, turn_id }: Problem) =>
  (await (
    await client.send(`/api/v1/chat?conversation_id=${conversation_id}&turn_id=${turn_id}`, {
      headers: { accept: "application/json" },
    })
  ).json()) as TurnState;

describe("a person whose budget is used up", () => {
  it("gets a 402 with the time of the next period, and the message stays", async () => {
    const { client, conversationId } = await spentClient();
    const response = await client.stream("And now?", conversationId);
    expect(response.status).toBe(402);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    const problem = (await response.json()) as Problem;
    expect(problem).toMatchObject({
      type: "budget_exhausted",
      detail: "Your budget for today is used up. Send the message again tomorrow.",
      conversation_id: conversationId,
      scope: "owner/day",
    });
    expect(Date.parse(problem.resets_at ?? "")).toBeGreaterThan(Date.now());
    expect(await turnOf(client, problem)).toMatchObject({
      status: "failed",
      message: "And now?",
      error: { type: "budget_exhausted" },
    });
    const transcript = await client.send(`/api/v1/conversations/${conversationId}`);
    const { turns } = (await transcript.json()) as ConversationWithTurns;
    expect(turns.map(({ message }) => message)).toEqual(["Hello", "And now?"]);
  });

  it("gets the same 402 for the same idempotency key", async () => {
    const { client } = await spentClient();
    const send = () => client.stream("Again?", undefined, { "idempotency-key": "budget-1" });
    const [first, second] = [await send(), await send()];
    expect([first.status, second.status]).toEqual([402, 402]);
    const [one, two] = [(await first.json()) as Problem, (await second.json()) as Problem];
    expect(two.turn_id).toBe(one.turn_id);
  });

  it("gets the 402 from the stream's GET too, and an error event for the turn later", async () => {
    const { client } = await spentClient();
    const { stream_url } = await client.post("Accepted");
    expect((await client.send(stream_url)).status).toBe(402);
    expect((await readAll(await client.send(stream_url))).at(-1)).toMatchObject({
      event: "error",
      data: { type: "budget_exhausted", retryable: false },
    });
  });

  it("loses no queued message: each one ends as failed", async () => {
    const { client, conversationId } = await spentClient();
    await client.post("one", conversationId);
    const { stream_url } = await client.post("two", conversationId);
    expect((await client.send(stream_url)).status).toBe(402);
    const transcript = await client.send(`/api/v1/conversations/${conversationId}`);
    const { turns } = (await transcript.json()) as ConversationWithTurns;
    expect(turns.map(({ status }) => status)).toEqual(["done", "failed", "failed"]);
  });

  it("cannot decide about a call whose turn the budget no longer covers, and the turn waits on", async () => {
    const client = await logIn();
    const input = { expression: "2+2" };
    twin.parts.bedrock.script.add(callTools([{ name: "calculator", input }]));
    const { stream_url, conversation_id, turn_id } = await client.post("Please calculate");
    const last = (await readAll(await client.send(stream_url))).at(-1);
    if (last?.event !== "waiting") throw new Error(`The stream ends with ${last?.event}.`);
    const [call] = last.data.calls;
    await spendElsewhere(client);
    const decide = () =>
      client.sendJson("POST", "/api/v1/chat/decision", {
        ...{ conversation_id, turn_id, call_id: call?.id, decision: "approve" },
        arguments_sha256: call?.approval?.arguments_sha256,
      });
    const response = await decide();
    expect(response.status).toBe(402);
    const problem = (await response.json()) as Problem;
    expect(problem).toMatchObject({
      ...{ type: "budget_exhausted", conversation_id, turn_id },
      detail: expect.stringContaining("Nothing is decided."),
    });
    expect(Date.parse(problem.resets_at ?? "")).toBeGreaterThan(Date.now());
    expect((await decide()).status).toBe(402);
    expect(await turnOf(client, problem)).toMatchObject({
      status: "waiting",
      tools: [{ state: "waiting", approval: { state: "open" } }],
    });
    // Nothing is reserved while a turn waits.
    const usage = (await (await client.send("/api/v1/usage?days=1")).json()) as UsageReport;
    expect(usage.today.reserved_usd).toBe(0);
  });

  it("sees in the usage what is spent, and when the budget renews", async () => {
    const { client, conversationId } = await spentClient();
    const response = await client.stream("And now?", conversationId);
    const { resets_at } = (await response.json()) as Problem;
    const { days, today, site } = (await (
      await client.send("/api/v1/usage?days=7")
    ).json()) as UsageReport;
    expect(days).toHaveLength(7);
    const spent = days.at(-1);
    // The refused turn has cost nothing, so that it does not count.
    expect(spent).toMatchObject({ turns: 1, is_estimated: false });
    expect(spent?.cost_usd).toBeCloseTo(
      ((spent?.input_tokens ?? 0) + 5 * (spent?.output_tokens ?? 0)) / 1_000_000,
      9,
    );
    expect(today).toMatchObject({ cap_usd: 0.7, settled_usd: spent?.cost_usd, reserved_usd: 0 });
    expect(today.left_usd).toBeGreaterThan(0);
    expect(today.resets_at).toBe(resets_at);
    expect(Object.keys(site.day)).toEqual(["left", "resets_at"]);
  });

  it("gets the 402 through the function URL", async () => {
    const { client } = await spentClient();
    const token = await client.loginForToken(twin.password);
    const send = () =>
      new ChatClient(twin.functionUrl).sendJson(
        "POST",
        "/api/v1/chat",
        { message: "Hello" },
        { authorization: `Bearer ${token}` },
      );
    expect((await send()).status).toBe(402);
  });
});
