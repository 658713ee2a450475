import { AIMessage, type BaseMessage, HumanMessage } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import type { AnswerEvent } from "#local/bedrock/answer.ts";
import { answerWith, answerWithEvents, scriptedToolCall } from "#local/bedrock/script.ts";
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
const sentCall = (toolUseId: string) => ({ toolUse: { toolUseId, name: "look", input: {} } });
const wire = (messages: BaseMessage[]) =>
  repairHistory(messages).map((message) => toConverseMessage(message, nova));

describe("a thought in tags", () => {
  const greeting = "<thinking> The person greets me. </thinking>\n\nHello!";

  it.each([
    ["piece by piece", [...greeting]],
    ["cut in its tags", ["<thi", "nking> The person greets me. </thin", "king>\n\nHello!"]],
  ])("becomes reasoning: %s", async (_, pieces) => {
    const run = conversation(nova);
    bedrock.script.add(answerWithEvents(pieces.map(text), "end_turn"), answerWith("Yes."));
    const shown = await run("Hi");
    expect(shown.text).toBe("Hello!");
    expect(shown.reasoning).toBe("The person greets me.");
    await run("Are you there?");
    expect(sent(1)[1]).toEqual({ role: "assistant", content: [{ text: "Hello!" }] });
  });

  it("becomes reasoning before and after each tool call, and is not sent back", async () => {
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

  it("without its opening tag stays text after a tool call or reasoning", async () => {
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

  it("that is the whole answer gets a closing sentence", async () => {
    bedrock.script.add(answerWith("<thinking>Hm. I had better"));
    const shown = await conversation(nova)("Hi");
    expect(shown.text).toMatch(/gave no answer/);
    expect(shown.reasoning).toBe("Hm. I had better");
  });

  it("is removed from texts that an earlier version stored", () => {
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
