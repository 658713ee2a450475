import { once } from "node:events";
import { connect } from "node:net";
import { BedrockClient, GetInferenceProfileCommand } from "@aws-sdk/client-bedrock";
import { type BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import { ChatBedrockConverse } from "@langchain/aws";
import { AIMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import {
  answerWith,
  answerWithEvents,
  callTools,
  createGate,
  cut,
  end,
  exception,
  interrupt,
  refuseWith,
  type ScriptedCall,
  scriptedToolCall,
  stall,
} from "./script.ts";
import { type BedrockServer, startBedrock } from "./server.ts";
import { createTestClient } from "./test-client.ts";

const modelId = "us.amazon.nova-2-lite-v1:0";

let bedrock: BedrockServer;
let client: BedrockRuntimeClient;

beforeAll(async () => {
  bedrock = await startBedrock({
    model: ({ request }) => [
      { type: "text", text: `${request.messages.length} messages` },
      { type: "stop", reason: "end_turn" },
    ],
  });
  client = createTestClient(bedrock.endpoint);
});
afterEach(() => {
  expect(bedrock.script.remaining).toBe(0);
  bedrock.calls.splice(0);
  bedrock.rejections.splice(0);
});
afterAll(async () => {
  client.destroy();
  await bedrock.close();
});

const calculator = {
  type: "function" as const,
  function: {
    name: "calculator",
    description: "Calculates.",
    parameters: { type: "object", properties: { expression: { type: "string" } } },
  },
};

function model(options: { streamIdleTimeout?: number } = {}): ChatBedrockConverse {
  return new ChatBedrockConverse({ model: modelId, region: "us-east-1", client, ...options });
}

/** Streams one question. Returns the text up to the error, and the error's name. */
async function ask(step?: ScriptedCall, options: { streamIdleTimeout?: number } = {}) {
  if (step) bedrock.script.add(step);
  let text = "";
  try {
    let whole: Awaited<ReturnType<ChatBedrockConverse["invoke"]>> | undefined;
    for await (const chunk of await model(options).bindTools([calculator]).stream("Hello")) {
      whole = whole ? whole.concat(chunk) : chunk;
      text += chunk.text;
    }
    return { text, whole };
  } catch (error) {
    return { text, error };
  }
}

test("streams a text with usage and stop reason to the real client", async () => {
  const { text, whole } = await ask(answerWith("Hello from here"));

  expect(text).toBe("Hello from here");
  expect(whole?.response_metadata).toMatchObject({ messageStop: { stopReason: "end_turn" } });
  expect(whole?.usage_metadata).toMatchObject({ output_tokens: 4 });
  expect(await bedrock.calls[0]?.ended).toBe("answered");
});

test("returns the whole text to Converse", async () => {
  const message = await model().invoke("Hello");

  expect(message.text).toBe("1 messages");
  expect(message.response_metadata).toMatchObject({ stopReason: "end_turn" });
  expect(bedrock.calls[0]).toMatchObject({ modelId, streaming: false });
});

test("sends a tool call and receives its result", async () => {
  bedrock.script.add(
    callTools([{ name: "calculator", input: { expression: "2+2" } }], "Let me see."),
  );
  const asked = new HumanMessage("What is 2+2?");
  const called = await model().bindTools([calculator]).invoke([asked]);
  const [call] = called.tool_calls ?? [];
  expect(call).toMatchObject({ name: "calculator", args: { expression: "2+2" } });

  const result = new ToolMessage({ tool_call_id: call?.id ?? "", content: "4" });
  const answered = await model().bindTools([calculator]).invoke([asked, called, result]);
  expect(answered.text).toBe("3 messages");
});

test("streams tool arguments in pieces", async () => {
  const { whole } = await ask(callTools([{ name: "calculator", input: { expression: "6*7" } }]));
  expect(whole?.tool_calls).toMatchObject([{ name: "calculator", args: { expression: "6*7" } }]);
});

test("sends reasoning with its signature", async () => {
  const { whole } = await ask(
    answerWithEvents(
      [
        { type: "reasoning", text: "I think " },
        { type: "reasoning", text: "hard." },
        { type: "signature", signature: "c2ln" },
        { type: "text", text: "Yes." },
      ],
      "end_turn",
    ),
  );
  expect(whole?.content).toMatchObject([
    { type: "reasoning", reasoning: "I think hard.", signature: "c2ln" },
    { type: "text", text: "Yes." },
  ]);
});

test("reports a known model as active and an unknown model as not found", async () => {
  const control = new BedrockClient({
    region: "us-east-1",
    endpoint: bedrock.endpoint,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });
  const get = (id: string) =>
    control.send(new GetInferenceProfileCommand({ inferenceProfileIdentifier: id }));

  expect(await get(modelId)).toMatchObject({ inferenceProfileId: modelId, status: "ACTIVE" });
  await expect(get("no/such:model")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});

test("refuses a model id that does not exist", async () => {
  const command = new ConverseCommand({
    modelId: "ollama/none:1b",
    messages: [{ role: "user", content: [{ text: "Hello" }] }],
  });
  await expect(client.send(command)).rejects.toMatchObject({
    name: "ValidationException",
    message: "The provided model identifier is invalid.",
  });
});

test("refuses a request that is not signed", async () => {
  const response = await fetch(`${bedrock.endpoint}/model/demo-model/converse`, { method: "POST" });
  expect(response.status).toBe(403);
});

test("refuses a body that is not JSON", async () => {
  const response = await fetch(`${bedrock.endpoint}/model/demo-model/converse`, {
    method: "POST",
    headers: { authorization: "Bearer local" },
    body: "{",
  });
  expect(response.status).toBe(400);
  expect(response.headers.get("x-amzn-errortype")).toMatch(/^ValidationException:/);
  expect(bedrock.rejections).toEqual(["The body is not JSON."]);
});

test("logs nothing when a client leaves during its request", async () => {
  using complaints = vi.spyOn(console, "error");
  const socket = connect(Number(new URL(bedrock.endpoint).port), "127.0.0.1");
  const head =
    "POST /model/demo-model/converse HTTP/1.1\r\nhost: local\r\nauthorization: local\r\n";
  socket.write(`${head}expect: 100-continue\r\ncontent-length: 9\r\n\r\n{`);
  // "100 Continue" proves that the server reads the request.
  await once(socket, "data");
  socket.destroy();
  await ask();

  expect(complaints).not.toHaveBeenCalled();
});

test("survives a client that speaks HTTP/2", async () => {
  const { port } = new URL(bedrock.endpoint);
  const socket = connect(Number(port), "127.0.0.1");
  socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  await new Promise((resolve) => socket.once("close", resolve).resume());

  expect((await ask()).text).toBe("1 messages");
});

test.for([
  ["ThrottlingException", 429],
  ["ModelNotReadyException", 429],
  ["ModelTimeoutException", 408],
  ["InternalServerException", 500],
  ["ServiceUnavailableException", 503],
  ["AccessDeniedException", 403],
  ["ValidationException", 400],
] as const)("refuses a call with %s and status %i", async ([name, status]) => {
  const { text, error } = await ask(refuseWith(name));

  expect(text).toBe("");
  expect(error).toMatchObject({ name, $metadata: { httpStatusCode: status, attempts: 1 } });
  expect(await bedrock.calls[0]?.ended).toBe("refused");
});

test("sends Retry-After with a throttling error", async () => {
  bedrock.script.add(refuseWith("ThrottlingException", { retryAfterSeconds: 7 }));
  const response = await fetch(`${bedrock.endpoint}/model/demo-model/converse`, {
    method: "POST",
    headers: { authorization: "Bearer local" },
    body: JSON.stringify({ messages: [{ role: "user", content: [{ text: "Hello" }] }] }),
  });
  expect(response.status).toBe(429);
  expect(response.headers.get("retry-after")).toBe("7");
});

test("uses its own model again after the script has ended", async () => {
  expect((await ask(refuseWith("ThrottlingException"))).error).toBeDefined();
  expect((await ask()).text).toBe("1 messages");
  expect(bedrock.calls).toHaveLength(2);
});

test.for([
  ["throttlingException", "ThrottlingException"],
  ["ThrottlingException", "ThrottlingException"],
  ["modelStreamErrorException", "ModelStreamErrorException"],
  ["internalServerException", "InternalServerException"],
] as const)("breaks a stream with the exception frame %s", async ([spelled, name]) => {
  const { text, error } = await ask(interrupt(answerWith("one two three"), 2, exception(spelled)));

  expect(text).toBe("one two");
  expect(error).toMatchObject({ name });
  expect(await bedrock.calls[0]?.ended).toBe("broken");
});

test("cuts the connection in the middle of a text", async () => {
  const { text, error } = await ask(interrupt(answerWith("one two three"), 2, cut));

  expect(text).toBe("one two");
  expect(error).toMatchObject({ code: "ECONNRESET" });
});

test("cuts the connection inside tool arguments", async () => {
  const step = callTools([{ name: "calculator", input: { expression: "2+2" } }]);
  const { error } = await ask(interrupt(step, 1, cut));
  expect(error).toMatchObject({ code: "ECONNRESET" });
});

test("cuts the connection before the first byte", async () => {
  const { error } = await ask(interrupt(answerWith("never"), 0, cut));
  expect(error).toMatchObject({ code: "ECONNRESET" });
});

test("ends a stream normally without a stop reason", async () => {
  const { text, whole } = await ask(interrupt(answerWith("one two three"), 2, end));

  expect(text).toBe("one two");
  expect(whole?.response_metadata).not.toHaveProperty("messageStop");
});

test("stalls until the gate is released, then continues", async () => {
  const gate = createGate();
  const asking = ask(interrupt(answerWith("one two three"), 1, stall(gate)));
  await gate.reached;
  gate.release();
  expect((await asking).text).toBe("one two three");
});

test("pauses the model's own answer", async () => {
  const gate = bedrock.script.hold({ afterDeltas: 1 });
  const asking = ask();
  await gate.reached;
  gate.release();
  expect((await asking).text).toBe("1 messages");
});

test.for([
  ["before the first byte", 0, ""],
  ["in the middle", 1, "one"],
] as const)("lets a client that waits too long leave, %s", async ([, afterDeltas, seen]) => {
  const step = interrupt(answerWith("one two"), afterDeltas, stall(createGate()));
  const { text, error } = await ask(step, { streamIdleTimeout: 1_000 });

  expect(text).toBe(seen);
  expect(error).toMatchObject({ lc_error_code: "MODEL_STREAM_TIMEOUT" });
  expect(await bedrock.calls[0]?.ended).toBe("abandoned");
});

test("records that a client has aborted", async () => {
  const gate = createGate();
  bedrock.script.add(interrupt(answerWith("one two"), 1, stall(gate)));
  const abort = new AbortController();
  const stream = await model().stream("Hello", { signal: abort.signal });
  const reading = (async () => {
    for await (const _ of stream) abort.abort();
  })();

  await expect(reading).rejects.toThrow();
  expect(await bedrock.calls[0]?.ended).toBe("abandoned");
});

test.for(["max_tokens", "content_filtered", "guardrail_intervened"] as const)(
  "stops for %s",
  async (reason) => {
    const { whole } = await ask(answerWith("cut short", reason));
    expect(whole?.response_metadata).toMatchObject({ messageStop: { stopReason: reason } });
  },
);

test("sends tool arguments cut off by max_tokens", async () => {
  const commands = answerWithEvents(
    scriptedToolCall("calculator", '{"expression":"2+'),
    "max_tokens",
  );
  const { whole } = await ask(commands);

  expect(whole?.tool_call_chunks?.map((chunk) => chunk.args).join("")).toBe('{"expression":"2+');
  expect(whole?.response_metadata).toMatchObject({ messageStop: { stopReason: "max_tokens" } });
});

test("refuses cut tool arguments in Converse", async () => {
  bedrock.script.add(
    answerWithEvents(scriptedToolCall("calculator", '{"expression":"2+'), "max_tokens"),
  );
  await expect(model().invoke("Hello")).rejects.toMatchObject({ name: "ModelErrorException" });
});

test("sends a citation, which the LangChain client cannot read", async () => {
  const { error } = await ask(
    answerWithEvents([{ type: "citation", title: "A page" }], "end_turn"),
  );
  expect(String(error)).toContain("Unsupported content block");
});

test("creates unique tool ids", async () => {
  const call = [{ name: "calculator", input: {} }];
  const first = await ask(callTools(call));
  const second = await ask(callTools(call));
  expect(first.whole?.tool_calls?.[0]?.id).not.toBe(second.whole?.tool_calls?.[0]?.id);
});

test("reports a failing model as an internal error without its reason", async () => {
  using complaints = vi.spyOn(console, "error").mockImplementation(() => {});
  const broken = await startBedrock({
    model: () => {
      throw new Error("a secret");
    },
  });
  const response = await fetch(`${broken.endpoint}/model/demo-model/converse`, {
    method: "POST",
    headers: { authorization: "Bearer local" },
    body: JSON.stringify({ messages: [{ role: "user", content: [{ text: "Hello" }] }] }),
  });

  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain("secret");
  expect(await broken.calls[0]?.ended).toBe("refused");
  expect(complaints).toHaveBeenCalledOnce();
  await broken.close();
});

test("closes during an answer", async () => {
  const gate = createGate();
  const other = await startBedrock({ model: () => [] });
  other.script.add(interrupt(answerWith("one two"), 1, stall(gate)));
  const answering = fetch(`${other.endpoint}/model/demo-model/converse`, {
    method: "POST",
    headers: { authorization: "Bearer local" },
    body: JSON.stringify({ messages: [{ role: "user", content: [{ text: "Hello" }] }] }),
  });
  await gate.reached;
  await other.close();

  await expect(answering).rejects.toThrow();
  expect(await other.calls[0]?.ended).toBe("abandoned");
});

test("accepts the history of its own answers", async () => {
  const history = [new HumanMessage("One"), new AIMessage("Two"), new HumanMessage("Three")];
  expect((await model().invoke(history)).text).toBe("3 messages");
  expect(bedrock.rejections).toEqual([]);
});

test("an answer that crashes its caller kills the process with the key of the request, once", async () => {
  const killed: string[] = [];
  const told: (number | undefined)[] = [];
  const crashing = await startBedrock({
    model: ({ crashes }) => {
      told.push(crashes);
      return [
        { type: "text", text: "before" },
        ...(crashes === 0 ? [{ type: "crash" as const }] : []),
        { type: "text", text: " after" },
        { type: "stop", reason: "end_turn" },
      ];
    },
  });
  const ownClient = createTestClient(crashing.endpoint);
  const textOf = async (message: string) => {
    const command = new ConverseCommand({
      modelId,
      messages: [{ role: "user", content: [{ text: message }] }],
    });
    const { output } = await ownClient.send(command);
    return output?.message?.content?.map((block) => block.text).join("");
  };
  // Without a process to kill, the answer goes on.
  expect(await textOf("Hello")).toBe("before after");
  crashing.killCaller = async (key) => killed.push(key) > 0;
  await expect(textOf("Hello")).rejects.toThrow();
  expect(killed).toEqual(["local"]);
  // The next request with these messages is that of the process that takes over. The one after is a new one.
  expect(await textOf("Hello")).toBe("before after");
  await expect(textOf("Hello")).rejects.toThrow();
  await expect(textOf("Other")).rejects.toThrow();
  expect(told).toEqual([0, 0, 1, 0, 0]);
  ownClient.destroy();
  await crashing.close();
});
