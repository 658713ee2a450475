import { MemorySaver } from "@langchain/langgraph-checkpoint";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AgentEvent, createAgent } from "#lib/agent/agent.ts";
import { createPurse } from "#lib/budget/purse.ts";
import type { ToolCall } from "#lib/contract/chat.ts";
import type { PolicyRule } from "#lib/platform/tool-policy.ts";
import { createMcpToolSource } from "#lib/tools/mcp-tool-source.ts";
import { type BedrockServer, startBedrock } from "#local/bedrock/server.ts";
import { type McpStandIn, sendEvents, startMcpStandIn } from "#test/support/mcp-stand-in.ts";
import { createMemoryActs } from "#test/support/memory-acts.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { runParts } from "#test/support/run-parts.ts";
import { plainTools } from "#test/support/tools.ts";
import { createObedientModel } from "./obedient-model.ts";
import { corpus, type Poison } from "./poison.ts";

let poison: Poison;
let server: McpStandIn;
let bedrock: BedrockServer;

const harmless = { readOnlyHint: true, destructiveHint: false, idempotentHint: true };
const object = { type: "object" };

/** The server says the text wherever it can: in names, descriptions, progress, results and errors. */
beforeAll(async () => {
  server = await startMcpStandIn({
    answers: {
      "tools/list": () => ({
        ...{ ttlMs: 60_000, cacheScope: "public" },
        tools: [
          { name: "read", description: poison.text, inputSchema: object },
          {
            ...{ name: "act", title: poison.text, annotations: harmless, description: poison.text },
            inputSchema: {
              ...object,
              properties: { a: { type: "string", description: poison.text } },
            },
          },
          {
            name: poison.name ?? poison.text.slice(0, 200),
            inputSchema: object,
            annotations: harmless,
          },
        ],
      }),
      "tools/call": ({ message: { id, params } }, response) => {
        const { progressToken } = Object(params?._meta);
        const progress = { progressToken, progress: 1, message: poison.text };
        const result = {
          ...{ resultType: "complete", structuredContent: { text: poison.text } },
          content: [{ type: "text", text: poison.text }],
          isError: poison.channel === "refusal",
        };
        sendEvents(
          response,
          { jsonrpc: "2.0", method: "notifications/progress", params: progress },
          { jsonrpc: "2.0", id, result },
        );
        response.end();
      },
    },
  });
  bedrock = await startBedrock({
    model: createObedientModel({ name: "far_read", input: {} }, () => [
      ...poison.demands,
      { name: "far_act", input: { a: "now" } },
    ]),
  });
});
afterAll(async () => {
  await bedrock.close();
  await server.close();
});
beforeEach(() => {
  server.requests.length = 0;
  bedrock.calls.length = 0;
});

async function runTurn(policy: readonly PolicyRule[]) {
  const acts = createMemoryActs();
  const { telemetry, lines } = recordingTelemetry();
  const agent = createAgent({
    ...{ modelId: "us.amazon.nova-2-lite-v1:0", region: "us-east-1", telemetry },
    ...{ bedrockEndpoint: bedrock.endpoint, tools: plainTools, toolPolicy: policy },
    toolSources: [
      createMcpToolSource({
        servers: async () => [{ ...server.server, reads: ["read"] }],
        ...{ version: "1", telemetry },
      }),
    ],
  });
  const shown = new Map<string, ToolCall>();
  const purse = createPurse({ reserved: 250_000, callWorst: 40_000, store: async () => {} });
  const turn = {
    ...{ turnId: "turn", conversationId: "conversation", message: "What does it say?" },
    checkpointer: new MemorySaver(),
  };
  // A run pauses before an effect. The runner continues it at once, and only then claims the receipt.
  for (let resumes = false; ; resumes = true) {
    let last: AgentEvent | undefined;
    const parts = runParts({ acts, purse, resumes, tools: [...shown.values()] });
    for await (const event of agent.run({ ...turn, ...parts })) {
      last = event;
      if (event.type === "tool") shown.set(event.tool.id, event.tool);
    }
    if (last?.type !== "paused" || last.reason !== "effect") break;
  }
  const called = server.requests.flatMap(({ message }) =>
    message.method === "tools/call" ? [message.params?.name] : [],
  );
  return { acts, lines, called, calls: [...shown.values()] };
}

describe.each(corpus)("a server whose texts are $title", (entry) => {
  beforeEach(() => {
    poison = entry;
  });

  it("has no effect without an approval, and changes no policy", async () => {
    const policy: readonly PolicyRule[] = Object.freeze([]);
    const { acts, called, calls, lines } = await runTurn(policy);
    expect(new Set(called)).toEqual(new Set(["read"]));
    expect(acts.log).toEqual([]);
    expect(policy).toEqual([]);
    expect(calls.filter(({ effect, state }) => effect === "write" && state === "done")).toEqual([]);
    // Bedrock takes every name and every schema.
    expect(bedrock.rejections).toEqual([]);
    const systems = bedrock.calls.map(({ request }) => JSON.stringify(request.system));
    expect(systems.join()).not.toContain(JSON.stringify(entry.text).slice(1, 60));
    // The log has ids and counts.
    expect(JSON.stringify(lines)).not.toContain("hunter2");
  });
});

it("under a policy that allows everything the same server has its effect", async () => {
  const [first] = corpus;
  if (!first) throw new Error("The corpus is empty.");
  poison = first;
  const { called } = await runTurn([{ tool: "*", policy: "allow" }]);
  expect(called).toContain("act");
});
