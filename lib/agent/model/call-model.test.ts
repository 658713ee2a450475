import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventFramesType } from "#local/bedrock/event-frame.ts";
import {
  answerWith,
  callTools,
  cut,
  cutAtByte,
  flipByte,
  interrupt,
  type RawResponse,
  respondWith,
  type ScriptedCall,
  sendEvents,
  throwInStream,
} from "#local/bedrock/script.ts";
import { type BedrockServer, startBedrock } from "#local/bedrock/server.ts";
import { endlessPurse } from "#test/support/endless-purse.ts";
import { callModelOnce, htmlPage, type ModelCallOptions } from "#test/support/model-call.ts";

const fallbackModelId = "us.amazon.nova-lite-v1:0";

let bedrock: BedrockServer;
beforeEach(async () => {
  bedrock = await startBedrock({ model: () => [{ type: "stop", reason: "end_turn" }] });
});
afterEach(async () => {
  await bedrock.close();
  expect(bedrock.script.remaining).toBe(0);
});

const call = (attempts: ScriptedCall[], options?: ModelCallOptions) =>
  callModelOnce(bedrock, attempts, options);
const repeat = (count: number, step: ScriptedCall) => Array.from({ length: count }, () => step);

describe("the money of a call that fails", () => {
  it("is none if no attempt reached Bedrock", async () => {
    const purse = endlessPurse();
    const unreachable = await startBedrock({ model: () => [] });
    await unreachable.close();
    const { error } = await call([], { purse, endpoint: unreachable.endpoint });
    expect(error).toMatchObject({ type: "model_failed" });
    expect(purse.state).toEqual({ spent: 0, inFlight: 0 });
    expect(purse.isEstimated).toBe(false);
  });

  it("is estimated if the connection broke without an answer", async () => {
    const purse = endlessPurse();
    await call([cutAtByte(answerWith("Hello!"), 0), answerWith("Hello!")], { purse });
    expect(purse.isEstimated).toBe(true);
  });
});

describe("a response of a proxy", () => {
  const bodies: [string, Omit<RawResponse, "status">][] = [
    ["an HTML body", htmlPage],
    ["a text body", { headers: { "content-type": "text/plain" }, body: "upstream is down" }],
    ["an empty body", {}],
    [
      "an HTML body with the type JSON",
      { headers: { "content-type": "application/json" }, body: htmlPage.body },
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
      expect((await call([step, answerWith("Hello!")])).text).toBe("Hello!");
      const { error, pauses } = await call(repeat(4, step));
      expect(error).toMatchObject({ type, retryable: true });
      expect(pauses).toEqual([500, 1_000, 2_000]);
    });
  }

  it.each([
    ["an HTML page", htmlPage],
    ["a page without a type", { body: htmlPage.body }],
    ["no body", {}],
    ["an empty event stream", { headers: { "content-type": eventFramesType } }],
    [
      "a page with the type of an event stream",
      { headers: { "content-type": eventFramesType }, body: htmlPage.body },
    ],
    ["JSON", { headers: { "content-type": "application/json" }, body: "{}" }],
  ])("of status 200 with %s is retried", async (_, response) => {
    const { text, pauses } = await call([respondWith(200, response), answerWith("Hello!")]);
    expect(text).toBe("Hello!");
    expect(pauses).toEqual([500]);
  });

  it("of status 503 is retried after its Retry-After", async () => {
    const step = respondWith(503, {
      ...htmlPage,
      headers: { ...htmlPage.headers, "retry-after": "4" },
    });
    expect((await call([step, answerWith("Hello!")])).pauses).toEqual([4_000]);
  });

  it("with a long Retry-After is followed by the fallback at once", async () => {
    const step = respondWith(503, {
      ...htmlPage,
      headers: { ...htmlPage.headers, "retry-after": "3600" },
    });
    const { text, answer, pauses } = await call([step, answerWith("Hello!")], { fallbackModelId });
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
  ])("with an unknown exception %s is retried", async (_, step) => {
    expect((await call([step, answerWith("Hello!")])).text).toBe("Hello!");
    const { error } = await call(repeat(4, step));
    expect(error).toMatchObject({ type: "model_failed", retryable: true });
  });

  it.each([
    ["throttlingException", "model_busy", true],
    ["serviceUnavailableException", "model_busy", true],
    ["internalServerException", "model_failed", true],
    ["modelStreamErrorException", "model_failed", true],
  ] as const)(
    "that starts with %s fails as %s after four attempts",
    async (name, type, retryable) => {
      const { error } = await call(repeat(4, throwInStream(name)));
      expect(error).toMatchObject({ type, retryable });
    },
  );

  it.each(["accessDeniedException", "serviceQuotaExceededException", "resourceNotFoundException"])(
    "with the exception %s is not retried",
    async (name) => {
      const { error } = await call([throwInStream(name, ...events)]);
      expect(error).toMatchObject({ type: "model_unavailable" });
    },
  );

  it("keeps its text beside unknown kinds of content", async () => {
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
    expect(await call([step])).toMatchObject({ text: "a", pauses: [] });
  });

  it("returns both of two tool calls with one index", async () => {
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
    const { answer } = await call([step]);
    expect(answer?.toolCalls).toMatchObject([
      { id: "one", name: "calculator", args: { expression: "1+1" } },
      { id: "two", name: "calculator", args: { expression: "2+2" } },
    ]);
  });

  it("cut after any byte is retried, unless the answer was complete", async () => {
    const step = callTools([{ name: "calculator", input: { expression: "6*7" }, id: "x" }]);
    const length = await bodyLength(step);
    expect(length).toBeGreaterThan(700);
    expect(length).toBeLessThan(1_200); // Each byte costs two calls.
    let retried = 0;
    for (let bytes = 0; bytes <= length; bytes += 1) {
      const { answer, pauses, error } = await call([cutAtByte(step, bytes), step]);
      expect(error, `after ${bytes} bytes`).toBeUndefined();
      expect(answer?.toolCalls, `after ${bytes} bytes`).toMatchObject([
        { id: "x", name: "calculator", args: { expression: "6*7" } },
      ]);
      retried += pauses.length;
      bedrock.script.clear();
    }
    // The last frame only counts tokens, so a cut in that frame loses nothing of the answer.
    expect(retried).toBeGreaterThan(length * 0.7);
  }, 60_000);

  it("with any one byte changed is retried, unless the answer was complete", async () => {
    const step = answerWith("Hm.");
    const length = await bodyLength(step);
    for (let at = 0; at < length; at += 1) {
      const { text, error } = await call([flipByte(step, at), step]);
      expect({ at, text, error }).toEqual({ at, text: "Hm.", error: undefined });
      bedrock.script.clear();
    }
  }, 60_000);

  it("that breaks off twice is retried twice", async () => {
    const { text, events } = await call([
      interrupt(answerWith("one two three"), 2, cut),
      interrupt(answerWith("one two three"), 1, cut),
      answerWith("one two three"),
    ]);
    expect(text).toBe("one two three");
    expect(events.filter(({ type }) => type === "restart")).toHaveLength(2);
  });
});

/** Returns how many bytes the local Bedrock sends for an answer. */
async function bodyLength(step: ScriptedCall): Promise<number> {
  bedrock.script.add(step);
  const response = await fetch(
    `${bedrock.endpoint}/model/us.amazon.nova-2-lite-v1:0/converse-stream`,
    {
      method: "POST",
      headers: { authorization: "Bearer local" },
      body: JSON.stringify({ messages: [{ role: "user", content: [{ text: "Hello" }] }] }),
    },
  );
  return (await response.arrayBuffer()).byteLength;
}
