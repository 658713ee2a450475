import { AIMessage, type BaseMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import type { AnswerEvent } from "#local/bedrock/answer.ts";
import { toolResults, toolUses } from "#local/bedrock/converse-request.ts";
import {
  answerWith,
  answerWithEvents,
  callTools,
  scriptedToolCall,
} from "#local/bedrock/script.ts";
import { look, openBedrockForEachTest } from "#test/support/agent-conversation.ts";
import { repairHistory } from "./history/repair-history.ts";
import { toConverseMessage } from "./model/converse-request.ts";

const claude = "us.anthropic.claude-sonnet-4-6";
const nova = "us.amazon.nova-2-lite-v1:0";

const bedrock = openBedrockForEachTest();

/** Returns a function that runs turns of one conversation. */
const conversation = (modelId = claude) =>
  bedrock.startConversation({ modelId, tools: [look] }).run;

const sent = (call: number) => bedrock.calls[call]?.request.messages ?? [];
const thought = (text: string, signature: string): AnswerEvent[] => [
  ...(text === "" ? [] : [{ type: "reasoning" as const, text }]),
  { type: "signature", signature },
];
const text = (written: string): AnswerEvent => ({ type: "text", text: written });
const redacted = (data: string): AnswerEvent => ({ type: "redacted", data });
const base64 = (data: string) => Buffer.from(data).toString("base64");
const sentThought = (written: string, signature: string) => ({
  reasoningContent: { reasoningText: { text: written, signature } },
});
const sentCall = (toolUseId: string) => ({ toolUse: { toolUseId, name: "look", input: {} } });
const wire = (messages: BaseMessage[]) =>
  repairHistory(messages).map((message) => toConverseMessage(message, nova));

describe("an answer with tool calls", () => {
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
  ])("is sent back in its order: %s", async (_, pieces, expected) => {
    const run = conversation();
    bedrock.script.add(answerWithEvents(pieces, "tool_use"), answerWith("Done."));
    await run("Look!");
    expect(sent(1)[1]).toEqual({ role: "assistant", content: expected });
  });

  it("is shown in paragraphs, and its reasoning separately", async () => {
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

  it("keeps its order in later turns, without its reasoning", async () => {
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

describe("the id of a tool call", () => {
  const long = "x".repeat(70);

  it("is made valid and unique", async () => {
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
    const emitted = events.flatMap((event) => (event.type === "tool" ? [event.tool.id] : []));
    expect(new Set(emitted)).toEqual(
      new Set([...[0, 1, 2, 3, 4, 5].map((index) => `turn1.1.${index}`), "turn1.2.0"]),
    );
    const results = bedrock.calls.at(-1)?.request.messages.flatMap(toolResults);
    expect(results?.map(({ toolUseId }) => toolUseId)).toEqual(ids);
  });

  it("of an earlier version is made valid together with its result", () => {
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
    expect(asked?.content).toEqual(
      ids.map((toolUseId) => ({ toolUse: { toolUseId, name: "look_up", input: {} } })),
    );
    expect(wire(repairHistory(stored))).toEqual(wire(stored));
    const results = wire(stored).flatMap(({ content }) =>
      content.flatMap((block) => ("toolResult" in block ? block.toolResult : [])),
    );
    expect(results.map(({ toolUseId, content }) => [toolUseId, content[0]?.text])).toEqual([
      ...[
        [ids[0], "> one"],
        [ids[1], "> two"],
      ],
      ...[
        [ids[2], expect.stringContaining("interrupted")],
        [ids[3], "> four"],
      ],
    ]);
    expect(answered?.role).toBe("user");
  });
});

describe("a failed tool result", () => {
  it.each([claude, nova])("has the status error for %s", async (modelId) => {
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

  it("has no status for a model that refuses the field", () => {
    const messages = [
      new ToolMessage({ tool_call_id: "1", content: "Error: no.", status: "error" }),
    ];
    const [message] = messages.map((one) =>
      toConverseMessage(one, "us.meta.llama4-maverick-17b-instruct-v1:0"),
    );
    expect(message?.content).toEqual([
      { toolResult: { toolUseId: "1", content: [{ text: "> Error: no." }] } },
    ]);
  });
});
