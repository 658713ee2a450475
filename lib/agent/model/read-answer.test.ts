import {
  ContentBlockDelta$,
  ContentBlockStart$,
  ReasoningContentBlockDelta$,
} from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";
import { type ConverseEvent, deltaKinds, reasoningKinds, startKinds } from "./converse-event.ts";
import { readAnswer } from "./read-answer.ts";
import { AnswerIncomplete, ToolCallTooLong } from "./tool-call-reader.ts";
import { WireError } from "./wire-error.ts";

const text = (said: string) => ({
  contentBlockDelta: { contentBlockIndex: 0, delta: { text: said } },
});
const stop = (
  stopReason:
    | "end_turn"
    | "tool_use"
    | "max_tokens"
    | "malformed_tool_use"
    | "model_context_window_exceeded",
) => ({ messageStop: { stopReason } });
const start = (name: string, contentBlockIndex = 1) => ({
  contentBlockStart: { contentBlockIndex, start: { toolUse: { toolUseId: name, name } } },
});
const input = (json: string, contentBlockIndex = 1) => ({
  contentBlockDelta: { contentBlockIndex, delta: { toolUse: { input: json } } },
});
const call = (...pieces: string[]) => [start("t"), ...pieces.map((piece) => input(piece))];

/** Reads an answer of these events, whose stream then ends or throws. */
function answerOf(events: unknown[], options: { error?: unknown; onTokens?: () => void } = {}) {
  return readAnswer(
    async (onEvent) => {
      for (const event of events) onEvent(event as ConverseEvent);
      if (options.error) throw options.error;
    },
    {
      onText() {},
      onReasoning() {},
      onTextWithdrawn() {},
      onTokens() {
        options.onTokens?.();
      },
    },
  );
}

const callsOf = async (events: unknown[]) =>
  (await answerOf(events)).toolCalls.map(({ name, args }) => [name, args]);

it("reads an answer of text", async () => {
  const events = [{ messageStart: { role: "assistant" } }, text("a"), text(""), text("b")];
  const usage = { inputTokens: 1, outputTokens: 2, totalTokens: 3 };
  expect(await answerOf([...events, stop("end_turn"), { metadata: { usage } }])).toEqual({
    text: "ab",
    suggestions: [],
    blocks: [{ type: "text", text: "ab" }],
    toolCalls: [],
    stopReason: "end_turn",
    tokens: { inputTokens: 1, outputTokens: 2, cacheReadTokens: 0, cacheWriteTokens: 0 },
  });
});

describe("a kind of content", () => {
  // The SDK's schemas (3.1164.0) name the members of a union; its types would be gone at run time.
  const membersOf = (schema: unknown) => (schema as [number, string, string, number, string[]])[4];

  it("is listed for each kind of the SDK", () => {
    expect(Object.keys(deltaKinds).sort()).toEqual([...membersOf(ContentBlockDelta$)].sort());
    expect(Object.keys(startKinds).sort()).toEqual([...membersOf(ContentBlockStart$)].sort());
    expect(Object.keys(reasoningKinds).sort()).toEqual(
      [...membersOf(ReasoningContentBlockDelta$)].sort(),
    );
  });

  const sample: Record<string, unknown> = {
    text: "b",
    reasoningContent: { text: "Hm." },
    citation: { title: "A book" },
    image: { source: { bytes: "" } },
    toolResult: [{ text: "4" }],
  };
  const onlyText = [{ type: "text", text: "a" }];

  it.each(Object.entries(deltaKinds).filter(([kind]) => kind !== "toolUse"))(
    "%s in a delta is %s",
    async (kind, handling) => {
      const event = {
        contentBlockDelta: { contentBlockIndex: 3, delta: { [kind]: sample[kind] } },
      };
      const { blocks } = await answerOf([text("a"), event, stop("end_turn")]);
      if (handling === "dropped") expect(blocks).toEqual(onlyText);
      else expect(blocks).not.toEqual(onlyText);
    },
  );

  it.each(Object.keys(startKinds).filter((kind) => kind !== "toolUse"))(
    "%s at a start is dropped",
    async (kind) => {
      const event = { contentBlockStart: { contentBlockIndex: 3, start: { [kind]: {} } } };
      expect((await answerOf([event, text("a"), stop("end_turn")])).blocks).toEqual(onlyText);
    },
  );

  it.each([
    ["a new member", { delta: { hologram: {} } }],
    ["null", { delta: null }],
    ["no delta", {}],
    ["an empty delta", { delta: {} }],
    ["a text that is none", { delta: { text: null } }],
    ["a new kind of reasoning", { delta: { reasoningContent: { picture: {} } } }],
    ["empty reasoning", { delta: { reasoningContent: {} } }],
  ])("%s in a delta is dropped", async (_, delta) => {
    const event = { contentBlockDelta: { contentBlockIndex: 0, ...delta } };
    expect((await answerOf([text("a"), event, stop("end_turn")])).blocks).toEqual(onlyText);
  });

  it.each([
    ["a new member", { start: { hologram: {} } }],
    ["no start", {}],
  ])("%s at a start is dropped", async (_, inner) => {
    const event = { contentBlockStart: { contentBlockIndex: 0, ...inner } };
    expect((await answerOf([event, text("a"), stop("end_turn")])).blocks).toEqual(onlyText);
  });

  it("every kind of reasoning is read", async () => {
    const deltas = [{ text: "Hm." }, { signature: "s" }, { redactedContent: "AQ==" }];
    const events = deltas.map((reasoningContent) => ({
      contentBlockDelta: { contentBlockIndex: 0, delta: { reasoningContent } },
    }));
    expect((await answerOf([...events, stop("end_turn")])).blocks).toEqual([
      { type: "reasoning", reasoning: "Hm.", signature: "s" },
      { type: "reasoning_content", redactedContent: "AQ==" },
    ]);
  });

  it("an unknown event is dropped", async () => {
    const events = [{ contentBlockHint: {} }, { contentBlockDelta: null }, {}];
    expect((await answerOf([text("a"), ...events, stop("end_turn")])).blocks).toEqual(onlyText);
  });
});

describe("a tool call", () => {
  it("keeps its position between the texts", async () => {
    const events = [text("a"), ...call('{"a":', "1}"), text("b"), stop("tool_use")];
    const { blocks, toolCalls } = await answerOf(events);
    expect(blocks).toEqual([
      { type: "text", text: "a" },
      { type: "tool_call", id: "0" },
      { type: "text", text: "b" },
    ]);
    expect(toolCalls).toEqual([{ type: "tool_call", id: "t", name: "t", args: { a: 1 } }]);
  });

  it.each([
    ["no piece", [], {}],
    ["an empty piece", [""], {}],
    ["white space", [" \n"], {}],
    ["an object", ['{"a":', "1}"], { a: 1 }],
    ["a text that holds an object", [JSON.stringify('{"a":1}')], { a: 1 }],
    ["such a text twice over", [JSON.stringify(JSON.stringify({ a: 1 }))], { a: 1 }],
  ])("reads arguments from %s", async (_, pieces, expected) => {
    expect(await callsOf([...call(...pieces), stop("tool_use")])).toEqual([["t", expected]]);
  });

  it.each(["[1]", "42", "null", "true", '"2+2"', '"[1]"', '{"a":', "{a: 1}", '{"a":1}{"b":2}'])(
    "keeps the arguments %s as unreadable",
    async (json) => {
      const calls = await callsOf([...call(json), stop("tool_use")]);
      expect(calls).toEqual([["t", { unreadable_arguments: json }]]);
    },
  );

  it("stays separate from another call of the same index", async () => {
    const events = [start("a"), input('{"x":1}'), start("b"), input('{"x":', 1), input("2}")];
    expect(await callsOf([...events, stop("tool_use")])).toEqual([
      ["a", { x: 1 }],
      ["b", { x: 2 }],
    ]);
  });

  it("without arguments is kept beside another call of the same index", async () => {
    expect(await callsOf([start("a"), start("b"), stop("tool_use")])).toEqual([
      ["a", {}],
      ["b", {}],
    ]);
  });

  it("of the model's host is dropped with its arguments", async () => {
    const toolUse = { toolUseId: "s", name: "nova_grounding", type: "server_tool_use" };
    const hosted = { contentBlockStart: { contentBlockIndex: 1, start: { toolUse } } };
    const events = [hosted, input('{"q":"x"}'), start("a", 2), input("{}", 2), stop("tool_use")];
    expect(await callsOf(events)).toEqual([["a", {}]]);
  });

  it("gets its own pieces when two calls arrive interleaved", async () => {
    const events = [start("a", 4), start("b", 7), input('{"x":', 4), input('{"x":2}', 7)];
    expect(await callsOf([...events, input("1}", 4), stop("tool_use")])).toEqual([
      ["a", { x: 1 }],
      ["b", { x: 2 }],
    ]);
  });
});

it.each([
  ["ends without messageStop", [text("a")]],
  ["is empty", []],
  ["is called malformed by the model's host", [...call("{}"), stop("malformed_tool_use")]],
  ["stops for a tool call but has none", [text("a"), stop("tool_use")]],
  ["lacks the start of a tool call", [input("{}"), stop("tool_use")]],
  ["has a tool call without a name", [start(""), input("{}"), stop("tool_use")]],
])("refuses an answer that %s", async (_, events) => {
  await expect(answerOf(events)).rejects.toThrow(AnswerIncomplete);
});

it.each(["max_tokens", "model_context_window_exceeded"] as const)(
  "refuses a tool call that ended with %s, even if its arguments look complete",
  async (reason) => {
    await expect(answerOf([...call("{}"), stop(reason)])).rejects.toThrow(ToolCallTooLong);
  },
);

it("reports the token count of an answer that it refuses", async () => {
  const metadata = { metadata: { usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 } } };
  for (const reason of ["max_tokens", "malformed_tool_use"] as const) {
    let reports = 0;
    const onTokens = () => {
      reports += 1;
    };
    const reading = answerOf([...call("{}"), stop(reason), metadata], { onTokens });
    await expect(reading).rejects.toThrow(/output tokens|ended with malformed/);
    expect(reports).toBe(1);
  }
});

const reset = new WireError("aborted", { errorName: "ECONNRESET" });

it("throws the error of a broken stream", async () => {
  await expect(answerOf([text("a")], { error: reset })).rejects.toBe(reset);
});

it("accepts a complete answer whose token count is lost", async () => {
  const answer = await answerOf([text("a"), stop("end_turn")], { error: reset });
  expect(answer).toMatchObject({ text: "a", tokens: null });
});

it("throws an error of our own code even after a complete answer", async () => {
  const fault = new TypeError("x is not a function");
  await expect(answerOf([text("a"), stop("end_turn")], { error: fault })).rejects.toBe(fault);
});
