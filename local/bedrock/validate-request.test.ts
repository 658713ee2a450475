import {
  type BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandInput,
} from "@aws-sdk/client-bedrock-runtime";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BedrockServer, startBedrock } from "./server.ts";
import { createTestClient } from "./test-client.ts";

let bedrock: BedrockServer;
let client: BedrockRuntimeClient;

beforeAll(async () => {
  bedrock = await startBedrock({ answer: () => [{ type: "stop", reason: "end_turn" }] });
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

const invalid: Record<string, { request: Request; says: string }> = {
  "no message at all": { request: { messages: [] }, says: "must start with a user message" },
  "an assistant first": {
    request: { messages: [assistant(text("Hello")), ...hello] },
    says: "must start with a user message",
  },
  "an assistant last": {
    request: { messages: [...hello, assistant(text("Hello"))] },
    says: "must end with a user message",
  },
  "two user messages in a row": {
    request: { messages: [...hello, ...hello] },
    says: "must alternate",
  },
  "empty content": { request: { messages: [user()] }, says: "messages.0 is empty" },
  "blank text": {
    request: { messages: [user(text(" \n"))] },
    says: "messages.0.content.0 is blank",
  },
  "a blank system text": {
    request: { messages: hello, system: [text("")] },
    says: "system.0 is blank",
  },
  "a blank tool result": {
    request: withTools(...hello, assistant(use("a")), user(result("a", " "))),
    says: "messages.2.content.0.toolResult.content is blank",
  },
  "a tool result without content": {
    request: withTools(
      ...hello,
      assistant(use("a")),
      user({ toolResult: { toolUseId: "a", content: [] } }),
    ),
    says: "toolResult at messages.2.content.0 is empty",
  },
  "an unanswered tool call": {
    request: withTools(...hello, assistant(use("a")), user(text("And?"))),
    says: "Expected toolResult blocks at messages.2.content for the following Ids: a",
  },
  "one unanswered tool call of two": {
    request: withTools(...hello, assistant(use("a"), use("b")), user(result("a"))),
    says: "for the following Ids: b",
  },
  "an answer to another tool call": {
    request: withTools(...hello, assistant(use("a")), user(result("b"))),
    says: "for the following Ids: a, but found: b",
  },
  "a tool result nobody asked for": {
    request: withTools(...hello, assistant(text("Hi")), user(result("a"))),
    says: "exceeds the number of toolUse blocks",
  },
  "the same tool result twice": {
    request: withTools(...hello, assistant(use("a")), user(result("a"), result("a"))),
    says: "exceeds the number of toolUse blocks",
  },
  "a tool result behind a text": {
    request: withTools(...hello, assistant(use("a")), user(text("Here:"), result("a"))),
    says: "must come before any other content",
  },
  "a tool call of the user": {
    request: withTools(user(use("a"))),
    says: "only allowed in messages of the assistant",
  },
  "a tool result of the assistant": {
    request: withTools(...hello, assistant(result("a")), user(text("And?"))),
    says: "only allowed in messages of the user",
  },
  "tool blocks without toolConfig": {
    request: { messages: [...hello, assistant(use("a")), user(result("a"))] },
    says: "The toolConfig field must be defined",
  },
  "an empty toolConfig": {
    request: { messages: hello, toolConfig: { tools: [] } },
    says: "The tools field at toolConfig is empty",
  },
  "the same tool id in two turns": {
    request: withTools(
      ...hello,
      assistant(use("a")),
      user(result("a")),
      assistant(use("a")),
      user(result("a")),
    ),
    says: "the same Id more than once",
  },
  "a tool name with a space": {
    request: { messages: hello, toolConfig: toolConfig({ type: "object" }, "my tool") },
    says: "[a-zA-Z0-9_-]{1,64}",
  },
  "a tool name that is too long": {
    request: { messages: hello, toolConfig: toolConfig({ type: "object" }, "a".repeat(65)) },
    says: "[a-zA-Z0-9_-]{1,64}",
  },
  "a call of a tool with such a name": {
    request: withTools(...hello, assistant(use("a", "my tool")), user(result("a"))),
    says: "[a-zA-Z0-9_-]{1,64}",
  },
  "two tools of one name": {
    request: { messages: hello, toolConfig: toolConfig({ type: "object" }, "one", "one") },
    says: "the same tool name more than once",
  },
  "a tool whose input is no object": {
    request: { messages: hello, toolConfig: toolConfig({ type: "string" }) },
    says: "must be one of the following: object",
  },
  "a $schema for a model that is not Claude": {
    request: { messages: hello, toolConfig: toolConfig({ $schema: "x", type: "object" }) },
    says: "extraneous key [$schema]",
  },
  "additionalProperties for a model that is not Claude": {
    request: {
      messages: hello,
      toolConfig: toolConfig({ type: "object", additionalProperties: false }),
    },
    says: "extraneous key [additionalProperties]",
  },
  "$defs for a model that is not Claude": {
    request: { messages: hello, toolConfig: toolConfig({ type: "object", $defs: {} }) },
    says: "extraneous key [$defs]",
  },
  "tool input that is no object": {
    request: withTools(
      ...hello,
      assistant({ toolUse: { toolUseId: "a", name: "calculator", input: "2+2" } }),
      user(result("a")),
    ),
    says: "toolUse.input is invalid",
  },
  "no token to answer with": {
    request: { messages: hello, inferenceConfig: { maxTokens: 0 } },
    says: "inferenceConfig.maxTokens",
  },
  "a temperature above 1": {
    request: { messages: hello, inferenceConfig: { temperature: 1.5 } },
    says: "inferenceConfig.temperature",
  },
  "a block that is not text": {
    request: {
      messages: [user({ image: { format: "png", source: { bytes: new Uint8Array(1) } } })],
    },
    says: "The format of the value at messages.0.content.0 is invalid",
  },
};

test.for(Object.entries(invalid))("refuses %s", async ([, { request, says }]) => {
  await expect(send(request)).rejects.toMatchObject({
    name: "ValidationException",
    message: expect.stringContaining(says),
  });
});

test("never repeats what was written", async () => {
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

test("accepts a whole JSON schema for Claude", async () => {
  const schema = { $schema: "x", type: "object", additionalProperties: false };
  const request = { messages: hello, toolConfig: toolConfig(schema) };
  await expect(send(request, "us.anthropic.claude-sonnet-5")).resolves.toBeDefined();
});
