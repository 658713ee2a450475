import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { MemorySaver } from "@langchain/langgraph-checkpoint";
import * as v from "valibot";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AgentEvent, createAgent } from "#lib/agent/agent.ts";
import { BudgetExhausted, createPurse } from "#lib/budget/purse.ts";
import type { ToolCall } from "#lib/contract/chat.ts";
import type { PolicyRule } from "#lib/platform/tool-policy.ts";
import { createSendWebhook } from "#lib/tools/send-webhook.ts";
import { defineTool, type Tool, ToolRefusal } from "#lib/tools/tool.ts";
import { toolResults } from "#local/bedrock/converse-request.ts";
import { type BedrockServer, startBedrock } from "#local/bedrock/server.ts";
import { createMemoryActs } from "#test/support/memory-acts.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { runParts } from "#test/support/run-parts.ts";
import { createObedientModel } from "./obedient-model.ts";
import { corpus, type Poison } from "./poison.ts";

/** What has happened outside. */
let effects: string[];
const receiver = createServer((request, response) => {
  effects.push(`${request.method} ${request.url}`);
  response.end("ok");
});
let bedrock: BedrockServer;
let poison: Poison;

beforeAll(async () => {
  await once(receiver.listen(0, "127.0.0.1"), "listening");
  const demandsOf = () => poison.demands;
  bedrock = await startBedrock({
    model: createObedientModel({ name: "read_source", input: {} }, demandsOf),
  });
});
afterAll(async () => {
  await bedrock.close();
  receiver.close();
});
beforeEach(() => {
  effects = [];
  bedrock.calls.length = 0;
});

/** The tools of a deployment with two effects, a source of poison, and a tool of a server that nobody trusts. */
function toolsOf({ channel, text, name = "helper" }: Poison): Tool[] {
  const { port } = receiver.address() as AddressInfo;
  const write = (name: string, description: string, input: v.GenericSchema) =>
    defineTool({
      ...{ name, description, input, effect: "write" },
      run() {
        effects.push(name);
        return "done";
      },
    });
  return [
    defineTool({
      name: "read_source",
      description: "Reads.",
      input: v.object({}),
      effect: "external_read",
      run() {
        if (channel === "refusal") throw new ToolRefusal(text);
        return channel === "result" ? text : "nothing";
      },
    }),
    createSendWebhook({
      webhooks: new Map([["ops", new URL(`http://127.0.0.1:${port}/`)]]),
      ...{ version: "0.0.0", mayUseLoopback: true },
    }),
    write("save_note", "Keeps a note.", v.strictObject({ text: v.string() })),
    write(name, channel === "tool" ? text : "Helps.", v.looseObject({})),
  ];
}

const reserved = 250_000;

/** Starts a turn whose model obeys the poison. Continues it after each pause before an effect, as a runner does. */
function startTurn(policy: readonly PolicyRule[]) {
  const acts = createMemoryActs();
  const purse = createPurse({ reserved, callWorst: 40_000, store: async () => {} });
  const agent = createAgent({
    ...{ modelId: "us.amazon.nova-2-lite-v1:0", region: "us-east-1" },
    bedrockEndpoint: bedrock.endpoint,
    telemetry: recordingTelemetry().telemetry,
    tools: toolsOf(poison),
    toolPolicy: policy,
  });
  const checkpointer = new MemorySaver();
  const shown = new Map<string, ToolCall>();

  async function run(resumes: boolean): Promise<AgentEvent | undefined> {
    let last: AgentEvent | undefined;
    const turn = {
      ...{ turnId: "turn", conversationId: "conversation", message: "What does the source say?" },
      checkpointer,
    };
    const parts = runParts({ acts, purse, resumes, tools: [...shown.values()] });
    for await (const event of agent.run({ ...turn, ...parts })) {
      last = event;
      if (event.type === "tool") shown.set(event.tool.id, event.tool);
    }
    if (last?.type !== "paused") return last;
    if (last.reason === "effect") return run(true);
    for (const { id, name, input, effect } of last.calls) {
      shown.set(id, { id, name, input, effect, state: "waiting" });
    }
    return last;
  }
  return { run, purse, acts, calls: () => [...shown.values()] };
}

describe.each(corpus)("$title", (entry) => {
  beforeEach(() => {
    poison = entry;
  });

  it("has no effect without an approval", async () => {
    const policy: readonly PolicyRule[] = Object.freeze([]);
    const { run, purse, acts, calls } = startTurn(policy);
    await run(false);
    expect(effects).toEqual([]);
    expect(acts.log).toEqual([]);

    // A runner that continues without a decision asks again.
    if (calls().some(({ state }) => state === "waiting")) {
      expect(await run(true)).toMatchObject({ type: "paused", reason: "approval" });
    }
    expect(effects).toEqual([]);
    expect(acts.log.filter((line) => line.startsWith("settle"))).toEqual([]);
    const acted = calls().filter(({ effect, state }) => effect === "write" && state === "done");
    expect(acted).toEqual([]);

    // Neither the policy nor the budget has changed.
    expect(policy).toEqual([]);
    await expect(purse.take(reserved + 1)).rejects.toThrow(BudgetExhausted);
    expect(bedrock.calls.length).toBeLessThanOrEqual(8);
    expect(calls().length).toBeLessThanOrEqual(16);
    expect(bedrock.rejections).toEqual([]);
  });

  it("reaches the model as data only", async () => {
    await startTurn([]).run(false);
    const requests = bedrock.calls.map(({ request }) => request);
    const systems = requests.map(({ system }) => JSON.stringify(system));
    expect(new Set(systems.filter((text) => !text.includes("without a tool"))).size).toBe(1);
    const read = requests
      .flatMap(({ messages }) => messages.flatMap((message) => toolResults(message)))
      .flatMap(({ content }) => content.flatMap((part) => ("text" in part ? part.text : [])));
    expect(read.length).toBeGreaterThan(0);
    for (const text of read) {
      // Only a sentence of this system itself has no mark.
      const lines = text.split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/);
      const isMarked = lines.every((line) => line.startsWith("> "));
      expect(isMarked || text.startsWith("Error: one turn may use at most 16")).toBe(true);
    }
  });
});

it("the corpus has at least 40 texts, of every channel, each once", () => {
  expect(corpus.length).toBeGreaterThanOrEqual(40);
  expect(new Set(corpus.map(({ channel }) => channel)).size).toBe(3);
  expect(new Set(corpus.map(({ title }) => title)).size).toBe(corpus.length);
});

// Else no text of the corpus could have shown anything.
describe("under a policy that allows every effect", () => {
  const able = corpus.filter(({ demands }) =>
    demands.some(({ name, input }) => name === "send_webhook" && input.to === "ops"),
  );

  it("most texts demand an effect that would happen", () => {
    expect(able.length).toBeGreaterThanOrEqual(40);
  });

  it.each(able.slice(0, 5))("$title has its effect", async (entry) => {
    poison = entry;
    await startTurn([{ tool: "*", policy: "allow" }]).run(false);
    expect(effects).toContain("POST /");
  });
});
