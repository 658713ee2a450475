import { readFile } from "node:fs/promises";
import OpenAI from "openai";
import * as v from "valibot";
import { beforeEach, describe, expect, it } from "vitest";
import { answerWith, callTools, refuseWith } from "#local/bedrock/script.ts";
import {
  OpenResponse,
  OpenResponseEvent,
  openResponsesCases,
  openResponsesExceptions,
} from "#test/clients/open-responses.ts";
import { ChatClient } from "#test/support/chat-client.ts";
import { hangUpAfter, placesToHangUp } from "#test/support/hang-up.ts";
import { openTwin } from "#test/support/open-twin.ts";

const { twin } = await openTwin({
  environment: {
    CHAT_REQUESTS_PER_MINUTE: "120",
    CONVERSATION_REQUESTS_PER_MINUTE: "120",
    TOOL_POLICY: '[{"tool":"calculator","policy":"ask"}]',
  },
});
const { script } = twin.parts.bedrock;
beforeEach(() => script.clear());

/** Logs a new owner in: the token for the client, and the cookie for our own routes. */
async function logIn(): Promise<{ token: string; cookie: string }> {
  const client = new ChatClient(twin.url);
  return { token: await client.loginForToken(twin.password), cookie: client.cookie };
}

const { token, cookie } = await logIn();
const clientOf = (base: string, apiKey = token, options = {}) =>
  new OpenAI({ apiKey, baseURL: `${base}/v1`, maxRetries: 0, ...options });
const client = clientOf(twin.url);
const model = "default";
const fails = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error) => (error instanceof OpenAI.APIError ? error : { message: String(error) }),
  );

const weather = {
  ...{ type: "function" as const, name: "get_weather", strict: null },
  parameters: { type: "object", properties: { city: { type: "string" } } },
};
const callWeather = (city: string) =>
  callTools([{ name: "get_weather", input: { city } }], "Let me see.");

describe.each([
  ["CloudFront", () => client],
  ["the function URL", () => clientOf(twin.functionUrl)],
])("a response through %s", (_entrance, clientFor) => {
  it("streams, is whole, and is read again with the same numbers", async () => {
    const client = clientFor();
    script.add(
      callTools([{ name: "current_time", input: {} }], "Let me look."),
      answerWith("It is late."),
    );
    const stream = client.responses.stream({ model, input: "What time is it?" });
    const streamed = [];
    for await (const event of stream) streamed.push(event);
    const response = await stream.finalResponse();
    expect(response).toMatchObject({
      status: "completed",
      output_text: "Let me look.\n\nIt is late.",
    });
    expect(response.output.map(({ type }) => type)).toEqual(["message", "mcp_call", "message"]);

    const stored = await client.responses.retrieve(response.id);
    expect(stored).toMatchObject({ status: "completed", output_text: response.output_text });
    const replay = await Array.fromAsync(
      await client.responses.retrieve(response.id, { stream: true }),
    );
    expect(replay.at(-1)).toMatchObject({ ...streamed.at(-1), response: expect.anything() });
    const after = replay[3]?.sequence_number ?? 0;
    const tail = await client.responses.retrieve(response.id, {
      ...{ stream: true, starting_after: after },
    });
    expect(await Array.fromAsync(tail)).toEqual(
      replay.filter(({ sequence_number }) => sequence_number > after),
    );
  });

  it("is whole without a stream, and goes on by its id", async () => {
    const client = clientFor();
    const first = await client.responses.create({ model, input: "My name is Ada." });
    expect(first).toMatchObject({ object: "response", status: "completed" });
    const next = await client.responses.create({
      ...{ model, input: "What is my name?", previous_response_id: first.id },
    });
    expect(next.output_text).toContain("Ada");
    expect(next).toMatchObject({
      previous_response_id: first.id,
      conversation: first.conversation,
    });
  });
});

describe("a response", () => {
  it("goes into the conversation that the program names", async () => {
    const conversation = "conv_of_the_program";
    const instructions = "Be kind.";
    const one = await client.responses.create({
      ...{ model, input: "My name is Ada.", conversation, instructions },
    });
    const two = await client.responses.create({
      ...{ model, input: "What is my name?", conversation: { id: conversation }, instructions },
    });
    expect(two.conversation).toEqual(one.conversation);
    expect(two.output_text).toContain("Ada");
    const changed = { model, input: "Hello", conversation, instructions: "Be rude." };
    expect(await fails(client.responses.create(changed))).toMatchObject({
      ...{ status: 400, param: "instructions" },
    });
    const other = clientOf(twin.url, (await logIn()).token);
    const foreign = await other.responses.create({ model, input: "Hello", conversation });
    expect(foreign.conversation).not.toEqual(one.conversation);
    expect(await fails(other.responses.retrieve(one.id))).toMatchObject({ status: 404 });
  });

  it("has the program run its tools, and goes on with what they return", async () => {
    script.add(callWeather("Oslo"), answerWith("It rains."));
    const first = await client.responses.create({ model, input: "Weather?", tools: [weather] });
    expect(first).toMatchObject({ status: "completed", output_text: "Let me see." });
    const call = first.output.find((item) => item.type === "function_call");
    expect(call).toMatchObject({ name: "get_weather", arguments: '{"city":"Oslo"}' });
    const outputs = {
      model,
      previous_response_id: first.id,
      input: [
        { type: "function_call_output" as const, call_id: call?.call_id ?? "", output: "Rain" },
      ],
    };
    const second = await client.responses.stream(outputs).finalResponse();
    expect(second).toMatchObject({ id: `${first.id}_1`, status: "completed" });
    expect(second.output_text).toBe("\n\nIt rains.");
    const { output } = await client.responses.create(outputs);
    expect(second.output).toMatchObject(output);
    expect(await client.responses.retrieve(first.id)).toMatchObject({ output: first.output });
    const others = { ...outputs, input: outputs.input.map((item) => ({ ...item, output: "Sun" })) };
    const refused = await fails(client.responses.create(others));
    expect(refused).toMatchObject({ status: 409, code: "already_decided" });
  });

  it("runs in the background, and can be cancelled", async () => {
    const queued = await client.responses.create({ model, input: "Hello", background: true });
    expect(queued).toMatchObject({ status: "queued", background: true });
    await expect
      .poll(async () => (await client.responses.retrieve(queued.id)).status, { timeout: 15_000 })
      .toBe("completed");

    const gate = script.hold({ afterDeltas: 2 });
    const stream = client.responses.stream({ model, input: "Tell me a long story" });
    let id = "";
    stream.on("response.created", ({ response }) => {
      id = response.id;
    });
    await gate.reached;
    await expect.poll(() => id).not.toBe("");
    expect(await client.responses.cancel(id)).toMatchObject({ status: "cancelled" });
    gate.release();
    expect((await stream.finalResponse()).status).toBe("incomplete");
  });

  it("that waits for a person never looks complete, and is read after the decision", async () => {
    script.add(
      callTools([{ name: "calculator", input: { expression: "1+1" } }], "I will."),
      answerWith("Done."),
    );
    const stream = client.responses.stream({ model, input: "Add" });
    let id = "";
    stream.on("response.created", ({ response }) => {
      id = response.id;
    });
    const error = await fails(stream.finalResponse());
    expect(error?.message).toMatch(/A person must decide about a call of calculator/);
    const parked = await client.responses.retrieve(id);
    expect(parked.status).toBe("in_progress");

    const headers = { cookie, "content-type": "application/json" };
    const conversation_id = parked.conversation?.id;
    const state = await fetch(`${twin.url}/api/v1/chat?conversation_id=${conversation_id}`, {
      headers: { ...headers, accept: "application/json" },
    });
    const { turn_id, tools } = (await state.json()) as {
      turn_id: string;
      tools: { id: string; approval: { arguments_sha256: string } }[];
    };
    const [call] = tools;
    const decided = await fetch(`${twin.url}/api/v1/chat/decision`, {
      ...{ method: "POST", headers },
      body: JSON.stringify({
        ...{ conversation_id, turn_id, call_id: call?.id, decision: "approve" },
        arguments_sha256: call?.approval.arguments_sha256,
      }),
    });
    expect(decided.status).toBe(200);
    const events = await Array.fromAsync(await client.responses.retrieve(id, { stream: true }));
    expect(events.at(-1)).toMatchObject({ type: "response.completed" });
    expect((await client.responses.retrieve(id)).output_text).toBe("I will.\n\nDone.");
  });

  it("that has failed says so", async () => {
    const refuse = () => Array.from({ length: 4 }, () => refuseWith("ValidationException"));
    script.add(...refuse());
    const error = await fails(client.responses.stream({ model, input: "Hi" }).finalResponse());
    expect(error?.message).toMatch(/^The model [^{}]+\.$/);
    script.clear();
    script.add(...refuse());
    const failed = await client.responses.create({ model, input: "Hi" });
    expect(failed).toMatchObject({ status: "failed", error: { code: expect.any(String) } });
  });

  it("is answered once although its client repeats the request", async () => {
    let tries = 0;
    const repeating = clientOf(twin.url, token, {
      maxRetries: 2,
      async fetch(...request: Parameters<typeof fetch>) {
        tries += 1;
        const response = await fetch(...request);
        await response.clone().text();
        if (tries === 1) throw new TypeError("The connection broke.");
        return response;
      },
    });
    script.add(answerWith("Once."));
    const response = await repeating.responses.create({ model, input: "A question that repeats" });
    expect([tries, response.output_text, script.remaining]).toEqual([2, "Once.", 0]);
    const again = await client.responses.create({ model, input: "A question that repeats" });
    expect(again.id).not.toBe(response.id);
  });

  it("is answered to the end although its client hangs up after any number of bytes", async () => {
    const send = (conversation: string, signal?: AbortSignal) => {
      script.add(answerWith("All of it arrives."));
      return fetch(`${twin.url}/v1/responses`, {
        ...{ method: "POST", ...(signal && { signal }) },
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify({ model, input: "Hello", conversation, stream: true }),
      });
    };
    for (const bytes of await placesToHangUp([0, 1, 60, 900], () => send("is whole"))) {
      const conversation = `hangs-up-${bytes}`;
      await hangUpAfter(bytes, (signal) => send(conversation, signal));
      script.add(answerWith("And more."));
      const next = await client.responses.create({ model, input: "Go on", conversation });
      expect(next.output_text).toBe("And more.");
      const { previous_response_id } = await client.responses.retrieve(next.id);
      const before = await client.responses.retrieve(previous_response_id ?? "");
      expect([before.status, before.output_text]).toEqual(["completed", "All of it arrives."]);
    }
  });
});

describe("the public tests of Open Responses", () => {
  const send = (request: object) =>
    fetch(`${twin.url}/v1/responses`, {
      ...{ method: "POST", body: JSON.stringify({ model, ...request }) },
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    });

  it.each(openResponsesCases)("$name", async ({ request, output }) => {
    script.add(output.length > 1 ? callWeather("San Francisco") : answerWith("Hello to you."));
    const response = await send(request);
    expect(response.status).toBe(200);
    const body = await response.text();
    const events = [...body.matchAll(/^data: (.*)$/gm)].map(([, data = ""]) =>
      v.parse(OpenResponseEvent, JSON.parse(data)),
    );
    const last = events.at(-1);
    const whole = last && "response" in last ? last.response : JSON.parse(body);
    expect(v.parse(OpenResponse, whole)).toMatchObject({ status: "completed" });
    expect(whole.output.map(({ type }: { type: string }) => type)).toEqual(output);
    if (!events.length) return;
    const types = events.map(({ type }) => type);
    expect(types.slice(0, 2)).toEqual(["response.created", "response.in_progress"]);
    const isCalling = types.includes("response.function_call_arguments.done");
    expect([types.at(-1), isCalling]).toEqual(["response.completed", output.length > 1]);
  });

  it("that do not apply find what they look for refused", async () => {
    const content = [{ type: "input_image", image_url: "data:image/png;base64,AA==" }];
    const image = await send({ input: [{ role: "user", content }] });
    expect([image.status, await image.json()]).toMatchObject([
      ...[400, { error: { param: "input.0.content" } }],
    ]);
    const headers = { authorization: `Bearer ${token}` };
    const compaction = await fetch(`${twin.url}/v1/responses/compact`, { method: "POST", headers });
    expect([compaction.status, await compaction.json()]).toMatchObject([
      ...[404, { type: "not_found" }],
    ]);
    expect(Object.keys(openResponsesExceptions)).toHaveLength(5);
  });
});

describe("a chat completion", () => {
  const system = { role: "system" as const, content: "Be kind." };
  const user = (content: string) => ({ role: "user" as const, content });
  const assistant = (content: string) => ({ role: "assistant" as const, content });
  type Messages = OpenAI.Chat.ChatCompletionMessageParam[];
  const send = (messages: Messages, options = {}) =>
    client.chat.completions.create({ model, messages, ...options });
  const textOf = ({ choices }: OpenAI.Chat.ChatCompletion) => choices[0]?.message.content ?? "";
  const conversations = async (): Promise<{ id: string; title: string }[]> => {
    const response = await fetch(`${twin.url}/api/v1/conversations?limit=50`, {
      headers: { cookie },
    });
    return ((await response.json()) as { conversations: { id: string; title: string }[] })
      .conversations;
  };
  const titled = async (start: string) =>
    (await conversations()).filter(({ title }) => title.startsWith(start));

  it("goes on in its conversation as long as the program repeats it", async () => {
    script.add(answerWith("One."), answerWith("Two."), answerWith("Three."));
    const messages: Messages = [system, user("Chain of requests")];
    for (const text of ["One.", "Two.", "Three."]) {
      const completion = await send(messages);
      expect(completion).toMatchObject({
        ...{ object: "chat.completion", usage: { total_tokens: expect.any(Number) } },
        choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant" } }],
      });
      expect(textOf(completion)).toBe(text);
      messages.push(assistant(text), user(`And after ${text}`));
    }
    expect(await titled("Chain of requests")).toHaveLength(1);
  });

  it("knows a history from elsewhere, which is stored once", async () => {
    const history = [user("Elsewhere I said that my name is Ada."), assistant("Hello Ada.")];
    const first = await send([system, ...history, user("What is my name?")]);
    expect(textOf(first)).toContain("Ada");
    script.add(answerWith("Again."));
    const next = [user("What is my name?"), assistant(textOf(first)), user("Sure?")];
    expect(textOf(await send([system, ...history, ...next]))).toBe("Again.");
    expect(await titled("Elsewhere I said")).toHaveLength(1);
    const otherSystem = { ...system, content: "Be brief." };
    await send([otherSystem, ...history, user("What is my name?")]);
    expect(await titled("Elsewhere I said")).toHaveLength(2);
  });

  it("knows a history of 4 MB, and has none above Lambda's limit", async () => {
    const history = Array.from({ length: 400 }, () => [
      user(`Large ${"x".repeat(10_000)}`),
      assistant("Yes."),
    ]).flat();
    script.add(answerWith("Fine."));
    const messages: Messages = [...history, user("Hello")];
    expect(textOf(await send(messages))).toBe("Fine.");
    messages.push(assistant("Fine."), user("Sure?"));
    expect(textOf(await send(messages))).not.toBe("");
    expect(await titled("Large")).toHaveLength(1);
    expect(await fails(send([...history, ...history]))).toMatchObject({ status: 413 });
  });

  it("streams, and says what it has cost", async () => {
    script.add(
      callTools([{ name: "current_time", input: {} }], "Let me look."),
      answerWith("Late."),
    );
    const stream = client.chat.completions.stream({
      ...{ model, messages: [user("Stream the time")], stream_options: { include_usage: true } },
    });
    const completion = await stream.finalChatCompletion();
    expect(textOf(completion)).toBe("Let me look.\n\nLate.");
    expect(completion.choices[0]).toMatchObject({ finish_reason: "stop" });
    expect(completion.usage).toMatchObject({ total_tokens: expect.any(Number) });
  });

  it.each([true, false])("has the program run its tools (stream: %s)", async (isStream) => {
    const { name, parameters } = weather;
    const tools = [{ type: "function" as const, function: { name, parameters } }];
    const ask = (messages: Messages) =>
      isStream
        ? client.chat.completions.stream({ model, messages, tools }).finalChatCompletion()
        : send(messages, { tools });
    script.add(callWeather("Oslo"), answerWith("It rains."), answerWith("Bye."));
    const messages: Messages = [user(`Weather, stream ${isStream}`)];
    const first = await ask(messages);
    expect(first.choices[0]).toMatchObject({ finish_reason: "tool_calls" });
    const { content, tool_calls: [call] = [] } = first.choices[0]?.message ?? { content: null };
    expect([content, call?.type === "function" && call.function]).toMatchObject([
      ...["Let me see.", { name, arguments: '{"city":"Oslo"}' }],
    ]);
    messages.push(
      { role: "assistant", content, tool_calls: call ? [call] : [] },
      { role: "tool", tool_call_id: call?.id ?? "", content: "Rain" },
    );
    const second = await ask(messages);
    expect(textOf(second)).toBe("\n\nIt rains.");
    expect(second.choices[0]).toMatchObject({ finish_reason: "stop" });
    messages.push(assistant(textOf(second)), user("Bye"));
    expect(textOf(await ask(messages))).toBe("Bye.");
    expect(await titled(`Weather, stream ${isStream}`)).toHaveLength(1);
  });

  it.each([true, false])(
    "that is no complete answer is an error (stream: %s)",
    async (isStream) => {
      const ask = (messages: Messages) =>
        isStream
          ? client.chat.completions.stream({ model, messages }).finalChatCompletion()
          : send(messages);
      script.add(callTools([{ name: "calculator", input: { expression: "1+1" } }], "I will."));
      const waiting = await fails(ask([user(`Add, stream ${isStream}`)]));
      expect(waiting?.message).toMatch(/A person must decide about a call of calculator/);
      script.add(...Array.from({ length: 4 }, () => refuseWith("ValidationException")));
      expect((await fails(ask([user("Hi")])))?.message).toMatch(/The model [^{}]+\.$/);
    },
  );

  it("is refused by the name of what it cannot have", async () => {
    const refused = [
      [{ n: 2 }, "n"],
      [{ response_format: { type: "json_object" } }, "response_format"],
      [{ max_tokens: 5 }, "max_tokens"],
      [{ messages: [] }, "messages"],
      [{ messages: [{ role: "robot", content: "x" }] }, "messages.0.role"],
      [{ messages: [{ ...user("x"), content: [{ type: "image_url" }] }] }, "messages.0.content"],
    ] as const;
    for (const [options, param] of refused) {
      const error = await fails(send([user("Hi")], options));
      expect(error).toMatchObject({ status: 400, param });
    }
  });
});

it("the lines of the guide work as they stand", async () => {
  const guide = await readFile(new URL("../../docs/openai.md", import.meta.url), "utf8");
  const lines = /```ts\n(.*?)```/s.exec(guide)?.[1] ?? "";
  const body = lines
    .replace('import OpenAI from "openai";', "")
    .replaceAll("http://localhost:3000", twin.url);
  script.add(answerWith("It is 84."), answerWith("42."));
  const printed: string[] = [];
  const print = (text: string) => printed.push(text);
  const run = new Function(
    "OpenAI",
    "token",
    "process",
    "console",
    `return (async () => {${body}})()`,
  );
  await run(OpenAI, token, { stdout: { write: print } }, { log: print });
  expect(printed.join("")).toBe("It is 84.42.");
});

it("the models are those of the deployment, and a name for the default", async () => {
  const models = await Array.fromAsync(client.models.list());
  expect(models.map(({ id }) => id)).toContain("default");
  const [first] = models;
  expect(await client.responses.create({ model: first?.id ?? "", input: "Hello" })).toMatchObject({
    status: "completed",
  });
});

describe("a request that is refused", () => {
  const fine = { model, input: "Hello" };
  const post = (body: unknown, headers: HeadersInit = { authorization: `Bearer ${token}` }) =>
    fetch(`${twin.url}/v1/responses`, {
      ...{ method: "POST", body: JSON.stringify(body) },
      headers: { "content-type": "application/json", ...headers },
    });

  it.each<[string, unknown, number, string | null]>([
    ["an unknown model", { ...fine, model: "gpt-9" }, 404, "model"],
    ["a temperature", { ...fine, temperature: 0.2 }, 400, "temperature"],
    ["more than one answer", { ...fine, n: 2 }, 400, "n"],
    ["an answer that is not stored", { ...fine, store: false }, 400, "store"],
    ["a form of the text", { ...fine, text: { format: { type: "json_schema" } } }, 400, "text"],
    ["a field that nobody knows", { ...fine, future: 1 }, 400, "future"],
    ["a tool of OpenAI", { ...fine, tools: [{ type: "web_search" }] }, 400, "tools.0.type"],
    ["our tool", { ...fine, tools: [{ ...weather, name: "calculator" }] }, 400, "tools.0.name"],
    ["an unknown role", { ...fine, input: [{ role: "robot", content: "x" }] }, 400, "input.0.role"],
    [
      "an image",
      { ...fine, input: [{ role: "user", content: [{ type: "input_image" }] }] },
      400,
      "input.0.content",
    ],
    [
      "an unknown item",
      { ...fine, input: [{ type: "item_reference", id: "x" }] },
      400,
      "input.0.type",
    ],
    ["no message", { ...fine, input: [] }, 400, "input"],
    ["null", { ...fine, input: null }, 400, "input"],
    [
      "a call of nobody",
      {
        ...fine,
        input: [
          { type: "function_call_output", call_id: `${crypto.randomUUID()}.1.0`, output: "x" },
        ],
      },
      404,
      null,
    ],
    [
      "an id of somebody else's service",
      { ...fine, previous_response_id: "resp_abc" },
      400,
      "previous_response_id",
    ],
    [
      "a response of nobody",
      { ...fine, previous_response_id: `resp_${"0".repeat(32)}` },
      404,
      null,
    ],
    [
      "two places",
      { ...fine, previous_response_id: `resp_${"0".repeat(32)}`, conversation: "x" },
      400,
      "conversation",
    ],
    ["an endless id", { ...fine, conversation: "x".repeat(201) }, 400, "conversation"],
    ["an empty id", { ...fine, conversation: "" }, 400, "conversation"],
    ["no response", { ...fine, previous_response_id: "" }, 400, "previous_response_id"],
  ])("for %s names it", async (_case, body, status, param) => {
    const response = await post(body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({
      error: {
        message: expect.stringMatching(/^[^{}<>]+\.$/),
        type: "invalid_request_error",
        param,
      },
    });
  });

  it("has no credential but a cookie, a wrong key, or none at all", async () => {
    for (const headers of [{ cookie }, {}, { authorization: "Bearer eaa_wrong" }]) {
      const response = await post(fine, headers as HeadersInit);
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ error: { type: "authentication_error" } });
    }
  });

  it("is above Lambda's limit, and one of 4 MB is not", async () => {
    script.add(answerWith("Fine."));
    const history = Array.from({ length: 400 }, () => [
      { role: "user", content: "x".repeat(10_000) },
      { role: "assistant", content: "Yes." },
    ]).flat();
    const large = await post({
      ...fine,
      conversation: "large",
      input: [...history, { role: "user", content: "Hello" }],
    });
    expect(await large.json()).toMatchObject({ status: "completed" });
    const larger = await post({ ...fine, input: [...history, ...history] });
    expect([larger.status, await larger.json()]).toMatchObject([
      ...[413, { type: "payload_too_large" }],
    ]);
  });

  it.each([
    ["DELETE", `/v1/responses/resp_${"0".repeat(32)}`],
    ["POST", "/v1/nothing"],
  ])("%s %s is nothing, in both entrances", async (method, path) => {
    for (const base of [twin.url, twin.functionUrl]) {
      const headers = { authorization: `Bearer ${token}` };
      const response = await fetch(`${base}${path}`, { method, headers });
      expect(response.status).toBe(404);
      expect(response.headers.get("content-type")).toMatch(/json/);
    }
  });
});
