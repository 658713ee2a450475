import { AIMessage, type BaseMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BedrockClient } from "#lib/agent/model/bedrock-client.ts";
import { createChatModel } from "#lib/agent/model/chat-model.ts";
import { requiredPriceOf } from "#lib/budget/price.ts";
import { calculator } from "#lib/tools/calculator/calculator.ts";
import { validateRequest } from "#local/bedrock/validate-request.ts";
import { endlessPurse } from "#test/support/endless-purse.ts";
import { boundHistory } from "./bound-history.ts";
import { textOf } from "./message-content.ts";
import { recordedTurn } from "./recorded-turn.ts";
import { repairHistory } from "./repair-history.ts";

const human = (text: string) => new HumanMessage(text);
const calls = (text: string, ...ids: string[]) =>
  new AIMessage({ content: text, tool_calls: ids.map((id) => ({ id, name: "t", args: {} })) });
const result = (id: string, text = "42") => new ToolMessage({ tool_call_id: id, content: text });

const shape = (messages: BaseMessage[]) =>
  messages.map((message) =>
    ToolMessage.isInstance(message)
      ? `tool ${message.tool_call_id}: ${textOf(message)}`
      : `${message.type}: ${textOf(message)}`,
  );

describe("repairHistory", () => {
  it("returns a valid history unchanged", () => {
    const whole = [
      human("a"),
      calls("let me see", "1"),
      result("1"),
      new AIMessage("b"),
      human("c"),
    ];
    expect(shape(repairHistory(whole))).toEqual(shape(whole));
  });

  it("adds an error result to an open tool call", () => {
    expect(
      shape(repairHistory([human("a"), calls("", "1", "2"), result("2"), human("b")])),
    ).toEqual([
      "human: a",
      "ai: ",
      "tool 1: The call was interrupted. It is unknown whether it took effect.",
      "tool 2: 42",
      "ai: (This message was not answered.)",
      "human: b",
    ]);
  });

  it("keeps the mark of own words when a call gets a valid id", () => {
    const refused = new ToolMessage({
      ...{ tool_call_id: "a.1", content: "No." },
      additional_kwargs: { own_words: true },
    });
    const sent = repairHistory([human("a"), calls("", "a.1"), refused]).at(-1);
    expect(sent).toMatchObject({ tool_call_id: "a_1", additional_kwargs: { own_words: true } });
  });

  it("drops orphaned and repeated results and repeated calls", () => {
    const broken = [
      ...[human("a"), result("9"), calls("", "1"), result("1"), result("1", "again")],
      ...[calls("", "1"), new AIMessage("b"), human("c")],
    ];
    expect(shape(repairHistory(broken))).toEqual([
      "human: a",
      "ai: ",
      "tool 1: 42",
      "ai: b",
      "human: c",
    ]);
  });

  it("drops empty answers and an answer without a question", () => {
    const broken = [
      new AIMessage("hello"),
      human("a"),
      new AIMessage(" "),
      new AIMessage("b"),
      human("c"),
    ];
    expect(shape(repairHistory(broken))).toEqual(["human: a", "ai: b", "human: c"]);
  });

  it("joins two answers in a row and separates two questions in a row", () => {
    const broken = [human("a"), new AIMessage("b"), new AIMessage("c"), human("d"), human("e")];
    expect(shape(repairHistory(broken))).toEqual([
      "human: a",
      "ai: b\n\nc",
      "human: d",
      "ai: (This message was not answered.)",
      "human: e",
    ]);
  });

  it("a second repair changes nothing", () => {
    fc.assert(
      fc.property(history, (messages) => {
        const once = repairHistory(messages);
        expect(shape(repairHistory(once))).toEqual(shape(once));
      }),
    );
  });

  it("any broken history becomes valid for Converse", async () => {
    const wire = createWire();
    let brokenBefore = 0;
    await fc.assert(
      fc.asyncProperty(history, async (messages) => {
        if (!isValid(await wire(messages))) brokenBefore += 1;
        const repaired = await wire(repairHistory(boundHistory(messages, bounds)));
        expect(() => validateRequest("us.amazon.nova-2-lite-v1:0", repaired)).not.toThrow();
      }),
      { numRuns: 2_000 },
    );
    expect(brokenBefore).toBeGreaterThan(1_000);
  });
});

const bounds = 100;
const modelId = "us.amazon.nova-2-lite-v1:0";

const text = fc.constantFrom("", " \n", "hello", "a longer text\n\nof two paragraphs");
const id = fc.constantFrom("1", "2", "3", "4", "");
const toolCall = fc.record({
  id,
  name: fc.constantFrom("calculator", "no such tool!", "", "x".repeat(80)),
  args: fc.constantFrom({}, { a: 1 }),
});
const content = fc.oneof(
  text,
  text.map((said) => [
    { type: "reasoning" as const, reasoning: "hm", signature: "s" },
    { type: "text" as const, text: said },
  ]),
);
const message: fc.Arbitrary<BaseMessage> = fc.oneof(
  text.map((said) => new HumanMessage(said)),
  fc
    .record({ content, tool_calls: fc.array(toolCall, { maxLength: 3 }) })
    .map((fields) => new AIMessage(fields)),
  fc.record({ tool_call_id: id, content: text }).map((fields) => new ToolMessage(fields)),
);
const recorded = fc
  .record({
    ...{ id: fc.constantFrom("turn1", "turn2"), message: text, text },
    tools: fc.array(
      fc.record({
        id: fc.constantFrom("turn1.1.0", "turn1.1.1", "x".repeat(80)),
        name: fc.constantFrom("calculator", "no such tool!", ""),
        state: fc.constantFrom("running", "waiting", "done", "failed", "denied", "unknown"),
        input: fc.constantFrom({ a: 1 }, undefined, "text"),
        output: fc.constantFrom("", "42"),
      }),
      { maxLength: 3 },
    ),
  })
  .map(recordedTurn);
/** Any messages and recorded turns, and then the message of the running turn. */
const history = fc
  .array(fc.oneof({ weight: 4, arbitrary: message.map((one) => [one]) }, recorded), {
    maxLength: 12,
  })
  .map((parts) => [...parts.flat(), new HumanMessage("and now?")]);

/** Returns a function that returns the request for these messages, as Bedrock would read it. */
function createWire() {
  let sent = "";
  const client: BedrockClient = {
    async connect() {},
    async converseStream(_modelId, body) {
      sent = body.toString();
    },
    destroy() {},
  };
  const price = requiredPriceOf("us.amazon.nova-2-lite-v1:0");
  const model = createChatModel({ modelId, price, client, tools: [calculator] });
  return async (messages: BaseMessage[]): Promise<unknown> => {
    await model.stream(
      messages,
      { signal: new AbortController().signal, purse: endlessPurse() },
      () => {},
    );
    return JSON.parse(sent);
  };
}

function isValid(request: unknown): boolean {
  try {
    validateRequest(modelId, request);
    return true;
  } catch {
    return false;
  }
}
