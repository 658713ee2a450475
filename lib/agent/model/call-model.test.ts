import { HumanMessage } from "@langchain/core/messages";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AgentEvent } from "#lib/agent/agent-event.ts";
import { calculator } from "#lib/tools/calculator/calculator.ts";
import { eventFramesType } from "#local/bedrock/event-frame.ts";
import {
  answerWith,
  callTools,
  createGate,
  cut,
  cutAtByte,
  flipByte,
  interrupt,
  type RawResponse,
  refuseWith,
  respondWith,
  type ScriptedCall,
  sendEvents,
  stall,
  throwInStream,
} from "#local/bedrock/script.ts";
import { type BedrockServer, startBedrock } from "#local/bedrock/server.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { createBedrockClient } from "./bedrock-client.ts";
import { createModelCaller } from "./call-model.ts";
import { createChatModel } from "./chat-model.ts";
import type { IdleTimeouts } from "./idle-timeout.ts";
import type { ModelFailure } from "./model-failure.ts";

const modelId = "us.amazon.nova-2-lite-v1:0";
const fallbackModelId = "us.amazon.nova-lite-v1:0";

let bedrock: BedrockServer;
beforeEach(async () => {
  bedrock = await startBedrock({ answer: () => [{ type: "stop", reason: "end_turn" }] });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await bedrock.close();
  expect(bedrock.script.remaining).toBe(0);
});

interface Options {
  modelId?: string;
  fallbackModelId?: string;
  endpoint?: string | undefined;
  temperature?: number;
  idleTimeouts?: IdleTimeouts;
  signal?: AbortSignal;
}

/** Asks once, of a model that is scripted. Pauses are counted, not waited for. */
async function ask(steps: ScriptedCall[], options: Options = {}) {
  const { temperature, idleTimeouts } = options;
  const endpoint = "endpoint" in options ? options.endpoint : bedrock.endpoint;
  const { telemetry, measured, lines } = recordingTelemetry();
  const pauses: number[] = [];
  const events: AgentEvent[] = [];
  const region = "us-east-1";
  const client = createBedrockClient({ region, endpoint });
  const model = (id: string) =>
    createChatModel({
      modelId: id,
      region,
      client,
      tools: [calculator],
      temperature,
      idleTimeouts,
    });
  const callModel = createModelCaller({
    primary: model(options.modelId ?? modelId),
    fallback: options.fallbackModelId === undefined ? undefined : model(options.fallbackModelId),
    telemetry,
    retry: { delay: async (ms) => void pauses.push(ms), random: () => 0.5 },
  });
  bedrock.script.add(...steps);
  const call = {
    messagesFor: () => [new HumanMessage("Hello")],
    modelId: undefined,
    textBefore: "",
    signal: options.signal ?? new AbortController().signal,
    emit: (event: AgentEvent) => void events.push(event),
  };
  try {
    const answer = await callModel(call);
    return { answer, text: answer.text, pauses, measured, lines, events };
  } catch (thrown) {
    const error = thrown as ModelFailure;
    return { error, pauses, measured, lines, events };
  } finally {
    client.destroy();
  }
}

const times = (count: number, step: ScriptedCall) => Array.from({ length: count }, () => step);
const page = "<!doctype html><html><body><h1>503 Service Unavailable</h1></body></html>";
const html = { "content-type": "text/html" };

describe("a response that is not Bedrock's", () => {
  const bodies: [string, Omit<RawResponse, "status">][] = [
    ["an HTML body", { headers: html, body: page }],
    ["a text body", { headers: { "content-type": "text/plain" }, body: "upstream is down" }],
    ["an empty body", {}],
    [
      "an HTML body that is called JSON",
      { headers: { "content-type": "application/json" }, body: page },
    ],
    ["a JSON text", { headers: { "content-type": "application/json" }, body: '"busy"' }],
    ["a JSON null", { headers: { "content-type": "application/json" }, body: "null" }],
    ["half a JSON object", { headers: { "content-type": "application/json" }, body: '{"mess' }],
  ];
  const statuses: [number, string][] = [
    [429, "model_busy"],
    [503, "model_busy"],
    [529, "model_busy"],
    [500, "model_failed"],
    [502, "model_failed"],
    [504, "model_failed"],
    [408, "model_failed"],
    [424, "model_failed"],
    [400, "model_failed"],
    [302, "model_failed"],
    [418, "model_failed"],
  ];

  for (const [status, type] of statuses) {
    it.each(bodies)(`of status ${status} with %s is retried, then ${type}`, async (_, response) => {
      const step = respondWith(status, response);
      expect((await ask([step, answerWith("Hello!")])).text).toBe("Hello!");
      const { error, pauses } = await ask(times(4, step));
      expect(error).toMatchObject({ type, retryable: true });
      expect(pauses).toEqual([500, 1_000, 2_000]);
    });
  }

  it.each([
    ["an HTML page", { headers: html, body: page }],
    ["a page without a type", { body: page }],
    ["no body", {}],
    ["an empty event stream", { headers: { "content-type": eventFramesType } }],
    [
      "a page that is called an event stream",
      { headers: { "content-type": eventFramesType }, body: page },
    ],
    ["JSON", { headers: { "content-type": "application/json" }, body: "{}" }],
  ])("of status 200 with %s is retried", async (_, response) => {
    const { text, pauses } = await ask([respondWith(200, response), answerWith("Hello!")]);
    expect(text).toBe("Hello!");
    expect(pauses).toEqual([500]);
  });

  it("of status 503 says when to come back", async () => {
    const step = respondWith(503, { headers: { ...html, "retry-after": "4" }, body: page });
    expect((await ask([step, answerWith("Hello!")])).pauses).toEqual([4_000]);
  });

  it("asks for more time than a person waits: the fallback answers at once", async () => {
    const step = respondWith(503, { headers: { ...html, "retry-after": "3600" }, body: page });
    const { text, answer, pauses } = await ask([step, answerWith("Hello!")], { fallbackModelId });
    expect(text).toBe("Hello!");
    expect(answer?.modelId).toBe(fallbackModelId);
    expect(pauses).toEqual([]);
  });
});

describe("a stream", () => {
  const events: [string, object][] = [
    ["messageStart", { role: "assistant" }],
    ["contentBlockDelta", { contentBlockIndex: 0, delta: { text: "a" } }],
  ];

  it.each([
    ["as its first frame", throwInStream("quantumException")],
    ["after its first text", throwInStream("quantumException", ...events)],
  ])("with an unknown exception %s is asked for again", async (_, step) => {
    expect((await ask([step, answerWith("Hello!")])).text).toBe("Hello!");
    const { error } = await ask(times(4, step));
    expect(error).toMatchObject({ type: "model_failed", retryable: true });
  });

  it.each([
    ["throttlingException", "model_busy", true],
    ["serviceUnavailableException", "model_busy", true],
    ["internalServerException", "model_failed", true],
    ["modelStreamErrorException", "model_failed", true],
  ] as const)("that begins with %s ends as %s after four tries", async (name, type, retryable) => {
    const { error } = await ask(times(4, throwInStream(name)));
    expect(error).toMatchObject({ type, retryable });
  });

  it.each(["accessDeniedException", "serviceQuotaExceededException", "resourceNotFoundException"])(
    "with the exception %s is not asked for again",
    async (name) => {
      const { error } = await ask([throwInStream(name, ...events)]);
      expect(error).toMatchObject({ type: "model_unavailable" });
    },
  );

  it("keeps its text when a kind of content comes that nobody knows", async () => {
    const unknown = ["image", "toolResult", "citation", "hologram"].map((kind) => {
      const delta = { [kind]: kind === "toolResult" ? [{ text: "x" }] : { title: "x" } };
      return ["contentBlockDelta", { contentBlockIndex: 1, delta }] as [string, object];
    });
    const step = sendEvents(
      ...events,
      ["contentBlockStart", { contentBlockIndex: 1, start: { hologram: {} } }],
      ...unknown,
      ["contentBlockStop", { contentBlockIndex: 1 }],
      ["hologramStop", {}],
      ["messageStop", { stopReason: "end_turn" }],
    );
    expect(await ask([step])).toMatchObject({ text: "a", pauses: [] });
  });

  it("with two tool calls of one index brings both", async () => {
    const toolUse = (id: string) => ({
      contentBlockIndex: 1,
      start: { toolUse: { toolUseId: id, name: "calculator" } },
    });
    const input = (json: string) => ({ contentBlockIndex: 1, delta: { toolUse: { input: json } } });
    const step = sendEvents(
      ...events,
      ["contentBlockStart", toolUse("one")],
      ["contentBlockDelta", input('{"expression":"1+1"}')],
      ["contentBlockStart", toolUse("two")],
      ["contentBlockDelta", input('{"expression":')],
      ["contentBlockDelta", input('"2+2"}')],
      ["messageStop", { stopReason: "tool_use" }],
    );
    const { answer } = await ask([step]);
    expect(answer?.toolCalls).toMatchObject([
      { id: "one", name: "calculator", args: { expression: "1+1" } },
      { id: "two", name: "calculator", args: { expression: "2+2" } },
    ]);
  });

  it("that is cut after any of its bytes is asked for again, unless the answer was whole", async () => {
    const step = callTools([{ name: "calculator", input: { expression: "6*7" }, id: "x" }]);
    const length = await bodyLength(step);
    expect(length).toBeGreaterThan(700);
    expect(length).toBeLessThan(1_200); // Each byte costs two calls.
    let retried = 0;
    for (let bytes = 0; bytes <= length; bytes += 1) {
      const { answer, pauses, error } = await ask([cutAtByte(step, bytes), step]);
      expect(error, `after ${bytes} bytes`).toBeUndefined();
      expect(answer?.toolCalls, `after ${bytes} bytes`).toMatchObject([
        { id: "x", name: "calculator", args: { expression: "6*7" } },
      ]);
      retried += pauses.length;
      bedrock.script.clear();
    }
    // The last frame counts tokens; a cut in it loses nothing of the answer.
    expect(retried).toBeGreaterThan(length * 0.7);
  }, 60_000);

  it("with any one of its bytes spoilt is asked for again, unless the answer was whole", async () => {
    const step = answerWith("Hm.");
    const length = await bodyLength(step);
    for (let at = 0; at < length; at += 1) {
      const { text, error } = await ask([flipByte(step, at), step]);
      expect({ at, text, error }).toEqual({ at, text: "Hm.", error: undefined });
      bedrock.script.clear();
    }
  }, 60_000);

  it("that breaks off after a long time is asked for again all the same", async () => {
    const { text, events: told } = await ask([
      interrupt(answerWith("one two three"), 2, cut),
      interrupt(answerWith("one two three"), 1, cut),
      answerWith("one two three"),
    ]);
    expect(text).toBe("one two three");
    expect(told.filter(({ type }) => type === "restart")).toHaveLength(2);
  });
});

describe("a model that is silent", () => {
  const idleTimeouts = { firstTokenMs: 60, betweenTokensMs: 30 };
  const silence = () => interrupt(answerWith("never"), 0, stall(createGate()));

  it("before its first word is asked again, then the fallback", async () => {
    const steps = [silence(), silence(), answerWith("Hello!")];
    const { answer, lines } = await ask(steps, { idleTimeouts, fallbackModelId });
    expect(answer).toMatchObject({ text: "Hello!", modelId: fallbackModelId });
    expect(lines.map(({ event }) => event)).toEqual(["model.failed", "model.failed"]);
    expect(await Promise.all(bedrock.calls.slice(0, 2).map(({ ended }) => ended))).toEqual([
      "abandoned",
      "abandoned",
    ]);
  });

  it("before its first word answers at the second try", async () => {
    expect((await ask([silence(), answerWith("Hello!")], { idleTimeouts })).text).toBe("Hello!");
  });

  it("without a fallback fails after two tries, and may be asked later", async () => {
    const { error } = await ask([silence(), silence()], { idleTimeouts });
    expect(error).toMatchObject({ kind: "silent", type: "model_failed", retryable: true });
    expect(bedrock.calls).toHaveLength(2);
  });

  const start = sendEvents(["messageStart", { role: "assistant" }]).response;
  const frame = Buffer.from(start?.body ?? "");
  it.each([
    ["after its head", 200, eventFramesType, ""],
    ["within its first frame", 200, eventFramesType, frame.subarray(0, 20)],
    ["after messageStart", 200, eventFramesType, frame],
    ["in the body of an error", 500, "text/html", "<"],
  ])("%s is asked again", async (_, status, type, body) => {
    const headers = { "content-type": type };
    const held = respondWith(status, { headers, body, gate: createGate() });
    expect((await ask([held, answerWith("Hello!")], { idleTimeouts })).text).toBe("Hello!");
  });

  it("in the middle of its answer is asked again", async () => {
    const step = interrupt(answerWith("one two"), 1, stall(createGate()));
    const { text, events } = await ask([step, answerWith("Hello!")], { idleTimeouts });
    expect(text).toBe("Hello!");
    expect(events).toContainEqual({ type: "restart", text: "" });
  });

  it("is waited for longer before its first word than after it", async () => {
    const gate = createGate();
    const slow = { firstTokenMs: 60_000, betweenTokensMs: 1 };
    const asking = ask([interrupt(answerWith("Hello"), 0, stall(gate))], { idleTimeouts: slow });
    await gate.reached;
    gate.release();
    expect((await asking).text).toBe("Hello");
  });

  it("is not waited for when the turn ends", async () => {
    const gate = createGate();
    const stop = new AbortController();
    const deadline = new Error("deadline");
    const step = interrupt(answerWith("never"), 0, stall(gate));
    const asking = ask([step], {
      idleTimeouts: { firstTokenMs: 60_000, betweenTokensMs: 60_000 },
      signal: stop.signal,
    });
    await gate.reached;
    stop.abort(deadline);
    expect((await asking).error).toBe(deadline);
    expect(await bedrock.calls[0]?.ended).toBe("abandoned");
  });
});

describe("a model that an operator has to mend", () => {
  const steps: [string, ScriptedCall][] = [
    ["a used up quota", refuseWith("ServiceQuotaExceededException")],
    ["a retired model", refuseWith("ResourceNotFoundException")],
    ["denied access", refuseWith("AccessDeniedException")],
    ["expired credentials", refuseWith("ExpiredTokenException")],
    ["a wrong key", refuseWith("UnrecognizedClientException")],
    [
      "a region without the model",
      refuseWith("ValidationException", { message: "The provided model identifier is invalid." }),
    ],
    ["a firewall", respondWith(403, { headers: html, body: page })],
    ["an address without a service", respondWith(404, { headers: html, body: page })],
  ];

  it.each(steps)("because of %s is not asked again, and the alarm sounds", async (_, step) => {
    const { error, pauses, measured, lines } = await ask([step]);
    expect(error).toMatchObject({ type: "model_unavailable", retryable: false });
    expect(pauses).toEqual([]);
    expect(measured).toContainEqual({ metric: "ModelUnusable", value: 1 });
    expect(lines.map(({ level, event }) => [level, event])).toEqual([["error", "model.unusable"]]);
  });

  it.each(steps)("because of %s is replaced by the fallback", async (_, step) => {
    const { answer, measured } = await ask([step, answerWith("Hello!")], { fallbackModelId });
    expect(answer).toMatchObject({ text: "Hello!", modelId: fallbackModelId, isFallback: true });
    expect(measured).toContainEqual({ metric: "ModelUnusable", value: 1 });
  });

  it.each([
    ["are no credentials", {}],
    ["is an empty token", { AWS_BEARER_TOKEN_BEDROCK: "" }],
    ["is half a key", { AWS_ACCESS_KEY_ID: "local" }],
    ["is a profile that does not exist", { AWS_PROFILE: "nobody" }],
  ])("because there %s is not asked at all", async (_, variables) => {
    const ways = ["ACCESS_KEY_ID", "PROFILE", "BEARER_TOKEN_BEDROCK", "WEB_IDENTITY_TOKEN_FILE"];
    for (const way of ways) vi.stubEnv(`AWS_${way}`, undefined);
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
    vi.stubEnv("AWS_CONFIG_FILE", "/nowhere");
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere");
    // Loopback, should there be credentials after all.
    vi.stubEnv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", bedrock.endpoint);
    const { error, lines, pauses } = await ask([], { endpoint: undefined });
    expect(error).toMatchObject({ type: "model_unavailable", retryable: false });
    expect(lines.map(({ event }) => event)).toEqual(["model.unusable"]);
    expect(pauses).toEqual([]);
    expect(bedrock.calls).toEqual([]);
  });

  it("does not hide that the other one may answer in a moment", async () => {
    const steps = [refuseWith("AccessDeniedException"), refuseWith("ThrottlingException")];
    const { error } = await ask(steps, { fallbackModelId });
    expect(error).toMatchObject({ type: "model_busy", retryable: true });
  });

  it("is one that the stand-in does not have", async () => {
    const bare = await ask([], { modelId: "amazon.nova-2-lite-v1:0" });
    expect(bare.error).toMatchObject({ type: "model_unavailable" });
    const retired = await ask([], { modelId: "us.anthropic.claude-3-5-haiku-20241022-v1:0" });
    expect(retired.error).toMatchObject({ type: "model_unavailable" });
  });
});

describe("a model that refuses the request", () => {
  it("is not asked again, but the fallback is", async () => {
    const { answer, measured } = await ask(
      [refuseWith("ValidationException"), answerWith("Hello!")],
      {
        fallbackModelId,
      },
    );
    expect(answer).toMatchObject({ text: "Hello!", modelId: fallbackModelId });
    expect(measured).toContainEqual({ metric: "ModelUnusable", value: 1 });
  });

  it("because it knows no tools in a stream is replaced", async () => {
    const modelWithoutTools = "us.meta.llama4-scout-17b-instruct-v1:0";
    const { answer } = await ask([answerWith("Hello!")], {
      modelId: modelWithoutTools,
      fallbackModelId,
    });
    expect(answer).toMatchObject({ text: "Hello!", modelId: fallbackModelId });
  });

  it("stays a refusal when the fallback is not there either", async () => {
    const steps = [refuseWith("ValidationException"), refuseWith("AccessDeniedException")];
    const { error } = await ask(steps, { fallbackModelId });
    expect(error).toMatchObject({ kind: "refused", wasRefused: true, retryable: false });
  });
});

describe("a temperature", () => {
  const sent = () => bedrock.calls.at(-1)?.request.inferenceConfig;

  it("is sent only when it is set", async () => {
    await ask([answerWith("Hello!")]);
    expect(sent()).toEqual({ maxTokens: 1_024 });
    await ask([answerWith("Hello!")], { temperature: 0 });
    expect(sent()).toEqual({ maxTokens: 1_024, temperature: 0 });
  });

  it.each(["us.anthropic.claude-opus-4-7", "us.anthropic.claude-sonnet-5"])(
    "is never sent to %s, which refuses it",
    async (id) => {
      const { text } = await ask([answerWith("Hello!")], { modelId: id, temperature: 0.2 });
      expect(text).toBe("Hello!");
      expect(sent()).toEqual({ maxTokens: 1_024 });
      expect(bedrock.rejections).toEqual([]);
    },
  );
});

/** How many bytes the stand-in sends for an answer. */
async function bodyLength(step: ScriptedCall): Promise<number> {
  bedrock.script.add(step);
  const response = await fetch(`${bedrock.endpoint}/model/${modelId}/converse-stream`, {
    method: "POST",
    headers: { authorization: "Bearer local" },
    body: JSON.stringify({ messages: [{ role: "user", content: [{ text: "Hello" }] }] }),
  });
  return (await response.arrayBuffer()).byteLength;
}
