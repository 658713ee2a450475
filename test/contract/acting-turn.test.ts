import * as v from "valibot";
import { afterAll, describe, expect, it } from "vitest";
import { createAgent } from "#lib/agent/agent.ts";
import { runTurn } from "#lib/chat/run-turn.ts";
import type { TurnState } from "#lib/contract/chat.ts";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import type { PolicyRule } from "#lib/platform/tool-policy.ts";
import { defineTool, type Tool, ToolRefusal } from "#lib/tools/tool.ts";
import { type AnswerEvent, type LanguageModel, textEvents } from "#local/bedrock/answer.ts";
import { texts, toolResults, toolUses } from "#local/bedrock/converse-request.ts";
import { scriptedToolCall } from "#local/bedrock/script.ts";
import { startBedrock } from "#local/bedrock/server.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { decisionAbout } from "./act-steps.ts";
import { openStores, type Turns } from "./open-stores.ts";
import { type Accepted, acceptAll } from "./turn-steps.ts";

const { database, letLeaseRunOut, requestsOf, sql, threadOf, turns, turnsOn } = await openStores();

/** A call that the model makes: the tool's name and whom to send to. Its id is the model's own, and may repeat. */
type Call = [name: string, to: string, id?: string];

/** The message is the model's plan: the calls of each answer. After the last one the model says "Done." */
const planOf = (...answers: Call[][]): string => JSON.stringify(answers);

/** A model that does what the newest message says, however often and wherever the turn starts again. */
const obedientModel: LanguageModel = ({ request: { messages } }) => {
  const start = messages.findLastIndex(
    (message) => texts(message).length > 0 && message.role === "user",
  );
  const [message = ""] = messages.slice(start).flatMap((sent) => texts(sent));
  const answers: Call[][] = message.startsWith("[") ? JSON.parse(message) : [];
  const step = messages.slice(start).filter((sent) => toolUses(sent).length > 0).length;
  const calls = answers[step] ?? [];
  const events: AnswerEvent[] = calls.flatMap(([name, to, id]) =>
    scriptedToolCall(name, JSON.stringify({ to }), id),
  );
  return calls.length > 0
    ? [...events, { type: "stop", reason: "tool_use" }]
    : [...textEvents("Done."), { type: "stop", reason: "end_turn" }];
};

const bedrock = await startBedrock({ model: obedientModel });
afterAll(async () => {
  await bedrock.close();
  expect(bedrock.rejections).toEqual([]);
});

/** The results that the last model call was sent. */
const resultsSent = () =>
  (bedrock.calls.at(-1)?.request.messages ?? [])
    .flatMap((message) => toolResults(message))
    .map(({ content }) => JSON.stringify(content));

/** Returns tools that count what they do. */
function createTools(description = "Sends a message.") {
  const sent: string[] = [];
  const read: string[] = [];
  const input = v.object({ to: v.string() });
  const send = defineTool({
    ...{ name: "send", description, effect: "write", input },
    run({ to }) {
      if (to === "nobody") throw new ToolRefusal("there is nobody.");
      return `sent ${to}, number ${sent.push(to)}`;
    },
  });
  const look = defineTool({
    ...{ name: "look", description: "Looks somebody up.", effect: "external_read", input },
    run: ({ to }) => `found ${to}, number ${read.push(to)}`,
  });
  return { sent, read, tools: [send, look] };
}

const allowAll: readonly PolicyRule[] = [{ tool: "*", policy: "allow" }];
const askSend: readonly PolicyRule[] = [{ tool: "send", policy: "ask" }];

interface Deployment {
  tools: readonly Tool[];
  toolPolicy?: readonly PolicyRule[];
  beatIntervalMs?: number;
}

/** Claims the next turn of a conversation and runs it, as a fresh invocation. */
async function run(
  { tools, toolPolicy = allowAll, beatIntervalMs = 60_000 }: Deployment,
  { owner, conversationId }: Pick<Accepted, "owner" | "conversationId">,
  on: Pick<Turns, "claim"> = turns,
) {
  const claim = await on.claim({ owner, conversationId });
  if (claim.outcome !== "claimed") throw new Error(`The claim was ${claim.outcome}.`);
  const { telemetry } = recordingTelemetry();
  const agent = createAgent({
    ...{ tools, toolPolicy, telemetry },
    ...{ modelId: "demo-model", region: "us-east-1", bedrockEndpoint: bedrock.endpoint },
  });
  const time = { turnMs: () => 60_000, hasTimeForTurn: () => true, summaryMs: () => 0 };
  const checkAnswer = async () => ({});
  const dependencies = {
    ...{ checkAnswer, telemetry, time, requestId: "request-1", beatIntervalMs },
    hasTitles: false,
  };
  const running = runTurn({ ...dependencies, loadAgent: async () => agent }, owner, claim);
  const events: StreamEvent[] = [];
  let next = await running.next();
  for (; !next.done; next = await running.next()) events.push(next.value);
  return { status: next.value.status, events };
}

async function stateOf(accepted: Accepted): Promise<TurnState> {
  const watched = await turns.watch(accepted);
  if (!watched) throw new Error("There is no such turn.");
  return watched.turn;
}

const callsOf = ({ tools }: TurnState) => tools.map(({ id, state }) => `${id.slice(37)} ${state}`);

async function decideAll(accepted: Accepted, decision: "approve" | "deny"): Promise<void> {
  const { tools } = await stateOf(accepted);
  for (const { id, approval } of tools) {
    if (approval?.state !== "open") continue;
    const argumentsSha256 = approval.arguments_sha256;
    const call = { id, argumentsSha256 } as Parameters<typeof decisionAbout>[1];
    expect(await turns.decide(decisionAbout(accepted, call, { decision }))).toMatchObject({
      outcome: "decided",
    });
  }
}

async function accept(...messages: string[]): Promise<Accepted> {
  const [first] = await acceptAll(turns, messages);
  return first;
}

describe("a turn costs", () => {
  it.each([
    ["two requests without an effect", planOf([["look", "Ada"]]), 2],
    ["two more for one effect", planOf([["send", "Ada"]]), 4],
    [
      "two more for each effect",
      planOf(
        [
          ["send", "Ada"],
          ["look", "Bob"],
          ["send", "Bob"],
        ],
        [["send", "Cid"]],
      ),
      8,
    ],
  ])("%s", async (_, plan, requests) => {
    const { tools } = createTools();
    const accepted = await accept(plan);
    expect(await requestsOf(() => run({ tools }, accepted))).toBe(requests);
    expect(await stateOf(accepted)).toMatchObject({ status: "done", result: "Done." });
  });
});

const longPlan = planOf(
  [
    ["look", "Ada"],
    ["send", "Ada", "same"],
    ["send", "Bob", "same"],
  ],
  [["send", "Cid", "same"]],
);
const longRequests = 8;

/** Returns a store whose database fails from its `count`th request on, before or after that request is done. */
function dyingAt(count: number, when: "before" | "after") {
  let requests = 0;
  const dying =
    <Args extends unknown[], Result>(work: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      requests += 1;
      if (requests > count || (requests === count && when === "before")) throw new Error("died");
      const result = await work(...args);
      if (requests === count) throw new Error("died");
      return result;
    };
  return turnsOn({ query: dying(database.query), transaction: dying(database.transaction) });
}

const deaths = Array.from({ length: longRequests - 1 }, (_, index) => index + 2).flatMap((count) =>
  (["before", "after"] as const).map((when) => [count, when] as const),
);

describe("a runner that dies", () => {
  it.each(deaths)("at request %i, %s it, repeats no effect", async (count, when) => {
    const { sent, tools } = createTools();
    const accepted = await accept(longPlan, "Are you there?");
    await expect(run({ tools }, accepted, dyingAt(count, when))).rejects.toThrow();
    const hasEnded = (await stateOf(accepted)).finished_at !== null;
    const dead = [...sent];
    await letLeaseRunOut(accepted.conversationId);
    if (!hasEnded) expect((await run({ tools }, accepted)).status).toBe("ended");

    const state = await stateOf(accepted);
    expect(state).toMatchObject({ status: "done", result: "Done." });
    // Requests 2, 4 and 6 claim an effect, and 3, 5 and 7 settle it.
    const acting = Math.floor(count / 2);
    const isUnknown = count % 2 === 0 ? when === "after" : when === "before";
    const states = [1, 2, 3].map((act) =>
      act === acting && isUnknown && count < longRequests ? "unknown" : "done",
    );
    expect(callsOf(state).sort()).toEqual([
      "1.0 done",
      `1.1 ${states[0]}`,
      `1.2 ${states[1]}`,
      `2.0 ${states[2]}`,
    ]);
    const wasNeverRun = count % 2 === 0 && when === "after" && count < longRequests;
    const names = ["Ada", "Bob", "Cid"].filter(
      (_, index) => !(wasNeverRun && index + 1 === acting),
    );
    expect(sent).toEqual(names);
    expect(sent.slice(0, dead.length)).toEqual(dead);
    expect((await run({ tools }, accepted)).status).toBe("ended");
  });
});

describe("a turn whose runners die", () => {
  it("gets on with each claim, and so does not fail", async () => {
    const { tools } = createTools();
    const names = ["Ada", "Bob", "Cid", "Dan", "Eve"];
    const accepted = await accept(planOf(names.map((name) => ["send", name])));
    for (const [index] of names.entries()) {
      // Each runner claims one call more than the runner before it.
      await expect(run({ tools }, accepted, dyingAt(index + 2, "after"))).rejects.toThrow();
      await letLeaseRunOut(accepted.conversationId);
    }
    expect((await run({ tools }, accepted)).status).toBe("ended");
    const state = await stateOf(accepted);
    expect(state.status).toBe("done");
    expect(callsOf(state)).toEqual(names.map((_, index) => `1.${index} unknown`));
  });
});

describe("a runner that dies after a decision", () => {
  it.each([
    [2, "before", "done", ["Ada"]],
    [2, "after", "unknown", []],
    [3, "before", "unknown", ["Ada"]],
    [3, "after", "done", ["Ada"]],
    [4, "before", "done", ["Ada"]],
  ] as const)("at request %i, %s it, uses it once", async (count, when, state, names) => {
    const { sent, tools } = createTools();
    const deployment = { tools, toolPolicy: askSend };
    const accepted = await accept(
      planOf([
        ["send", "Ada"],
        ["look", "Bob"],
      ]),
    );
    await run(deployment, accepted);
    await decideAll(accepted, "approve");
    await expect(run(deployment, accepted, dyingAt(count, when))).rejects.toThrow();
    await letLeaseRunOut(accepted.conversationId);
    expect((await run(deployment, accepted)).status).toBe("ended");
    expect(sent).toEqual(names);
    expect(callsOf(await stateOf(accepted)).sort()).toEqual([`1.0 ${state}`, "1.1 done"]);
  });
});

describe("a stopped turn tells the next one what it did", () => {
  it("while it waited", async () => {
    const { sent, tools } = createTools();
    const plan = planOf([["send", "Ada"]], [["send", "Ada"]]);
    const accepted = await accept(plan, "Are you there?");
    expect((await run({ tools }, accepted)).status).toBe("waiting");
    await turns.stop(accepted);
    expect(callsOf(await stateOf(accepted))).toEqual(["1.0 done", "2.0 failed"]);
    await run({ tools }, accepted);
    expect(resultsSent()).toEqual([
      '[{"text":"> sent Ada, number 1"}]',
      '[{"text":"The turn ended before this call did anything."}]',
    ]);
    expect(sent).toEqual(["Ada"]);
  });

  it("after its runner died", async () => {
    const { sent, tools } = createTools();
    const accepted = await accept(planOf([["send", "Ada"]], [["send", "Bob"]]), "Are you there?");
    await expect(run({ tools }, accepted, dyingAt(4, "after"))).rejects.toThrow();
    await letLeaseRunOut(accepted.conversationId);
    await turns.stop(accepted);
    expect(callsOf(await stateOf(accepted))).toEqual(["1.0 done", "2.0 unknown"]);
    await run({ tools }, accepted);
    expect(resultsSent()).toEqual([
      '[{"text":"> sent Ada, number 1"}]',
      expect.stringContaining("It is unknown whether this call took effect"),
    ]);
    expect(sent).toEqual(["Ada"]);
  });

  it("after its runner died, and the next runner before it came so far", async () => {
    const { sent, tools } = createTools();
    const plan = planOf([
      ["send", "Ada"],
      ["send", "Bob"],
    ]);
    const accepted = await accept(plan, "Are you there?");
    await expect(run({ tools }, accepted, dyingAt(4, "after"))).rejects.toThrow();
    await letLeaseRunOut(accepted.conversationId);
    await expect(run({ tools }, accepted, dyingAt(2, "before"))).rejects.toThrow();
    await letLeaseRunOut(accepted.conversationId);
    await turns.stop(accepted);
    expect(callsOf(await stateOf(accepted))).toEqual(["1.0 done", "1.1 unknown"]);
    await run({ tools }, accepted);
    expect(resultsSent()).toEqual([
      '[{"text":"> sent Ada, number 1"}]',
      expect.stringContaining("It is unknown whether this call took effect"),
    ]);
    expect(sent).toEqual(["Ada"]);
  });

  it("while its runner acted", async () => {
    const { read, tools } = createTools();
    const accepted = await accept(
      planOf([
        ["look", "Ada"],
        ["hang", "Bob"],
      ]),
      "Are you there?",
    );
    const hang = defineTool({
      ...{ name: "hang", description: "Never returns.", effect: "write" },
      input: v.object({ to: v.string() }),
      async run() {
        await turns.stop(accepted);
        return new Promise<string>(() => {});
      },
    });
    const { events } = await run({ tools: [...tools, hang], beatIntervalMs: 10 }, accepted);
    expect(events.at(-1)?.event).toBe("stopped");
    expect(callsOf(await stateOf(accepted))).toEqual(["1.0 done", "1.1 unknown"]);
    await run({ tools }, accepted);
    expect(resultsSent()).toEqual([
      '[{"text":"> found Ada, number 1"}]',
      expect.stringContaining("It is unknown whether this call took effect"),
    ]);
    expect(read).toEqual(["Ada"]);
    expect(await threadOf(accepted.conversationId)).toHaveLength(7);
  });
});

describe("a turn that waits", () => {
  it("continues after the decision, and reads what was decided", async () => {
    const { sent, read, tools } = createTools();
    const accepted = await accept(
      planOf(
        [
          ["look", "Ada"],
          ["send", "Ada"],
        ],
        [["send", "Bob"]],
      ),
    );
    expect((await run({ tools, toolPolicy: askSend }, accepted)).status).toBe("waiting");
    expect([sent, read]).toEqual([[], []]);
    expect(callsOf(await stateOf(accepted))).toEqual(["1.1 waiting"]);
    await decideAll(accepted, "approve");
    expect((await run({ tools, toolPolicy: askSend }, accepted)).status).toBe("waiting");
    expect([sent, read]).toEqual([["Ada"], ["Ada"]]);
    await decideAll(accepted, "deny");
    expect((await run({ tools, toolPolicy: askSend }, accepted)).status).toBe("ended");
    expect(sent).toEqual(["Ada"]);
    expect(resultsSent().at(-1)).toContain("The person refused this call");
    expect(await stateOf(accepted)).toMatchObject({ status: "done", parkings: 2, attempt: 3 });
  });

  it("asks again if the deployment has changed the tool since the decision", async () => {
    const [before, after] = [createTools(), createTools("Sends a message to all.")];
    const accepted = await accept(planOf([["send", "Ada"]]));
    await run({ tools: before.tools, toolPolicy: askSend }, accepted);
    await decideAll(accepted, "approve");
    expect((await run({ tools: after.tools, toolPolicy: askSend }, accepted)).status).toBe(
      "waiting",
    );
    expect([before.sent, after.sent]).toEqual([[], []]);
    await decideAll(accepted, "approve");
    expect((await run({ tools: after.tools, toolPolicy: askSend }, accepted)).status).toBe("ended");
    expect(after.sent).toEqual(["Ada"]);
  });

  it("refuses an approved call whose tool is gone", async () => {
    const { sent, tools } = createTools();
    const accepted = await accept(planOf([["send", "Ada"]]));
    await run({ tools, toolPolicy: askSend }, accepted);
    await decideAll(accepted, "approve");
    const left = tools.filter(({ name }) => name !== "send");
    expect((await run({ tools: left, toolPolicy: askSend }, accepted)).status).toBe("ended");
    expect(sent).toEqual([]);
    expect((await stateOf(accepted)).tools).toMatchObject([{ state: "failed", effect: "write" }]);
  });

  it("fails if its thread cannot be read, runs nothing, and leaves a thread that goes on", async () => {
    const { sent, tools } = createTools();
    const plan = planOf([["send", "Ada"]], [["send", "Bob"]]);
    const accepted = await accept(plan, "And now?");
    expect((await run({ tools, toolPolicy: askSend }, accepted)).status).toBe("waiting");
    await decideAll(accepted, "approve");
    expect((await run({ tools, toolPolicy: askSend }, accepted)).status).toBe("waiting");
    await decideAll(accepted, "approve");
    await sql("update checkpoint_blobs set blob = '{' where thread_id = $1", [
      accepted.conversationId,
    ]);
    // Another instance: the one that parked the turn has its thread in memory.
    const { events } = await run({ tools, toolPolicy: askSend }, accepted, turnsOn({}));
    expect(events.at(-1)).toMatchObject({ event: "error", data: { type: "internal_error" } });
    expect(callsOf(await stateOf(accepted))).toEqual(["1.0 done", "2.0 failed"]);
    await run({ tools }, accepted, turnsOn({}));
    expect(resultsSent()).toEqual([
      '[{"text":"> sent Ada, number 1"}]',
      '[{"text":"The turn ended before this call did anything."}]',
    ]);
    expect(sent).toEqual(["Ada"]);
  });

  it("is asked about an effect that happened before, in any turn of the conversation", async () => {
    const { sent, tools } = createTools();
    const plan = planOf([["send", "Ada"]]);
    const first = await accept(plan, plan);
    await run({ tools }, first);
    expect((await run({ tools }, first)).status).toBe("waiting");
    expect(sent).toEqual(["Ada"]);
    const [second] = await sql(
      "select id from turns where conversation_id = $1 and status = 'waiting'",
      [first.conversationId],
    );
    const waiting = { ...first, turnId: String(second?.id) };
    expect((await stateOf(waiting)).tools[0]?.approval?.before).toMatchObject({ state: "done" });
    await decideAll(waiting, "approve");
    await run({ tools }, first);
    expect(sent).toEqual(["Ada", "Ada"]);
  });
});
