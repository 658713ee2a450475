import { json } from "node:stream/consumers";
import type { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { ChatBedrockConverse } from "@langchain/aws";
import { AIMessage, HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type HttpServer, listen } from "#local/http/listen.ts";
import { createOllama } from "./ollama.ts";
import { type BedrockServer, startBedrock } from "./server.ts";
import { createTestClient } from "./test-client.ts";

/** Ollama's next response, and the last request to it. */
let lines: object[] = [];
let body: string | undefined;
let isCut = false;
let status = 200;
let asked: unknown;

let ollama: HttpServer;
let bedrock: BedrockServer;
let client: BedrockRuntimeClient;

beforeAll(async () => {
  // The documented format of Ollama's POST /api/chat: one JSON object per line.
  ollama = await listen(async (request, response) => {
    asked = { path: request.url, ...((await json(request)) as object) };
    response.writeHead(status, { "content-type": "application/x-ndjson" });
    const whole = body ?? lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    // Networks may split a line.
    response.write(whole.slice(0, 25));
    if (isCut) return void response.socket?.destroySoon();
    response.end(whole.slice(25));
  });
  bedrock = await startBedrock({
    model: createOllama({ endpoint: ollama.address }),
    modelIds: ["ollama/llama3.1:8b"],
  });
  client = createTestClient(bedrock.endpoint);
});
beforeEach(() => {
  lines = [];
  body = undefined;
  isCut = false;
  status = 200;
});
afterAll(async () => {
  client.destroy();
  await bedrock.close();
  await ollama.close();
});

const calculator = {
  type: "function" as const,
  function: {
    name: "calculator",
    description: "Calculates.",
    parameters: { type: "object", properties: { expression: { type: "string" } } },
  },
};
const model = () =>
  new ChatBedrockConverse({
    model: "ollama/llama3.1:8b",
    region: "us-east-1",
    client,
    maxTokens: 64,
    temperature: 0,
  });

function says(content: string) {
  return { message: { role: "assistant", content }, done: false };
}
const done = {
  message: { role: "assistant", content: "" },
  done: true,
  done_reason: "stop",
  prompt_eval_count: 26,
  eval_count: 3,
};

async function stream(messages: Parameters<ChatBedrockConverse["stream"]>[0] = "Hello") {
  const chunks = [];
  for await (const chunk of await model().bindTools([calculator]).stream(messages))
    chunks.push(chunk);
  return chunks.reduce((whole, chunk) => whole.concat(chunk));
}

test("streams a text of Ollama in Bedrock's events, with its token counts", async () => {
  lines = [says("Hello "), says("wörld"), done];
  const message = await stream();

  expect(message.text).toBe("Hello wörld");
  expect(message.usage_metadata).toMatchObject({ input_tokens: 26, output_tokens: 3 });
  expect(message.response_metadata).toMatchObject({ messageStop: { stopReason: "end_turn" } });
});

test("translates a tool call and adds an id", async () => {
  const call = { function: { name: "calculator", arguments: { expression: "2+2" } } };
  lines = [{ message: { role: "assistant", content: "", tool_calls: [call] }, done: false }, done];
  const first = await stream();
  const second = await stream();

  expect(first.tool_calls).toMatchObject([{ name: "calculator", args: { expression: "2+2" } }]);
  expect(first.response_metadata).toMatchObject({ messageStop: { stopReason: "tool_use" } });
  expect(first.tool_calls?.[0]?.id).not.toBe(second.tool_calls?.[0]?.id);
});

test("translates system text, history, tools and settings", async () => {
  lines = [says("4"), done];
  const called = new AIMessage({
    content: "Let me see.",
    tool_calls: [{ id: "a", name: "calculator", args: { expression: "2+2" } }],
  });
  await stream([
    new SystemMessage("Be kind."),
    new HumanMessage("What is 2+2?"),
    called,
    new ToolMessage({ tool_call_id: "a", content: "4" }),
  ]);

  expect(asked).toMatchObject({
    path: "/api/chat",
    model: "llama3.1:8b",
    stream: true,
    messages: [
      { role: "system", content: "Be kind." },
      { role: "user", content: "What is 2+2?" },
      {
        role: "assistant",
        content: "Let me see.",
        tool_calls: [{ function: { name: "calculator", arguments: { expression: "2+2" } } }],
      },
      { role: "tool", content: "4", tool_name: "calculator" },
    ],
    tools: [{ type: "function", function: { name: "calculator", description: "Calculates." } }],
    options: { num_predict: 64, temperature: 0 },
  });
});

test.each([
  ["an object", { expression: "2+2" }, '{"expression":"2+2"}'],
  ["a JSON text", '{"expression":"2+2"}', '{"expression":"2+2"}'],
  ["a text that is no JSON", "2+2", "2+2"],
  ["an array", ["2+2"], '["2+2"]'],
  ["a number", 4, "4"],
  ["null", null, ""],
  ["nothing", undefined, ""],
  ["an empty text", "", ""],
])("passes on arguments that are %s unchanged", async (_, given, expected) => {
  const call = { function: { name: "calculator", arguments: given } };
  lines = [{ message: { role: "assistant", content: null, tool_calls: [call] } }, done];
  const [chunk] = (await stream()).tool_call_chunks ?? [];
  expect(chunk).toMatchObject({ name: "calculator", args: expected });
});

test("accepts a call without the level `function`", async () => {
  const call = { name: "calculator", arguments: { expression: "2+2" } };
  lines = [{ message: { tool_calls: [call] } }, done];
  expect((await stream()).tool_calls).toMatchObject([{ args: { expression: "2+2" } }]);
});

test("accepts null for missing fields", async () => {
  const empty = { content: null, thinking: null, tool_calls: null };
  lines = [
    { message: null, error: null, done: null },
    { message: empty, done: false },
    says("Hello"),
    { ...done, message: empty, prompt_eval_count: null, eval_count: null, done_reason: null },
  ];
  expect((await stream()).text).toBe("Hello");
});

test.each([
  ["an HTML page", "<!doctype html><html></html>", "ModelStreamErrorException"],
  ["JSON that is no object", "42\n", "ModelStreamErrorException"],
  ["a call without a name", '{"message":{"tool_calls":[{}]}}', "ModelStreamErrorException"],
  ["an error as an object", '{"error":{"code":1}}', "ModelStreamErrorException"],
])("throws when Ollama sends %s", async (_, sent, name) => {
  body = sent;
  await expect(stream()).rejects.toMatchObject({ name });
});

test("throws when Ollama's connection breaks, and logs nothing", async () => {
  using complaints = vi.spyOn(console, "error");
  lines = [says("Hello there, this is a long line")];
  isCut = true;
  await expect(stream()).rejects.toMatchObject({ name: "ModelStreamErrorException" });
  expect(complaints).not.toHaveBeenCalled();
});

test.each([404, 400, 503, 500, 502, 302])(
  "reports an error %i with an HTML page or an empty body",
  async (code) => {
    status = code;
    for (const sent of ["<html>no</html>", ""]) {
      body = sent;
      await expect(stream()).rejects.toMatchObject({ $metadata: { attempts: 1 } });
    }
  },
);

test("streams the model's thinking as reasoning", async () => {
  lines = [{ message: { content: "", thinking: "Hm." }, done: false }, says("Yes"), done];
  expect((await stream()).content).toMatchObject([
    { type: "reasoning", reasoning: "Hm." },
    { type: "text", text: "Yes" },
  ]);
});

test("reports an answer that was cut at the token limit", async () => {
  lines = [says("Hello"), { ...done, done_reason: "length" }];
  expect((await stream()).response_metadata).toMatchObject({
    messageStop: { stopReason: "max_tokens" },
  });
});

test("sends no stop for an answer without an end", async () => {
  lines = [says("Hello")];
  expect((await stream()).response_metadata).not.toHaveProperty("messageStop");
});

test("throws when Ollama fails in mid-stream", async () => {
  lines = [says("Hello"), { error: "the runner died" }];
  await expect(stream()).rejects.toMatchObject({ name: "ModelStreamErrorException" });
});

test.for([
  [404, "ResourceNotFoundException"],
  [400, "ValidationException"],
  [503, "ThrottlingException"],
  [500, "ModelErrorException"],
] as const)("answers Ollama's %i as %s", async ([code, name]) => {
  status = code;
  await expect(stream()).rejects.toMatchObject({ name });
});

test("reports that Ollama does not respond", async () => {
  const gone = await listen(() => {});
  await gone.close();
  const orphan = await startBedrock({
    model: createOllama({ endpoint: gone.address }),
  });
  const response = await fetch(`${orphan.endpoint}/model/demo-model/converse-stream`, {
    method: "POST",
    headers: { authorization: "Bearer local" },
    body: JSON.stringify({ messages: [{ role: "user", content: [{ text: "Hello" }] }] }),
  });
  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({ message: `Ollama does not respond at ${gone.address}.` });
  await orphan.close();
});
