import {
  AIMessage,
  AIMessageChunk,
  type BaseMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
} from "@langchain/core/messages";
import { JsonPlusSerializer } from "@langchain/langgraph-checkpoint";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MessageSerializer } from "./message-serializer.ts";

const ours = new MessageSerializer();
const stock = new JsonPlusSerializer();

const textOf = ([type, bytes]: [string, Uint8Array]) => [type, new TextDecoder().decode(bytes)];

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom('{"lc":1}', '"lc":', '\\"lc":', '"__lc_escaped__"', "lc"),
);
const id = fc.uuid();
/** JSON of any kind, often with keys of LangChain's notation. */
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null)),
    fc.array(tie("json"), { maxLength: 3 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom("lc", "type", "id", "a")), tie("json"), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  ),
}));
const object = fc.dictionary(fc.string(), json, { maxKeys: 3, noNullPrototype: true });
const content = fc.oneof(
  text,
  fc.array(
    fc.oneof(
      fc.record({ type: fc.constant("text" as const), text }),
      fc.record({ type: fc.constant("reasoning" as const), reasoning: text, signature: text }),
      fc.record({ type: fc.constant("reasoning_content" as const), redactedContent: text }),
      fc.record({ type: fc.constant("tool_call" as const), id }),
    ),
    { maxLength: 3 },
  ),
);
const toolCall = fc.record({
  type: fc.constant("tool_call" as const),
  id,
  name: text,
  args: object,
});
const message: fc.Arbitrary<BaseMessage> = fc.oneof(
  fc.record({ id, content: text }).map((fields) => new HumanMessage(fields)),
  text.map((said) => new HumanMessage(said)),
  fc
    .record({
      ...{ id, content, tool_calls: fc.array(toolCall, { maxLength: 2 }) },
      response_metadata: fc.record({ model_id: text }),
    })
    .map((fields) => new AIMessage(fields as never)),
  fc
    .record({ id, tool_call_id: id, name: text, content: text })
    .chain((fields) =>
      fc
        .constantFrom("success" as const, "error" as const)
        .map((status) => ({ ...fields, status })),
    )
    .map((fields) => new ToolMessage(fields)),
);

describe("a thread", () => {
  it("is written as the stock serializer writes it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 6 }), async (thread) => {
        const [written, expected] = [await ours.dumpsTyped(thread), await stock.dumpsTyped(thread)];
        expect(textOf(written)).toEqual(textOf(expected));
      }),
      { numRuns: 1_000 },
    );
  });

  it("is read as the stock serializer reads it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 6 }), async (thread) => {
        const [type, bytes] = await stock.dumpsTyped(thread);
        const read = (serializer: { loadsTyped: typeof ours.loadsTyped }) =>
          serializer.loadsTyped(type, bytes).catch((error: Error) => error.message);
        const [loaded, expected] = [await read(ours), await read(stock)];
        expect(loaded).toEqual(expected);
        expect(textOf(await stock.dumpsTyped(loaded))).toEqual(
          textOf(await stock.dumpsTyped(expected)),
        );
      }),
      { numRuns: 1_000 },
    );
  });
});

it.each([
  ["an empty thread", []],
  ["a chunk of an answer", [new AIMessageChunk("a")]],
  ["another class", [new SystemMessage("a")]],
  ["a message and a plain object", [new HumanMessage("a"), { a: 1 }]],
  ["a field that LangChain renames", [new HumanMessage({ content: "a", someField: 1 } as never)]],
  ["an undefined field", [new HumanMessage({ content: "a", name: undefined } as never)]],
  ["a map in a message", [new HumanMessage({ content: "a", additional_kwargs: { a: new Map() } })]],
  ["a map", new Map([["a", 1]])],
  ["a step", { step: 1, source: "loop" }],
  ["nothing", undefined],
  ["bytes", new Uint8Array([1, 2])],
])("leaves %s to the stock serializer", async (_, value) => {
  const written = await ours.dumpsTyped(value);
  expect(written).toEqual(await stock.dumpsTyped(value));
  expect(await ours.loadsTyped(...written)).toEqual(await stock.loadsTyped(...written));
});

const call = (args: object) => ({ type: "tool_call" as const, id: "1", name: "a", args });

it.each([
  ["a bigint", 1n],
  ["a bigint in a map", new Map([["a", 1n]])],
  ["a bigint in a tool call", [new AIMessage({ content: "", tool_calls: [call({ a: 1n })] })]],
  ["a date", { a: [new Date(0)] }],
  [
    "a date in a message",
    [new HumanMessage({ content: "a", response_metadata: { a: new Date(0) } })],
  ],
])("refuses %s, which the stock serializer loses", async (_, value) => {
  const written = await stock.dumpsTyped(value);
  expect(await stock.loadsTyped(...written)).not.toEqual(value);
  await expect(ours.dumpsTyped(value)).rejects.toThrow("cannot hold a bigint or a Date");
});

it("writes a value that holds itself as the stock serializer does", async () => {
  const value: Record<string, unknown> = { a: 1 };
  value.itself = value;
  expect(await ours.dumpsTyped(value)).toEqual(await stock.dumpsTyped(value));
});
