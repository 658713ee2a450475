import {
  ContentBlockDelta$,
  ContentBlockStart$,
  type ConverseStreamOutput,
  ReasoningContentBlockDelta$,
  ThrottlingException,
} from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";
import {
  AnswerIncomplete,
  deltaKinds,
  guardStream,
  reasoningKinds,
  startKinds,
  ToolCallTooLong,
} from "./guard-stream.ts";
import { WireError } from "./wire-error.ts";

const text = (said: string): ConverseStreamOutput => ({
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
const start = (name: string, contentBlockIndex = 1): ConverseStreamOutput => ({
  contentBlockStart: { contentBlockIndex, start: { toolUse: { toolUseId: name, name } } },
});
const input = (json: string, contentBlockIndex = 1): ConverseStreamOutput => ({
  contentBlockDelta: { contentBlockIndex, delta: { toolUse: { input: json } } },
});
const call = (...pieces: string[]) => [start("t"), ...pieces.map((piece) => input(piece))];

async function* streamOf(events: unknown[], error?: unknown) {
  yield* events as ConverseStreamOutput[];
  if (error) throw error;
}
async function guarded(events: unknown[], error?: unknown) {
  const yielded: ConverseStreamOutput[] = [];
  for await (const event of guardStream(streamOf(events, error))) yielded.push(event);
  return yielded;
}

/** The tool calls as LangChain puts them together: by index, the pieces of the arguments joined. */
async function callsOf(events: unknown[]) {
  const calls: { name: string | undefined; json: string }[] = [];
  for (const { contentBlockStart, contentBlockDelta } of await guarded(events)) {
    const index = contentBlockStart?.contentBlockIndex ?? contentBlockDelta?.contentBlockIndex;
    const toolStart = contentBlockStart?.start?.toolUse;
    const delta = contentBlockDelta?.delta?.toolUse;
    if (index === undefined || !(toolStart || delta)) continue;
    calls[index] ??= { name: undefined, json: "" };
    if (toolStart) calls[index].name = toolStart.name;
    if (delta) calls[index].json += delta.input;
  }
  return calls.map(({ name, json }) => [name, JSON.parse(json)]);
}

it("yields an answer of text unchanged", async () => {
  const events = [{ messageStart: { role: "assistant" } }, text("a"), text(""), stop("end_turn")];
  const metadata = { metadata: { usage: {} } };
  expect(await guarded([...events, metadata])).toEqual([...events, metadata]);
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
    image: { source: { bytes: new Uint8Array() } },
    toolResult: [{ text: "4" }],
    toolUse: { input: "{}" },
  };

  it.each(Object.entries(deltaKinds).filter(([kind]) => kind !== "toolUse"))(
    "%s in a delta is %s",
    async (kind, handling) => {
      const event = {
        contentBlockDelta: { contentBlockIndex: 3, delta: { [kind]: sample[kind] } },
      };
      const yielded = await guarded([text("a"), event, stop("end_turn")]);
      expect(yielded).toEqual([
        text("a"),
        ...(handling === "yielded" ? [event] : []),
        stop("end_turn"),
      ]);
    },
  );

  it.each(Object.keys(startKinds).filter((kind) => kind !== "toolUse"))(
    "%s at a start is dropped",
    async (kind) => {
      const event = { contentBlockStart: { contentBlockIndex: 3, start: { [kind]: {} } } };
      expect(await guarded([event, text("a"), stop("end_turn")])).toHaveLength(2);
    },
  );

  it.each([
    ["a new member", { delta: { hologram: {} } }],
    ["the SDK's unknown member", { delta: { $unknown: ["hologram", {}] } }],
    ["no delta", {}],
    ["an empty delta", { delta: {} }],
    ["a text that is none", { delta: { text: null } }],
    ["a new kind of reasoning", { delta: { reasoningContent: { picture: {} } } }],
    ["empty reasoning", { delta: { reasoningContent: {} } }],
  ])("%s in a delta is dropped", async (_, delta) => {
    const event = { contentBlockDelta: { contentBlockIndex: 0, ...delta } };
    expect(await guarded([text("a"), event, stop("end_turn")])).toHaveLength(2);
  });

  it.each([
    ["a new member", { start: { hologram: {} } }],
    ["no start", {}],
  ])("%s at a start is dropped", async (_, inner) => {
    const event = { contentBlockStart: { contentBlockIndex: 0, ...inner } };
    expect(await guarded([event, text("a"), stop("end_turn")])).toHaveLength(2);
  });

  it("every kind of reasoning is yielded", async () => {
    const deltas = [{ text: "" }, { signature: "s" }, { redactedContent: new Uint8Array([1]) }];
    const events = deltas.map((reasoningContent) => ({
      contentBlockDelta: { contentBlockIndex: 0, delta: { reasoningContent } },
    }));
    expect(await guarded([...events, stop("end_turn")])).toHaveLength(4);
  });

  it("an unknown event is dropped", async () => {
    const events = [{ contentBlockHint: {} }, { $unknown: ["x", {}] }, {}];
    expect(await guarded([text("a"), ...events, stop("end_turn")])).toHaveLength(2);
  });
});

describe("a tool call", () => {
  it("yields an empty event per piece and the arguments at the end", async () => {
    const events = await guarded([...call('{"a":', "1}"), stop("tool_use")]);
    expect(events).toHaveLength(5);
    expect(events.at(-2)).toEqual(input('{"a":1}', 0));
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
  await expect(guarded(events)).rejects.toThrow(AnswerIncomplete);
});

it.each(["max_tokens", "model_context_window_exceeded"] as const)(
  "refuses a tool call that ended with %s, even if its arguments look complete",
  async (reason) => {
    await expect(guarded([...call("{}"), stop(reason)])).rejects.toThrow(ToolCallTooLong);
  },
);

it("yields the token count of an answer that it refuses", async () => {
  const metadata = { metadata: { usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 } } };
  for (const reason of ["max_tokens", "malformed_tool_use"] as const) {
    const yielded: ConverseStreamOutput[] = [];
    const reading = (async () => {
      for await (const event of guardStream(streamOf([...call("{}"), stop(reason), metadata]))) {
        yielded.push(event);
      }
    })();
    await expect(reading).rejects.toThrow(/output tokens|ended with malformed/);
    expect(yielded.at(-1)).toEqual(metadata);
  }
});

it("a broken stream throws a WireError with the error's name", async () => {
  const reset = Object.assign(new Error("aborted"), { code: "ECONNRESET" });
  await expect(guarded([text("a")], reset)).rejects.toMatchObject({ errorName: "Error" });
  const throttled = new ThrottlingException({ message: "slow down", $metadata: {} });
  const thrown = guarded([text("a")], throttled);
  await expect(thrown).rejects.toMatchObject({ errorName: "ThrottlingException" });
  await expect(thrown).rejects.toThrow(WireError);
});

it("accepts a complete answer whose token count is lost", async () => {
  const events = [text("a"), stop("end_turn")];
  expect(await guarded(events, new Error("aborted"))).toEqual(events);
});
