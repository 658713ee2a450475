import { LangChainTracer } from "@langchain/core/tracers/tracer_langchain";
import { MemorySaver } from "@langchain/langgraph-checkpoint";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { AgentEvent } from "#lib/agent/agent.ts";
import { texts, toolResults } from "#local/bedrock/converse-request.ts";
import {
  answerWith,
  answerWithEvents,
  callTools,
  createGate,
  interrupt,
  refuseWith,
  scriptedToolCall,
  stall,
} from "#local/bedrock/script.ts";
import {
  oldestTurnsSent,
  openBedrockForEachTest,
  primaryModelId,
} from "#test/support/agent-conversation.ts";

const bedrock = openBedrockForEachTest();
const conversation = bedrock.startConversation;

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe("a turn", () => {
  it("emits its text and cost, and is stored with one read and one write", async () => {
    const { run, saver, thread } = conversation();
    bedrock.script.add(answerWith("Hello there!"));
    const { events, text } = await run("Hi");
    expect(text).toBe("Hello there!");
    expect(events).toEqual([
      { type: "history", fromTurn: "turn1", summarisedUntil: null },
      { type: "text", text: "Hello" },
      { type: "text", text: " there!" },
      {
        ...{ type: "model_call", model: primaryModelId, isFallback: false, isCut: false },
        tokens: {
          inputTokens: expect.any(Number),
          cacheReadTokens: 0,
          cacheWriteTokens: 0,
          outputTokens: 3,
        },
        costUsd: expect.any(Number),
      },
    ]);
    expect(saver.accesses).toEqual(["getTuple", "put"]);
    expect(await thread()).toEqual(["turn1 human: Hi", "turn1:a ai: Hello there!"]);
  });

  it("with tool calls is stored with one read and one write", async () => {
    const { run, saver, thread } = conversation();
    bedrock.script.add(
      callTools(
        [
          { name: "calculator", input: { expression: "6 * 7" }, id: "one" },
          { name: "current_time", input: {}, id: "two" },
        ],
        "Let me see.",
      ),
      answerWith("It is 42."),
    );
    const { text, tools } = await run("What is 6 * 7?");
    expect(text).toBe("Let me see.\n\nIt is 42.");
    expect(tools).toMatchObject([
      { id: "turn1.1.0", name: "calculator", effect: "none", state: "done", output: "42" },
      { id: "turn1.1.1", name: "current_time", state: "done" },
    ]);
    expect(saver.accesses).toEqual(["getTuple", "put"]);
    expect(await thread()).toEqual([
      "turn1 human: What is 6 * 7?",
      "turn1:m1 ai: Let me see.",
      "turn1:t:one tool: 42",
      expect.stringContaining("turn1:t:two tool: "),
      "turn1:a ai: It is 42.",
    ]);
    const [, second] = bedrock.calls;
    expect(toolResults(second?.request.messages.at(-1))).toMatchObject([
      { toolUseId: "one", content: [{ text: "> 42" }] },
      { toolUseId: "two" },
    ]);
  });

  it("remembers its own conversation only", async () => {
    const { run, saver } = conversation();
    await run("My name is Ada.");
    expect((await run("What is my name?")).text).toContain("Ada");
    const other = conversation({ conversationId: "other", saver });
    expect((await other.run("What is my name?")).text).not.toContain("Ada");
  });

  it("that runs again replaces its first attempt", async () => {
    const { run, thread } = conversation();
    bedrock.script.add(
      callTools([{ name: "current_time", input: {} }]),
      answerWith("Noon."),
      answerWith("One."),
    );
    await run("What time is it?", { turnId: "again" });
    await run("What time is it?", { turnId: "again" });
    expect(await thread()).toEqual(["again human: What time is it?", "again:a ai: One."]);
    expect(bedrock.calls.at(-1)?.request.messages).toHaveLength(1);
  });

  it("names the oldest turn in each model call", async () => {
    const { run, thread } = conversation({ threadTokens: 100 });
    const long = "x".repeat(160); // 40 tokens
    bedrock.script.add(answerWith(long), answerWith(long));
    await run("And?");
    await run("And?");
    bedrock.script.add(
      callTools([{ name: "current_time", input: {} }]),
      answerWith("Noon."),
      answerWith("Yes."),
    );
    expect(oldestTurnsSent(await run("Time?"))).toEqual(["turn1", "turn2"]);
    // The stored thread is cut when the next turn starts.
    expect(await thread()).toHaveLength(8);
    expect(oldestTurnsSent(await run("And?"))).toEqual(["turn2"]);
    const [sent] = bedrock.calls.at(-1)?.request.messages ?? [];
    expect(texts(sent)).toEqual(["And?"]);
  });

  it("of another branch is sent and stored with that branch's turns", async () => {
    const { run, record, thread } = conversation();
    const call = { id: "first.1.0", name: "current_time", state: "done" } as const;
    const first = {
      ...{ id: "first", message: "What time is it?", text: "It is noon." },
      tools: [{ ...call, input: {}, output: "12:00" }],
    };
    bedrock.script.add(answerWith("One."));
    await run("And in Rome?", { turnId: "new", branch: [first] });
    const sent = bedrock.calls.at(-1)?.request.messages ?? [];
    expect(sent.flatMap(texts)).toEqual(["What time is it?", "It is noon.", "And in Rome?"]);
    expect(JSON.stringify(sent)).toContain("> 12:00");
    bedrock.script.add(refuseWith("AccessDeniedException"));
    await run("And in Paris?", { turnId: "newer" });
    await record("And in Paris?", "Half");
    expect((await thread()).filter((line) => !line.includes(":t:"))).toEqual([
      ...["first human: What time is it?", "first:m1 ai: ", "first:a ai: It is noon."],
      ...["new human: And in Rome?", "new:a ai: One."],
      ...["newer human: And in Paris?", "newer:a ai: Half"],
    ]);
  });

  it("sends its token limit, its tools and one system prompt", async () => {
    const { run } = conversation();
    await run("Hello");
    const { inferenceConfig, toolConfig, system } = bedrock.calls[0]?.request ?? {};
    expect(inferenceConfig).toEqual({ maxTokens: 1024 });
    expect(toolConfig?.tools).toHaveLength(2);
    expect(system).toEqual([{ text: expect.any(String) }, { cachePoint: { type: "default" } }]);
  });

  it("is never traced", async () => {
    vi.stubEnv("LANGSMITH_TRACING", "true");
    const traced = vi.spyOn(LangChainTracer.prototype, "onRunCreate").mockResolvedValue();
    const { run, record } = conversation();
    bedrock.script.add(callTools([{ name: "current_time", input: {} }]), answerWith("Noon."));
    await run("What time is it?");
    await record("And now?", "");
    expect(traced).not.toHaveBeenCalled();
  });
});

it("two turns at once keep their threads and events apart", async () => {
  const { agent, turn } = conversation();
  const [one, two] = [new MemorySaver(), new MemorySaver()];
  const inConversation = (conversationId: string, message: string, saver: MemorySaver) =>
    agent.run({ ...turn(message, {}), conversationId, checkpointer: saver });
  const textOf = async (events: AsyncIterable<AgentEvent>) => {
    let text = "";
    for await (const event of events) if (event.type === "text") text += event.text;
    return text;
  };
  await Promise.all([
    textOf(inConversation("one", "My name is Ada.", one)),
    textOf(inConversation("two", "My name is Grace.", two)),
  ]);
  const [ada, grace] = await Promise.all([
    textOf(inConversation("one", "What is my name?", one)),
    textOf(inConversation("two", "What is my name?", two)),
  ]);
  expect(ada).toMatch(/Ada/);
  expect(ada).not.toMatch(/Grace/);
  expect(grace).toMatch(/Grace/);
  expect(grace).not.toMatch(/Ada/);
});

it("an abandoned turn closes its model call", async () => {
  const { agent, turn } = conversation();
  bedrock.script.add(interrupt(answerWith("Once upon a time"), 2, stall(createGate())));
  for await (const { type } of agent.run(turn("A story!", {}))) if (type === "text") break;
  expect(await bedrock.calls[0]?.ended).toBe("abandoned");
});

describe("an answer", () => {
  it("that is empty becomes a sentence", async () => {
    const { run, thread } = conversation();
    bedrock.script.add(answerWith(""));
    const { text } = await run("Hello?");
    expect(text).toMatch(/gave no answer/);
    expect(await thread()).toContain(`turn1:a ai: ${text}`);
  });

  it("loses the white space at its start", async () => {
    const { run, thread } = conversation();
    bedrock.script.add(answerWith(" \n Hello  there"));
    const { text } = await run("Hello?");
    expect(text).toBe("Hello  there");
    expect(await thread()).toContain("turn1:a ai: Hello  there");
  });

  it("that a filter has cut gets a closing sentence", async () => {
    const { run, thread } = conversation();
    bedrock.script.add(answerWith("First,", "content_filtered"));
    const { text } = await run("How?");
    expect(text).toMatch(/^First,\n\nThe model's content filter/);
    expect(await thread()).toContain(`turn1:a ai: ${text}`);
  });

  it("may hold citations, which are dropped", async () => {
    const { run } = conversation();
    const pieces = [
      { type: "text", text: "See this." },
      { type: "citation", title: "A book" },
    ] as const;
    bedrock.script.add(answerWithEvents([...pieces], "end_turn"));
    expect((await run("Where?")).text).toBe("See this.");
  });

  it("emits its reasoning, which goes back signed until the turn ends", async () => {
    const { run } = conversation();
    const thinking = [
      { type: "reasoning", text: "Let me " },
      { type: "reasoning", text: "think." },
      { type: "signature", signature: "signed" },
    ] as const;
    bedrock.script.add(
      answerWithEvents([...thinking, ...scriptedToolCall("current_time", "{}")], "tool_use"),
      answerWithEvents([...thinking, { type: "text", text: "Noon." }], "end_turn"),
      answerWith("Yes."),
    );
    const { events, text } = await run("Time?");
    expect(text).toBe("Noon.");
    expect(events.filter(({ type }) => type === "reasoning")).toHaveLength(4);
    expect(bedrock.calls[1]?.request.messages[1]?.content[0]).toEqual({
      reasoningContent: { reasoningText: { text: "Let me think.", signature: "signed" } },
    });
    await run("Sure?");
    expect(JSON.stringify(bedrock.calls[2]?.request.messages)).not.toContain("reasoningContent");
  });
});
