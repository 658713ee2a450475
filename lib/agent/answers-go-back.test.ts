import { AIMessage, type BaseMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { MemorySaver } from "@langchain/langgraph-checkpoint";
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defineTool, ToolRefusal } from "#lib/tools/tool.ts";
import type { AnswerEvent } from "#local/bedrock/answer.ts";
import { toolResults, toolUses } from "#local/bedrock/converse-request.ts";
import {
  answerWith,
  answerWithEvents,
  callTools,
  cut,
  interrupt,
  scriptedToolCall,
} from "#local/bedrock/script.ts";
import { type BedrockServer, startBedrock } from "#local/bedrock/server.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { type AgentEvent, createAgent } from "./agent.ts";
import { repairHistory } from "./history/repair-history.ts";
import { toConverseMessages } from "./model/ordered-converse.ts";

const claude = "us.anthropic.claude-sonnet-4-6";
const nova = "us.amazon.nova-2-lite-v1:0";

let bedrock: BedrockServer;
beforeEach(async () => {
  bedrock = await startBedrock({ answer: () => [{ type: "stop", reason: "end_turn" }] });
});
afterEach(async () => {
  await bedrock.close();
  expect(bedrock.rejections).toEqual([]);
  expect(bedrock.script.remaining).toBe(0);
});

const look = defineTool({
  name: "look",
  description: "Looks, or fails.",
  input: v.object({ fails: v.optional(v.boolean()) }),
  run({ fails }) {
    if (fails) throw new ToolRefusal("nothing can be seen.");
    return "seen";
  },
});

/** Runs turns of one conversation; returns what was told and seen. */
function conversation(modelId = claude) {
  const checkpointer = new MemorySaver();
  const agent = createAgent({
    modelId,
    region: "us-east-1",
    bedrockEndpoint: bedrock.endpoint,
    telemetry: recordingTelemetry().telemetry,
    tools: [look],
    retry: { delay: async () => {} },
  });
  let turns = 0;
  return async (message: string) => {
    turns += 1;
    const events: AgentEvent[] = [];
    const { signal } = new AbortController();
    const ids = { turnId: `turn${turns}`, conversationId: "conversation", replaced: [] };
    for await (const event of agent.run({ ...ids, message, checkpointer, signal })) {
      events.push(event);
    }
    return { events, ...shownAfter(events) };
  };
}

/** Returns what a person sees after these events. */
function shownAfter(events: AgentEvent[]): { text: string; reasoning: string } {
  let [text, reasoning] = ["", ""];
  for (const event of events) {
    if (event.type === "restart") [text, reasoning] = [event.text, ""];
    if (event.type === "text") text += event.text;
    if (event.type === "reasoning") reasoning += event.text;
  }
  return { text, reasoning };
}

const sent = (call: number) => bedrock.calls[call]?.request.messages ?? [];
const thought = (text: string, signature: string): AnswerEvent[] => [
  ...(text === "" ? [] : [{ type: "reasoning" as const, text }]),
  { type: "signature", signature },
];
const text = (said: string): AnswerEvent => ({ type: "text", text: said });
const redacted = (data: string): AnswerEvent => ({ type: "redacted", data });
const base64 = (data: string) => Buffer.from(data).toString("base64");
const sentThought = (said: string, signature: string) => ({
  reasoningContent: { reasoningText: { text: said, signature } },
});
const sentCall = (toolUseId: string) => ({ toolUse: { toolUseId, name: "look", input: {} } });

describe("what a model says before its tools have run", () => {
  it.each<[string, AnswerEvent[], object[]]>([
    [
      "thoughts and texts by turns",
      [
        ...thought("One.", "s1"),
        text("Let me see."),
        ...thought("Two.", "s2"),
        ...scriptedToolCall("look", "{}", "a"),
      ],
      [
        sentThought("One.", "s1"),
        { text: "Let me see." },
        sentThought("Two.", "s2"),
        sentCall("a"),
      ],
    ],
    [
      "thoughts and texts between its calls",
      [
        ...[...thought("One.", "s1"), ...scriptedToolCall("look", "{}", "a"), text("And again.")],
        ...[...thought("Two.", "s2"), ...scriptedToolCall("look", "{}", "b"), text("Wait.")],
      ],
      [
        ...[sentThought("One.", "s1"), sentCall("a"), { text: "And again." }],
        ...[sentThought("Two.", "s2"), sentCall("b"), { text: "Wait." }],
      ],
    ],
    [
      "a signed thought without a word",
      [...thought("", "s1"), ...scriptedToolCall("look", "{}", "a")],
      [sentThought("", "s1"), sentCall("a")],
    ],
    [
      "two thoughts in a row",
      [...thought("One.", "s1"), ...thought("Two.", "s2"), ...scriptedToolCall("look", "{}", "a")],
      [sentThought("One.", "s1"), sentThought("Two.", "s2"), sentCall("a")],
    ],
    [
      "several redacted thoughts, each its own",
      [
        ...[redacted(base64("first")), redacted(base64("second")), ...thought("One.", "s1")],
        ...[redacted(base64("third")), ...scriptedToolCall("look", "{}", "a")],
      ],
      [
        ...[{ reasoningContent: { redactedContent: base64("first") } }],
        ...[{ reasoningContent: { redactedContent: base64("second") } }, sentThought("One.", "s1")],
        ...[{ reasoningContent: { redactedContent: base64("third") } }, sentCall("a")],
      ],
    ],
    [
      "no text where there was only white space",
      [text(" \n"), ...scriptedToolCall("look", "{}", "a"), text("\n\n")],
      [sentCall("a")],
    ],
  ])("goes back in order: %s", async (_, pieces, expected) => {
    const run = conversation();
    bedrock.script.add(answerWithEvents(pieces, "tool_use"), answerWith("Done."));
    await run("Look!");
    expect(sent(1)[1]).toEqual({ role: "assistant", content: expected });
  });

  it("is shown in paragraphs, with its thinking apart", async () => {
    const run = conversation();
    bedrock.script.add(
      answerWithEvents(
        [
          ...thought("One.", "1"),
          text("Let me see."),
          ...thought("Two.", "2"),
          text("There."),
          ...scriptedToolCall("look", "{}"),
        ],
        "tool_use",
      ),
      answerWith("Done."),
    );
    const shown = await run("Look!");
    expect(shown.text).toBe("Let me see.\n\nThere.\n\nDone.");
    expect(shown.reasoning).toBe("One.\n\nTwo.");
  });

  it("keeps its order in later turns, without the thinking", async () => {
    const run = conversation();
    bedrock.script.add(
      answerWithEvents(
        [
          ...thought("One.", "1"),
          ...scriptedToolCall("look", "{}", "a"),
          text("Again."),
          ...scriptedToolCall("look", "{}", "b"),
        ],
        "tool_use",
      ),
      answerWith("Done."),
      answerWith("Yes."),
    );
    await run("Look!");
    await run("Sure?");
    expect(sent(2)[1]?.content).toEqual([sentCall("a"), { text: "Again." }, sentCall("b")]);
  });
});

describe("a thought in tags", () => {
  const greeting = "<thinking> The person greets me. </thinking>\n\nHello!";

  it.each([
    ["piece by piece", [...greeting]],
    ["cut in its tags", ["<thi", "nking> The person greets me. </thin", "king>\n\nHello!"]],
  ])("is reasoning: %s", async (_, pieces) => {
    const run = conversation(nova);
    bedrock.script.add(answerWithEvents(pieces.map(text), "end_turn"), answerWith("Yes."));
    const shown = await run("Hi");
    expect(shown.text).toBe("Hello!");
    expect(shown.reasoning).toBe("The person greets me.");
    await run("Are you there?");
    expect(sent(1)[1]).toEqual({ role: "assistant", content: [{ text: "Hello!" }] });
  });

  it("is told apart before and after each tool call, and does not go back as text", async () => {
    const run = conversation(nova);
    bedrock.script.add(
      answerWithEvents(
        [
          text("<thinking>I look.</thinking>\n"),
          ...scriptedToolCall("look", "{}", "a"),
          text("<think>And again.</think> Well."),
          ...scriptedToolCall("look", "{}", "b"),
        ],
        "tool_use",
      ),
      answerWith("<think>Seen.</think>\n\nIt is <think>seen</think>."),
    );
    const shown = await run("Look!");
    expect(shown.text).toBe("Well.\n\nIt is <think>seen</think>.");
    expect(shown.reasoning).toContain("I look.\n\nAnd again.");
    expect(sent(1)[1]?.content).toEqual([sentCall("a"), { text: "Well." }, sentCall("b")]);
  });

  it("without its opening tag becomes reasoning once its closing tag arrives", async () => {
    const run = conversation(nova);
    const pieces = ["The person ", "greets me.\n</thi", "nk>\n\nHel", "lo!"];
    bedrock.script.add(answerWithEvents(pieces.map(text), "end_turn"), answerWith("Yes."));
    const { events, text: shown } = await run("Hi");
    expect(shown).toBe("Hello!");
    expect(events.filter(({ type }) => ["text", "restart", "reasoning"].includes(type))).toEqual([
      { type: "text", text: "The person " },
      { type: "text", text: "greets me.\n" },
      { type: "restart", text: "" },
      { type: "reasoning", text: "The person greets me." },
      { type: "text", text: "Hel" },
      { type: "text", text: "lo!" },
    ]);
    await run("Are you there?");
    expect(sent(1)[1]).toEqual({ role: "assistant", content: [{ text: "Hello!" }] });
  });

  it("without its opening tag keeps the text of the calls before", async () => {
    const run = conversation(nova);
    bedrock.script.add(
      answerWithEvents([text("Let me see."), ...scriptedToolCall("look", "{}", "a")], "tool_use"),
      answerWithEvents(
        ["Seen. ", "Now answer.\n</think>\n\n", "It is here."].map(text),
        "end_turn",
      ),
    );
    const { events, text: shown, reasoning } = await run("Look!");
    expect(events).toContainEqual({ type: "restart", text: "Let me see." });
    expect(shown).toBe("Let me see.\n\nIt is here.");
    expect(reasoning).toBe("Seen. Now answer.");
  });

  it("without its opening tag is text after a tool call or after reasoning", async () => {
    const run = conversation(claude);
    bedrock.script.add(
      answerWithEvents(
        [
          ...thought("Hm.", "s1"),
          text("One </think> two."),
          ...scriptedToolCall("look", "{}", "a"),
        ],
        "tool_use",
      ),
      answerWithEvents(
        [...scriptedToolCall("look", "{}", "b"), text("Three </think> four.")],
        "tool_use",
      ),
      answerWith("Done."),
    );
    const shown = await run("Look!");
    expect(shown.text).toBe("One </think> two.\n\nThree </think> four.\n\nDone.");
  });

  it("that is all of an answer leaves the person a sentence", async () => {
    bedrock.script.add(answerWith("<thinking>Hm. I had better"));
    const shown = await conversation(nova)("Hi");
    expect(shown.text).toMatch(/gave no answer/);
    expect(shown.reasoning).toBe("Hm. I had better");
  });

  it("is left out of what an earlier version stored", () => {
    const stored = [
      new HumanMessage("Hi"),
      new AIMessage("<thinking>Hm.</thinking>\n\nHello!"),
      new HumanMessage("Again"),
      new AIMessage("<thinking>Hm.</thinking>"),
      new HumanMessage("Well?"),
    ];
    expect(wire(stored).map(({ content }) => content)).toEqual([
      ...[[{ text: "Hi" }], [{ text: "Hello!" }], [{ text: "Again" }]],
      ...[[{ text: "(This message was not answered.)" }], [{ text: "Well?" }]],
    ]);
  });
});

const wire = (messages: BaseMessage[]) => toConverseMessages(repairHistory(messages), nova);

describe("the id of a tool call", () => {
  const long = "x".repeat(70);

  it("is made sendable, and stays unlike every other", async () => {
    const run = conversation();
    const call = (id: string) => ({ name: "look", input: {}, id });
    bedrock.script.add(
      callTools([call("a|b"), call("a/b"), call("a_b"), call(""), call(long), call(`${long}y`)]),
      callTools([call("a|b")]),
      answerWith("Done."),
    );
    const { events } = await run("Look!");
    const ids = bedrock.calls
      .at(-1)
      ?.request.messages.flatMap(toolUses)
      .map(({ toolUseId }) => toolUseId);
    expect(ids).toEqual([
      ...["a_b", "a_b_2", "turn1_0_2", "turn1_0_3", "x".repeat(64), `${"x".repeat(62)}_2`, "a_b_3"],
    ]);
    const told = events.flatMap((event) => (event.type === "tool" ? [event.tool.id] : []));
    expect(new Set(told)).toEqual(new Set(ids));
    const results = bedrock.calls.at(-1)?.request.messages.flatMap(toolResults);
    expect(results?.map(({ toolUseId }) => toolUseId)).toEqual(ids);
  });

  it("of an earlier version is made sendable with its result", () => {
    const calls = (...ids: string[]) =>
      new AIMessage({
        content: "",
        tool_calls: ids.map((id) => ({ id, name: "look|up", args: {} })),
      });
    const result = (id: string, content: string) => new ToolMessage({ tool_call_id: id, content });
    const stored = [
      ...[new HumanMessage("Look!"), calls("a|b", "a_b", `${long}1`, `${long}2`)],
      ...[result("a_b", "two"), result("a|b", "one"), result(`${long}2`, "four")],
      ...[new AIMessage("Done."), new HumanMessage("Sure?")],
    ];
    const [, asked, answered] = wire(stored);
    const ids = ["a_b", "a_b_2", "x".repeat(64), `${"x".repeat(62)}_2`];
    expect(asked?.content?.map(({ toolUse }) => [toolUse?.toolUseId, toolUse?.name])).toEqual(
      ids.map((id) => [id, "look_up"]),
    );
    expect(wire(repairHistory(stored))).toEqual(wire(stored));
    const results = wire(stored).flatMap(({ content = [] }) =>
      content.flatMap(({ toolResult }) => toolResult ?? []),
    );
    expect(results.map(({ toolUseId, content }) => [toolUseId, content?.[0]?.text])).toEqual([
      ...[
        [ids[0], "one"],
        [ids[1], "two"],
      ],
      ...[
        [ids[2], expect.stringContaining("interrupted")],
        [ids[3], "four"],
      ],
    ]);
    expect(answered?.role).toBe("user");
  });
});

describe("a tool that failed", () => {
  it.each([claude, nova])("says so to %s", async (modelId) => {
    const run = conversation(modelId);
    bedrock.script.add(
      callTools([
        { name: "look", input: { fails: true } },
        { name: "look", input: {} },
        { name: "look", input: { fails: "maybe" } },
        { name: "no_such_tool", input: {} },
      ]),
      answerWith("Done."),
      answerWith("Yes."),
    );
    await run("Look!");
    await run("Sure?");
    for (const call of [1, 2]) {
      const results = sent(call).flatMap(toolResults);
      expect(results.map(({ status }) => status)).toEqual(["error", undefined, "error", "error"]);
    }
  });

  it("does not say so to a model that refuses the word", () => {
    const messages = [
      new ToolMessage({ tool_call_id: "1", content: "Error: no.", status: "error" }),
    ];
    const [message] = toConverseMessages(messages, "us.meta.llama4-maverick-17b-instruct-v1:0");
    expect(message?.content?.[0]?.toolResult).toEqual({
      toolUseId: "1",
      content: [{ text: "Error: no." }],
    });
  });
});

describe("the tokens of a model call", () => {
  const call = (events: AgentEvent[]) => events.find(({ type }) => type === "model_call");

  it("are told by kind and priced by kind", async () => {
    const usage = {
      inputTokens: 10,
      outputTokens: 20,
      cacheReadInputTokens: 1_000,
      cacheWriteInputTokens: 100,
    };
    bedrock.script.add({ answer: [text("Hello!"), { type: "stop", reason: "end_turn", usage }] });
    const { events } = await conversation()("Hi");
    expect(call(events)).toMatchObject({
      tokens: { inputTokens: 10, cacheReadTokens: 1_000, cacheWriteTokens: 100, outputTokens: 20 },
      costUsd: expect.closeTo(((10 + 1_000 * 0.1 + 100 * 1.25) * 3.3 + 20 * 16.5) / 1_000_000, 12),
    });
  });

  it("are unknown, and so is the price, when they are not reported", async () => {
    bedrock.script.add({
      answer: [text("Hello!"), { type: "stop", reason: "end_turn", usage: null }],
    });
    const { events } = await conversation()("Hi");
    expect(call(events)).toMatchObject({ tokens: null, costUsd: null });
  });

  const usage = { inputTokens: 10, outputTokens: 20 };
  const spent = { tokens: { inputTokens: 10, outputTokens: 20 }, costUsd: expect.any(Number) };

  it("count also for an answer that was of no use", async () => {
    const malformed = { type: "stop", reason: "malformed_model_output", usage } as const;
    bedrock.script.add({ answer: [text("Hel"), malformed] }, answerWith("Hello!"));
    const { events, text: shown } = await conversation()("Hi");
    expect(shown).toContain("Hello!");
    expect(events.filter(({ type }) => type === "broken_call")).toMatchObject([spent]);
    expect(call(events)).toMatchObject({ costUsd: expect.any(Number) });
  });

  it("do not make up what an answer took that broke off before they were reported", async () => {
    bedrock.script.add(interrupt(answerWith("Hello there, you"), 2, cut), answerWith("Hello!"));
    const { events } = await conversation()("Hi");
    expect(events.filter(({ type }) => type === "broken_call")).toEqual([]);
  });
});
