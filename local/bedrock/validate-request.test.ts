import { readFileSync } from "node:fs";
import {
  type BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ErrorType } from "./bedrock-error.ts";
import { refuseWith } from "./script.ts";
import { type BedrockServer, startBedrock } from "./server.ts";
import { createTestClient } from "./test-client.ts";

let bedrock: BedrockServer;
let client: BedrockRuntimeClient;

beforeAll(async () => {
  bedrock = await startBedrock({ model: () => [{ type: "stop", reason: "end_turn" }] });
  client = createTestClient(bedrock.endpoint);
});
afterAll(async () => {
  client.destroy();
  await bedrock.close();
});

type Request = Omit<ConverseCommandInput, "modelId">;
type Messages = NonNullable<Request["messages"]>;
type Message = Messages[number];
type Content = NonNullable<Message["content"]>;

const user = (...content: Content): Message => ({ role: "user", content });
const assistant = (...content: Content): Message => ({ role: "assistant", content });
const text = (value: string) => ({ text: value });
const use = (toolUseId: string, name = "calculator") => ({
  toolUse: { toolUseId, name, input: { expression: "2+2" } },
});
const result = (toolUseId: string, value = "4") => ({
  toolResult: { toolUseId, content: [{ text: value }] },
});
const toolConfig = (schema: object = { type: "object" }, ...names: string[]) => ({
  tools: (names.length > 0 ? names : ["calculator"]).map((name) => ({
    toolSpec: {
      name,
      description: "A tool.",
      inputSchema: { json: JSON.parse(JSON.stringify(schema)) },
    },
  })),
});
const hello: Messages = [user(text("Hello"))];
const withTools = (...messages: Messages): Request => ({ messages, toolConfig: toolConfig() });

async function send(request: Request, modelId = "us.amazon.nova-2-lite-v1:0") {
  return await client.send(new ConverseCommand({ modelId, ...request }));
}

const nova = (maxReasoningEffort: string): Request => ({
  messages: hello,
  additionalModelRequestFields: { reasoningConfig: { type: "enabled", maxReasoningEffort } },
});
const thinkingClaude: Request = {
  messages: hello,
  additionalModelRequestFields: {
    thinking: { type: "adaptive" },
    output_config: { effort: "low" },
  },
};

/** The requests in README.md's table. The table has the refusal and the model of each. */
const invalid: Record<string, { request: Request; isStream?: boolean }> = {
  "no message at all": { request: { messages: [] } },
  "an assistant first": {
    request: { messages: [assistant(text("Hello")), ...hello] },
  },
  "an assistant last": {
    request: { messages: [...hello, assistant(text("Hello"))] },
  },
  "two user messages in a row": {
    request: { messages: [...hello, ...hello] },
  },
  "empty content": { request: { messages: [user()] } },
  "blank text": {
    request: { messages: [user(text(" \n"))] },
  },
  "a blank system text": {
    request: { messages: hello, system: [text("")] },
  },
  "a blank tool result": {
    request: withTools(...hello, assistant(use("a")), user(result("a", " "))),
  },
  "a tool result without content": {
    request: withTools(
      ...hello,
      assistant(use("a")),
      user({ toolResult: { toolUseId: "a", content: [] } }),
    ),
  },
  "an unanswered tool call": {
    request: withTools(...hello, assistant(use("a")), user(text("And?"))),
  },
  "one unanswered tool call of two": {
    request: withTools(...hello, assistant(use("a"), use("b")), user(result("a"))),
  },
  "an answer to another tool call": {
    request: withTools(...hello, assistant(use("a")), user(result("b"))),
  },
  "a tool result nobody asked for": {
    request: withTools(...hello, assistant(text("Hi")), user(result("a"))),
  },
  "the same tool result twice": {
    request: withTools(...hello, assistant(use("a")), user(result("a"), result("a"))),
  },
  "a tool result behind a text": {
    request: withTools(...hello, assistant(use("a")), user(text("Here:"), result("a"))),
  },
  "a tool call of the user": {
    request: withTools(user(use("a"))),
  },
  "a tool result of the assistant": {
    request: withTools(...hello, assistant(result("a")), user(text("And?"))),
  },
  "tool blocks without toolConfig": {
    request: { messages: [...hello, assistant(use("a")), user(result("a"))] },
  },
  "an empty toolConfig": {
    request: { messages: hello, toolConfig: { tools: [] } },
  },
  "the same tool id in two turns": {
    request: withTools(
      ...hello,
      assistant(use("a")),
      user(result("a")),
      assistant(use("a")),
      user(result("a")),
    ),
  },
  "a tool name with a space": {
    request: { messages: hello, toolConfig: toolConfig({ type: "object" }, "my tool") },
  },
  "a tool name that is too long": {
    request: { messages: hello, toolConfig: toolConfig({ type: "object" }, "a".repeat(65)) },
  },
  "a call of a tool with such a name": {
    request: withTools(...hello, assistant(use("a", "my tool")), user(result("a"))),
  },
  "two tools of one name": {
    request: { messages: hello, toolConfig: toolConfig({ type: "object" }, "one", "one") },
  },
  "a tool whose input is no object": {
    request: { messages: hello, toolConfig: toolConfig({ type: "string" }) },
  },
  "a $schema for a model that is not Claude": {
    request: { messages: hello, toolConfig: toolConfig({ $schema: "x", type: "object" }) },
  },
  "additionalProperties for a model that is not Claude": {
    request: {
      messages: hello,
      toolConfig: toolConfig({ type: "object", additionalProperties: false }),
    },
  },
  "$defs for a model that is not Claude": {
    request: { messages: hello, toolConfig: toolConfig({ type: "object", $defs: {} }) },
  },
  "tool input that is no object": {
    request: withTools(
      ...hello,
      assistant({ toolUse: { toolUseId: "a", name: "calculator", input: "2+2" } }),
      user(result("a")),
    ),
  },
  "no token to answer with": {
    request: { messages: hello, inferenceConfig: { maxTokens: 0 } },
  },
  "a temperature above 1": {
    request: { messages: hello, inferenceConfig: { temperature: 1.5 } },
  },
  "a block that is not text": {
    request: {
      messages: [user({ image: { format: "png", source: { bytes: new Uint8Array(1) } } })],
    },
  },
  "a tool id with a sign": {
    request: withTools(...hello, assistant(use("a|b")), user(result("a|b"))),
  },
  "the status of a tool result": {
    request: withTools(
      ...hello,
      assistant(use("a")),
      user({ toolResult: { toolUseId: "a", status: "error", content: [text("4")] } }),
    ),
  },
  "more tokens than the model writes": {
    request: { messages: hello, inferenceConfig: { maxTokens: 10_001 } },
  },
  "an empty stop sequence": {
    request: { messages: hello, inferenceConfig: { stopSequences: [""] } },
  },
  "a temperature for Opus 4.7": {
    request: { messages: hello, inferenceConfig: { temperature: 0 } },
  },
  "a temperature for Sonnet 5": {
    request: { messages: hello, inferenceConfig: { temperature: 1 } },
  },
  "a topP for Opus 4.7": { request: { messages: hello, inferenceConfig: { topP: 0.9 } } },
  "temperature and topP for Haiku 4.5": {
    request: { messages: hello, inferenceConfig: { temperature: 0, topP: 1 } },
  },
  "high effort of Nova 2 with a maximum of tokens": {
    request: { ...nova("high"), inferenceConfig: { maxTokens: 1_024 } },
  },
  "the effort of Nova 2 for Nova Lite": { request: nova("low") },
  "the effort of Claude for Haiku 4.5": { request: thinkingClaude },
  "a temperature for Sonnet 4.6 that thinks": {
    request: { ...thinkingClaude, inferenceConfig: { temperature: 0.2 } },
  },
  "a cache point among Nova's tools": {
    request: {
      messages: hello,
      toolConfig: { tools: [...toolConfig().tools, { cachePoint: { type: "default" } }] },
    },
  },
  "a cache point for a model without a cache": {
    request: { messages: hello, system: [text("Be kind."), { cachePoint: { type: "default" } }] },
  },
  "tools in a stream of Llama": { request: withTools(...hello), isStream: true },
  "a forced tool for Llama": {
    request: { messages: hello, toolConfig: { ...toolConfig(), toolChoice: { any: {} } } },
  },
  "a model that is not in the region": { request: { messages: hello } },
  "a model without its profile": { request: { messages: hello } },
  "a retired model": { request: { messages: hello } },
};

const readme = readFileSync(`${import.meta.dirname}/README.md`, "utf8");
/** Returns the rows of the table under a header, as arrays of cells. */
function rowsUnder(header: string): string[][] {
  const [, table = ""] = readme.split(header);
  const [rows = ""] = table.trimStart().split("\n\n");
  return rows
    .split("\n")
    .slice(1)
    .map((row) => row.split("|").slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));
}

const refusals = rowsUnder("| request | model | refusal | source |");

test("README.md lists every refused request with a source", () => {
  expect(refusals.map(([request]) => request)).toEqual(
    expect.arrayContaining(Object.keys(invalid)),
  );
  expect(refusals).toHaveLength(Object.keys(invalid).length);
  expect(refusals.filter(([, , , source]) => !source)).toEqual([]);
});

test.for(refusals)(
  "refuses %s as README.md says",
  async ([name = "", model = "", refusal = ""]) => {
    const { request, isStream = false } = invalid[name] ?? { request: {} };
    const modelId = model === "" ? "us.amazon.nova-2-lite-v1:0" : model;
    const [, status = "400", type = "ValidationException", sentence = ""] =
      refusal.match(/^(?:(\d{3}) (\w+): )?(.*)$/) ?? [];
    const Command = isStream ? ConverseStreamCommand : ConverseCommand;
    const [before = "", after] = sentence.split("…");
    await expect(
      client.send(new Command({ modelId, ...request }) as ConverseCommand),
    ).rejects.toMatchObject({
      name: type,
      message: after === undefined ? sentence : expect.stringContaining(before),
      $metadata: { httpStatusCode: Number(status) },
    });
  },
);

test.for(rowsUnder("| error | status | mended by |"))(
  "refuses with %s and its status when a test says so",
  async ([name = "", status]) => {
    bedrock.script.add(refuseWith(name as ErrorType));
    await expect(send({ messages: hello })).rejects.toMatchObject({
      name,
      $metadata: { httpStatusCode: Number(status) },
    });
  },
);

test("never repeats a text of the request", async () => {
  bedrock.rejections.splice(0);
  await expect(
    send({ messages: [user(text("my secret")), user(text("my secret"))] }),
  ).rejects.toThrow();
  expect(bedrock.rejections.join()).not.toContain("secret");
});

test("accepts a long conversation with tools, reasoning and a cache point", async () => {
  const request = withTools(
    user(text("What is 2+2, twice?")),
    assistant(
      { reasoningContent: { reasoningText: { text: "Hm.", signature: "c2ln" } } },
      text("Let me see."),
      use("a"),
      use("b"),
    ),
    user(result("b"), result("a"), text("And what is 3+3?"), { cachePoint: { type: "default" } }),
    assistant(use("c")),
    user({ toolResult: { toolUseId: "c", status: "error", content: [{ json: { code: 1 } }] } }),
  );
  const inferenceConfig = { maxTokens: 1, temperature: 0, topP: 1 };
  await expect(
    send({ ...request, system: [text("Be kind.")], inferenceConfig }),
  ).resolves.toBeDefined();
});

test.for([
  ["us.amazon.nova-2-lite-v1:0", nova("medium")],
  ["us.anthropic.claude-sonnet-4-6", thinkingClaude],
  ["demo-model", nova("high")],
] as const)("accepts an effort for %s", async ([modelId, request]) => {
  const inferenceConfig = { maxTokens: 8_192 };
  await expect(send({ ...request, inferenceConfig }, modelId)).resolves.toBeDefined();
});

test("accepts a whole JSON schema for Claude", async () => {
  const schema = { $schema: "x", type: "object", additionalProperties: false };
  const request = { messages: hello, toolConfig: toolConfig(schema) };
  await expect(send(request, "us.anthropic.claude-sonnet-5")).resolves.toBeDefined();
});
