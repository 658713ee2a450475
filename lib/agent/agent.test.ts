import { LangChainTracer } from "@langchain/core/tracers/tracer_langchain";
import { MemorySaver } from "@langchain/langgraph-checkpoint";
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { builtInTools } from "#lib/tools/built-in-tools.ts";
import { defineTool } from "#lib/tools/tool.ts";
import { texts, toolResults, toolUses } from "#local/bedrock/converse-request.ts";
import { createDemoModel } from "#local/bedrock/demo/demo-model.ts";
import {
  answerWith,
  answerWithEvents,
  callTools,
  createGate,
  cut,
  end,
  exception,
  interrupt,
  refuseWith,
  type ScriptedCall,
  scriptedToolCall,
  stall,
} from "#local/bedrock/script.ts";
import { type BedrockServer, startBedrock } from "#local/bedrock/server.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { type AgentEvent, type AgentOptions, type AgentTurn, createAgent } from "./agent.ts";
import { textOf } from "./history/message-content.ts";
import type { ModelFailure } from "./model/model-failure.ts";

const modelId = "us.amazon.nova-2-lite-v1:0";
const fallbackModelId = "us.amazon.nova-lite-v1:0";

let bedrock: BedrockServer;
beforeEach(async () => {
  bedrock = await startBedrock({ answer: createDemoModel() });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await bedrock.close();
  expect(bedrock.rejections).toEqual([]);
  expect(bedrock.script.remaining).toBe(0);
});

describe("a turn", () => {
  it("is told as it is written, priced, and stored with one read and one write", async () => {
    const { run, saver, thread } = conversation();
    bedrock.script.add(answerWith("Hello there!"));
    const { events, text } = await run("Hi");
    expect(text).toBe("Hello there!");
    expect(events).toEqual([
      { type: "history", fromTurn: "turn1", summarisedUntil: null },
      { type: "text", text: "Hello" },
      { type: "text", text: " there!" },
      {
        ...{ type: "model_call", model: modelId, isFallback: false, isCut: false },
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

  it("runs the tools that the model calls, still with one read and one write", async () => {
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
      { id: "one", name: "calculator", state: "done", output: "42" },
      { id: "two", name: "current_time", state: "done" },
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
      { toolUseId: "one", content: [{ text: "42" }] },
      { toolUseId: "two" },
    ]);
  });

  it("remembers its conversation and no other one", async () => {
    const { run, saver } = conversation();
    await run("My name is Ada.");
    expect((await run("What is my name?")).text).toContain("Ada");
    const other = conversation({ conversationId: "other", saver });
    expect((await other.run("What is my name?")).text).not.toContain("Ada");
  });

  it("that is repeated takes the place of its first attempt", async () => {
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

  it("tells which turn is the oldest that the model is sent, also when tools make it lose some", async () => {
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
    expect(historyOf(await run("Time?"))).toEqual(["turn1", "turn2"]);
    // The thread itself is cut when the next turn begins.
    expect(await thread()).toHaveLength(8);
    expect(historyOf(await run("And?"))).toEqual(["turn2"]);
    const [sent] = bedrock.calls.at(-1)?.request.messages ?? [];
    expect(texts(sent)).toEqual(["And?"]);
  });

  it("that takes another one's place is asked and stored without it, also when it is recorded", async () => {
    const { run, record, thread } = conversation();
    await run("Hello", { turnId: "first" });
    bedrock.script.add(callTools([{ name: "current_time", input: {} }]), answerWith("Noon."));
    await run("What time is it?", { turnId: "old" });
    bedrock.script.add(answerWith("One."));
    await run("What time is it in Rome?", { turnId: "new", replaced: ["old"] });
    const asked = bedrock.calls.at(-1)?.request.messages ?? [];
    expect(asked.flatMap(texts)).toEqual(["Hello", expect.any(String), "What time is it in Rome?"]);
    expect((await thread()).slice(2)).toEqual([
      "new human: What time is it in Rome?",
      "new:a ai: One.",
    ]);
    bedrock.script.add(refuseWith("AccessDeniedException"));
    await run("And in Paris?", { turnId: "newer", replaced: ["old", "new"] });
    await record("And in Paris?", "Half", ["old", "new"]);
    expect((await thread()).slice(2)).toEqual(["newer human: And in Paris?", "newer:a ai: Half"]);
  });

  it("sends a limited request with the tools' schemas as every model reads them", async () => {
    const { run } = conversation();
    await run("Hello");
    const { inferenceConfig, toolConfig, system } = bedrock.calls[0]?.request ?? {};
    expect(inferenceConfig).toEqual({ maxTokens: 1024 });
    expect(toolConfig?.tools).toHaveLength(2);
    expect(system).toHaveLength(1);
  });

  it("is never traced, whatever the environment asks for", async () => {
    vi.stubEnv("LANGSMITH_TRACING", "true");
    const traced = vi.spyOn(LangChainTracer.prototype, "onRunCreate").mockResolvedValue();
    const { run, record } = conversation();
    bedrock.script.add(callTools([{ name: "current_time", input: {} }]), answerWith("Noon."));
    await run("What time is it?");
    await record("And now?", "");
    expect(traced).not.toHaveBeenCalled();
  });
});

describe("an answer that breaks off", () => {
  const broken: [string, ScriptedCall][] = [
    ["by a lost connection", interrupt(answerWith("The answer is 41, I think."), 2, cut)],
    ["without saying that it ends", interrupt(answerWith("The answer is 41, I think."), 2, end)],
    [
      "by an error in the stream",
      interrupt(answerWith("The answer is 41."), 2, exception("modelStreamErrorException")),
    ],
    [
      "by throttling in the stream",
      interrupt(answerWith("No. 41."), 2, exception("throttlingException")),
    ],
  ];

  it.each(broken)("%s is asked for again from its start", async (_, step) => {
    const { run, thread, measured, waits } = conversation();
    bedrock.script.add(step, answerWith("It is 42."));
    const { events, text } = await run("6 * 7?");
    expect(events.filter(({ type }) => type === "restart")).toEqual([
      { type: "restart", text: "" },
    ]);
    expect(text).toBe("It is 42.");
    expect(await thread()).toEqual(["turn1 human: 6 * 7?", "turn1:a ai: It is 42."]);
    expect(waits).toHaveLength(1);
    expect(measured).toContainEqual({ metric: "ModelRetries", value: 1 });
  });

  it("in its second call keeps the text of the first", async () => {
    const { run } = conversation();
    bedrock.script.add(
      callTools([{ name: "current_time", input: {} }], "Let me look."),
      interrupt(answerWith("It is no"), 2, cut),
      answerWith("It is noon."),
    );
    const { events, text } = await run("Time?");
    expect(events).toContainEqual({ type: "restart", text: "Let me look." });
    expect(text).toBe("Let me look.\n\nIt is noon.");
  });

  it.each([
    ["a lost connection", cut],
    ["an end without messageStop", end],
  ])("in its tool arguments by %s never runs the tool", async (_, by) => {
    const { inputs, tool } = watchedTool();
    const { run } = conversation({ tools: [tool] });
    bedrock.script.add(
      interrupt(
        answerWithEvents(scriptedToolCall("watched", '{"what":"DELETE FROM users"}'), "tool_use"),
        1,
        by,
      ),
      callTools([{ name: "watched", input: { what: "select 1" } }]),
      answerWith("Done."),
    );
    const { text } = await run("Go");
    expect(text).toBe("Done.");
    expect(inputs).toEqual(["select 1"]);
  });

  it("in its tool arguments by the token limit fails, because it would again", async () => {
    const { inputs, tool } = watchedTool();
    const { run } = conversation({ tools: [tool] });
    bedrock.script.add(
      answerWithEvents(scriptedToolCall("watched", '{"what":"DELETE FROM users'), "max_tokens"),
    );
    const { error } = await run("Go");
    expect(error).toMatchObject({ type: "model_failed", retryable: false });
    expect(inputs).toEqual([]);
    expect(bedrock.calls).toHaveLength(1);
  });

  it.each(["max_tokens", "model_context_window_exceeded"] as const)(
    "in its text by %s is kept as it is, told, and goes on when the model is asked to",
    async (reason) => {
      const { run } = conversation();
      bedrock.script.add(answerWith("Once upon a", reason), answerWith("time."));
      const { text, events } = await run("A story!");
      expect(text).toBe("Once upon a");
      expect(events.at(-1)).toMatchObject({ type: "model_call", isCut: true });
      const next = await run("Continue.");
      expect(next.text).toBe("time.");
      expect(next.events.at(-1)).toMatchObject({ type: "model_call", isCut: false });
      expect(bedrock.calls.at(-1)?.request.messages.map((message) => texts(message))).toEqual([
        ["A story!"],
        ["Once upon a"],
        ["Continue."],
      ]);
    },
  );

  it("before its first word has nothing that could go on", async () => {
    const { run } = conversation();
    bedrock.script.add(answerWithEvents([{ type: "reasoning", text: "Hmm, " }], "max_tokens"));
    const { text, events } = await run("A story!");
    expect(text).toMatch(/no answer/);
    expect(events).toContainEqual(expect.objectContaining({ type: "model_call", isCut: false }));
  });
});

describe("a model in trouble", () => {
  it("is asked again after a pause when it throttles once", async () => {
    const { run, waits, measured } = conversation();
    bedrock.script.add(refuseWith("ThrottlingException"), answerWith("Here I am."));
    const { events, text } = await run("Hello?");
    expect(text).toBe("Here I am.");
    expect(events.some(({ type }) => type === "restart")).toBe(false);
    expect(waits).toEqual([500]);
    expect(measured).toContainEqual({ metric: "ModelRetries", value: 1 });
  });

  it("is given the time it asks for", async () => {
    const { run, waits } = conversation();
    bedrock.script.add(
      refuseWith("ThrottlingException", { retryAfterSeconds: 2 }),
      answerWith("Here."),
    );
    await run("Hello?");
    expect(waits).toEqual([2_000]);
  });

  it("is not waited for beyond 20 seconds", async () => {
    const { run, waits } = conversation();
    bedrock.script.add(
      refuseWith("ThrottlingException", { retryAfterSeconds: 15 }),
      refuseWith("ThrottlingException", { retryAfterSeconds: 15 }),
    );
    const { error } = await run("Hello?");
    expect(error).toMatchObject({ type: "model_busy", retryable: true });
    expect(waits).toEqual([15_000]);
  });

  it.each([
    ["ThrottlingException", "model_busy"],
    ["ServiceUnavailableException", "model_busy"],
    ["ModelNotReadyException", "model_busy"],
    ["InternalServerException", "model_failed"],
    ["ModelTimeoutException", "model_failed"],
  ] as const)("that answers nothing but %s is %s after four tries", async (name, type) => {
    const { run, waits } = conversation();
    bedrock.script.add(...Array.from({ length: 4 }, () => refuseWith(name)));
    const { error } = await run("Hello?");
    expect(error).toMatchObject({ name: "ModelFailure", type, retryable: true });
    expect(waits).toEqual([500, 1_000, 2_000]);
  });

  it.each([
    ["ValidationException", "model_failed"],
    ["AccessDeniedException", "model_unavailable"],
    ["ResourceNotFoundException", "model_unavailable"],
    ["ExpiredTokenException", "model_unavailable"],
    ["ServiceQuotaExceededException", "model_unavailable"],
  ] as const)("that answers %s is %s and not asked again", async (name, type) => {
    const { run } = conversation();
    bedrock.script.add(refuseWith(name));
    const { error } = await run("Hello?");
    expect(error).toMatchObject({ type, retryable: false });
    expect(bedrock.calls).toHaveLength(1);
  });

  it("is replaced by the fallback model, for the rest of the turn", async () => {
    const { run } = conversation({ fallbackModelId });
    bedrock.script.add(
      ...Array.from({ length: 4 }, () => refuseWith("ThrottlingException")),
      callTools([{ name: "current_time", input: {} }]),
      answerWith("Noon."),
    );
    const { events, text } = await run("Time?");
    expect(text).toBe("Noon.");
    const calls = events.filter(({ type }) => type === "model_call");
    const byFallback = { model: fallbackModelId, isFallback: true };
    expect(calls).toMatchObject([byFallback, byFallback]);
    expect(bedrock.calls.map((call) => call.modelId)).toEqual([
      ...Array.from({ length: 4 }, () => modelId),
      ...[fallbackModelId, fallbackModelId],
    ]);
  });

  it("has failed when the fallback fails as well", async () => {
    const { run } = conversation({ fallbackModelId });
    bedrock.script.add(...Array.from({ length: 5 }, () => refuseWith("ThrottlingException")));
    expect((await run("Hello?")).error).toMatchObject({ type: "model_busy" });
  });

  it("that cannot be reached has failed, and may be tried again", async () => {
    const { run } = conversation({ bedrockEndpoint: "http://127.0.0.1:1" });
    expect((await run("Hello?")).error).toMatchObject({ type: "model_failed", retryable: true });
  });
});

describe("the turn after", () => {
  it("one that the model will not take any more is answered without what came before", async () => {
    const { run } = conversation();
    await run("One");
    bedrock.script.add(
      interrupt(answerWith("Well, let me"), 2, exception("validationException")),
      answerWith("Two!"),
    );
    const { text, events } = await run("Two");
    expect(text).toBe("Two!");
    expect(historyOf({ events })).toEqual(["turn1", "turn2"]);
    expect(bedrock.calls.at(-1)?.request.messages.map((message) => texts(message))).toEqual([
      ["Two"],
    ]);
  });

  it("one that the model will not take fails when the model will not take it either", async () => {
    const { run } = conversation();
    await run("One");
    bedrock.script.add(refuseWith("ValidationException"), refuseWith("ValidationException"));
    const { error } = await run("Two");
    expect(error).toMatchObject({ type: "model_failed", retryable: false });
    expect(bedrock.calls).toHaveLength(3);
  });

  it("a failed one that was recorded is answered", async () => {
    const { run, record, thread } = conversation();
    bedrock.script.add(refuseWith("ValidationException"), answerWith("I am back."));
    expect((await run("One")).error).toBeDefined();
    await record("One", "");
    expect((await run("Two")).text).toBe("I am back.");
    expect(await thread()).toEqual([
      ...["turn1 human: One", "turn1:a ai: (stopped)"],
      ...["turn2 human: Two", "turn2:a ai: I am back."],
    ]);
  });

  it("a failed one that left its question behind is answered", async () => {
    const { run } = conversation();
    bedrock.script.add(refuseWith("ValidationException"), answerWith("I am back."));
    await run("One");
    expect((await run("Two")).text).toBe("I am back.");
    expect(bedrock.calls.at(-1)?.request.messages.map((message) => texts(message))).toEqual([
      ["One"],
      ["(This message was not answered.)"],
      ["Two"],
    ]);
  });

  it("one that was stopped in its text is answered", async () => {
    const { run, record, thread } = conversation();
    const stop = new AbortController();
    const reason = new Error("stop");
    bedrock.script.add(
      interrupt(answerWith("Once upon a time"), 2, stall(createGate())),
      answerWith("Yes?"),
    );
    const { error, text } = await run("A story!", {
      signal: stop.signal,
      onEvent: (event) => event.type === "text" && event.text === " upon" && stop.abort(reason),
    });
    expect(error).toBe(reason);
    expect(text).toBe("Once upon");
    expect(await bedrock.calls[0]?.ended).toBe("abandoned");

    await record("A story!", text);
    expect((await run("Are you there?")).text).toBe("Yes?");
    expect((await thread()).slice(0, 2)).toEqual([
      "turn1 human: A story!",
      "turn1:a ai: Once upon",
    ]);
  });

  it.each([
    ["recorded", true],
    ["left with an open call", false],
  ])("one that was stopped in a tool and %s is answered", async (_, isRecorded) => {
    const stop = new AbortController();
    let known: AbortSignal | undefined;
    const { tool } = watchedTool((signal) => {
      known = signal;
      return new Promise(() => {});
    });
    const { run, record } = conversation({ tools: [tool] });
    bedrock.script.add(
      callTools([{ name: "watched", input: { what: "x" } }], "Let me see."),
      answerWith("Yes?"),
    );
    const reason = new Error("stop");
    const { error, tools, text } = await run("Go", {
      signal: stop.signal,
      onEvent: (event) => event.type === "tool" && stop.abort(reason),
    });
    expect(error).toBe(reason);
    expect(known?.aborted).toBe(true);
    expect(tools.map(({ state }) => state)).toEqual(["running"]);

    if (isRecorded) await record("Go", text);
    expect((await run("Are you there?")).text).toBe("Yes?");
  });

  it("one that was stopped while the model was waited for is answered", async () => {
    const stop = new AbortController();
    const reason = new Error("stop");
    const { run, record } = conversation({
      retry: {
        delay: async () => stop.abort(reason),
      },
    });
    bedrock.script.add(refuseWith("ThrottlingException"), answerWith("Yes?"));
    expect((await run("Go", { signal: stop.signal })).error).toBe(reason);
    await record("Go", "");
    expect((await run("Are you there?")).text).toBe("Yes?");
  });

  it("is not begun by a turn that was stopped before it began", async () => {
    const { run } = conversation();
    const reason = new Error("stop");
    const { error, events } = await run("Go", { signal: AbortSignal.abort(reason) });
    expect(error).toBe(reason);
    expect(events).toEqual([]);
    expect(bedrock.calls).toEqual([]);
  });

  it("finds what was recorded in one write", async () => {
    const { record, saver, thread } = conversation();
    await record("One", "Half an ans");
    expect(saver.accesses).toEqual(["getTuple", "put"]);
    expect(await thread()).toEqual(["turn1 human: One", "turn1:a ai: Half an ans"]);
  });
});

it("ends the model call when nobody reads on", async () => {
  const { agent, turn } = conversation();
  bedrock.script.add(interrupt(answerWith("Once upon a time"), 2, stall(createGate())));
  for await (const { type } of agent.run(turn("A story!", {}))) if (type === "text") break;
  expect(await bedrock.calls[0]?.ended).toBe("abandoned");
});

describe("tools", () => {
  it.each(["[1]", "42", '"2+2"', "null", '{"what":'])(
    "are not run with the arguments %s, which the model reads",
    async (json) => {
      const { inputs, tool } = watchedTool();
      const { run } = conversation({ tools: [tool] });
      bedrock.script.add(
        answerWithEvents(scriptedToolCall("watched", json), "tool_use"),
        answerWith("I see."),
      );
      const { text, tools } = await run("Go");
      expect(text).toBe("I see.");
      expect(inputs).toEqual([]);
      expect(tools).toMatchObject([{ name: "watched", state: "failed" }]);
      const results = toolResults(bedrock.calls[1]?.request.messages.at(-1));
      expect(results.map(({ content }) => content[0])).toEqual([
        { text: "Error: the arguments are not a JSON object." },
      ]);
      expect(bedrock.calls).toHaveLength(2);
    },
  );

  it("are run with an object that the model wrote as a text", async () => {
    const { inputs, tool } = watchedTool();
    const { run } = conversation({ tools: [tool] });
    const json = JSON.stringify(JSON.stringify({ what: "it" }));
    bedrock.script.add(
      answerWithEvents(scriptedToolCall("watched", json), "tool_use"),
      answerWith("I see."),
    );
    await run("Go");
    expect(inputs).toEqual(["it"]);
  });

  it("go wrong without ending the turn, and the model hears of it", async () => {
    const { tool } = watchedTool(() => Promise.reject(new Error("password=hunter2")));
    const { run } = conversation({ tools: [tool] });
    bedrock.script.add(
      callTools([
        { name: "watched", input: { what: "x" } },
        { name: "watched", input: {} },
        { name: "no such tool", input: {} },
      ]),
      answerWith("That did not work."),
    );
    const { text, tools } = await run("Go");
    expect(text).toBe("That did not work.");
    expect(tools.map(({ state }) => state)).toEqual(["failed", "failed", "failed"]);
    const results = toolResults(bedrock.calls[1]?.request.messages.at(-1));
    expect(results.map(({ content }) => content[0])).toEqual([
      { text: expect.stringMatching(/^The tool failed \(reference \w+\)\.$/) },
      { text: expect.stringMatching(/^Error: the arguments are not valid: what/) },
      { text: "Error: there is no such tool. Use one of: watched." },
    ]);
  });

  it("are used in at most seven rounds, then the model has to answer", async () => {
    const { run } = conversation();
    bedrock.script.add(...Array.from({ length: 8 }, () => timeCall()));
    const { text, tools } = await run("Loop!");
    expect(bedrock.calls).toHaveLength(8);
    expect(tools).toHaveLength(7);
    expect(JSON.stringify(bedrock.calls[7]?.request.system)).toContain("without a tool");
    expect(text).toMatch(/smaller part/);
  });

  it("are called at most sixteen times in a turn", async () => {
    const { run } = conversation();
    const many = Array.from({ length: 20 }, () => ({ name: "current_time", input: {} }));
    bedrock.script.add(callTools(many), answerWith("Enough."));
    const { tools } = await run("Go");
    expect(tools).toHaveLength(16);
    const results = toolResults(bedrock.calls[1]?.request.messages.at(-1));
    expect(results).toHaveLength(20);
    expect(results[16]?.content).toEqual([{ text: expect.stringContaining("at most 16") }]);
  });

  it("may be called with an id that was used before", async () => {
    const { run } = conversation();
    bedrock.script.add(timeCall("same"), answerWith("Noon."), timeCall("same"), answerWith("One."));
    await run("Time?");
    expect((await run("And now?")).text).toBe("One.");
    const uses = bedrock.calls.at(-1)?.request.messages.flatMap((message) => toolUses(message));
    expect(uses?.map(({ toolUseId }) => toolUseId)).toEqual(["same", "turn2_0_0"]);
  });

  it("may be called twice with one id", async () => {
    const { run } = conversation();
    const call = { name: "current_time", input: {}, id: "same" };
    bedrock.script.add(callTools([call, call]), answerWith("Noon, twice."));
    expect((await run("Time?")).tools.map(({ id }) => id)).toEqual(["same", "turn1_0_1"]);
  });
});

describe("what a model says", () => {
  it("is explained where it is nothing", async () => {
    const { run, thread } = conversation();
    bedrock.script.add(answerWith(""));
    const { text } = await run("Hello?");
    expect(text).toMatch(/gave no answer/);
    expect(await thread()).toContain(`turn1:a ai: ${text}`);
  });

  it("begins with its first word", async () => {
    const { run, thread } = conversation();
    bedrock.script.add(answerWith(" \n Hello  there"));
    const { text } = await run("Hello?");
    expect(text).toBe("Hello  there");
    expect(await thread()).toContain("turn1:a ai: Hello  there");
  });

  it("is completed where a filter cut it", async () => {
    const { run, thread } = conversation();
    bedrock.script.add(answerWith("First,", "content_filtered"));
    const { text } = await run("How?");
    expect(text).toMatch(/^First,\n\nThe model's content filter/);
    expect(await thread()).toContain(`turn1:a ai: ${text}`);
  });

  it("may hold citations", async () => {
    const { run } = conversation();
    const pieces = [
      { type: "text", text: "See this." },
      { type: "citation", title: "A book" },
    ] as const;
    bedrock.script.add(answerWithEvents([...pieces], "end_turn"));
    expect((await run("Where?")).text).toBe("See this.");
  });

  it("has its thinking told, and given back signed until the turn ends", async () => {
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

describe("a full thread", () => {
  const long = "x".repeat(240); // 60 tokens

  /** Two turns that fill the thread, and what is to be summarised of them. */
  async function filled(options: ConversationOptions = {}) {
    const talk = conversation({ threadTokens: 100, ...options });
    bedrock.script.add(answerWith(long), answerWith(long));
    await talk.run("My name is Ada.");
    const { events } = await talk.run("And?");
    const full = events.find((event) => event.type === "thread_full");
    if (full?.type !== "thread_full") throw new Error("The thread is not full.");
    return { ...talk, oldest: full.oldest };
  }

  it("is told after its turn, with all that the turn began with", async () => {
    const { oldest } = await filled();
    expect(oldest).toMatchObject({ untilTurn: "turn1", summary: undefined });
    expect(oldest.messages.map(textOf)).toEqual(["My name is Ada.", long]);
  });

  it("is not told while there is room", async () => {
    const { run } = conversation({ threadTokens: 1_000 });
    bedrock.script.add(answerWith(long));
    expect((await run("Hi")).events.map(({ type }) => type)).not.toContain("thread_full");
  });

  it("is summarised by one call without tools, which is priced", async () => {
    const { agent, oldest } = await filled();
    const callsBefore = bedrock.calls.length;
    bedrock.script.add(answerWith("The person is Ada."));
    const written = await agent.summarise(oldest, neverAborted);
    expect(written).toEqual({
      summary: { text: "The person is Ada.", untilTurn: "turn1" },
      model: modelId,
      costs: [{ tokens: expect.anything(), costUsd: expect.any(Number) }],
    });
    const [call, ...more] = bedrock.calls.slice(callsBefore);
    expect(more).toEqual([]);
    expect(call?.request.toolConfig).toBeUndefined();
    expect(call?.request.messages).toHaveLength(1);
  });

  it("goes on with the summary in the place of its oldest turns", async () => {
    const { run, thread, oldest } = await filled();
    const summary = { text: "The person is Ada.", untilTurn: oldest.untilTurn };
    bedrock.script.add(answerWith("Yes."));
    const { events } = await run("Still there?", { summary });
    expect(events[0]).toEqual({
      ...{ type: "history", fromTurn: "turn2", summarisedUntil: "turn1" },
    });
    const said = bedrock.calls
      .at(-1)
      ?.request.messages.map((message) => `${message.role}: ${texts(message).join()}`);
    expect(said).toEqual([
      expect.stringMatching(/^user: Notes on the earlier part.*\n\nThe person is Ada\.$/su),
      expect.stringMatching(/^assistant: /u),
      ...["user: And?", `assistant: ${long}`, "user: Still there?"],
    ]);
    expect(await thread()).toEqual([
      ...["turn2 human: And?", `turn2:a ai: ${long}`],
      ...["turn3 human: Still there?", "turn3:a ai: Yes."],
    ]);
  });

  it("loses them in a recorded turn too", async () => {
    const { run, record, thread } = await filled();
    bedrock.script.add(refuseWith("AccessDeniedException"));
    const summary = { text: "The person is Ada.", untilTurn: "turn1" };
    await run("Still there?", { summary });
    await record("Still there?", "", [], summary);
    expect(await thread()).toEqual([
      ...["turn2 human: And?", `turn2:a ai: ${long}`],
      ...["turn3 human: Still there?", "turn3:a ai: (stopped)"],
    ]);
  });

  it("has its summary left out when the model refuses what came before the turn", async () => {
    const { run } = await filled();
    bedrock.script.add(refuseWith("ValidationException"), answerWith("Yes."));
    const summary = { text: "The person is Ada.", untilTurn: "turn2" };
    const { events, text } = await run("Still there?", { summary });
    expect(text).toBe("Yes.");
    expect(events.filter(({ type }) => type === "history")).toEqual([
      { type: "history", fromTurn: "turn3", summarisedUntil: "turn2" },
      { type: "history", fromTurn: "turn3", summarisedUntil: null },
    ]);
  });

  it.each([
    ["nothing", answerWith("")],
    ["what its filter left", answerWith("The per", "content_filtered")],
    ["nothing, and is refused", refuseWith("AccessDeniedException")],
  ])("gets no summary from a model that writes %s", async (_what, step) => {
    const { agent, oldest } = await filled();
    bedrock.script.add(step);
    await expect(agent.summarise(oldest, neverAborted)).rejects.toThrow();
  });

  it("keeps a summary that its length cut", async () => {
    const { agent, oldest } = await filled();
    bedrock.script.add(answerWith("The person is Ada and", "max_tokens"));
    const { summary } = await agent.summarise(oldest, neverAborted);
    expect(summary.text).toBe("The person is Ada and");
  });

  it("gives its summary up when the time is over", async () => {
    const { agent, oldest } = await filled();
    const gate = createGate();
    bedrock.script.add(interrupt(answerWith("The person is Ada."), 1, stall(gate)));
    const over = new AbortController();
    const summary = agent.summarise(oldest, over.signal);
    await gate.reached;
    over.abort(new Error("No time."));
    await expect(summary).rejects.toThrow("No time.");
  });

  it("remembers a fact through summary after summary", async () => {
    const { agent, run } = conversation({ threadTokens: 1_000 });
    await run("My name is Ada.");
    let summary: AgentTurn["summary"];
    let summaries = 0;
    for (let turn = 0; turn < 60; turn += 1) {
      const { events } = await run(`What is ${turn} + 1?`, { summary });
      const full = events.find((event) => event.type === "thread_full");
      if (full?.type !== "thread_full") continue;
      ({ summary } = await agent.summarise(full.oldest, neverAborted));
      summaries += 1;
    }
    expect(summaries).toBeGreaterThan(2);
    expect((await run("What is my name?", { summary })).text).toContain("Ada");
  });
});

interface ConversationOptions extends Partial<AgentOptions> {
  conversationId?: string;
  saver?: WatchedSaver;
}

interface How {
  turnId?: string;
  replaced?: string[];
  summary?: AgentTurn["summary"];
  signal?: AbortSignal;
  onEvent?: (event: AgentEvent) => unknown;
}

/** A conversation with an agent that never waits; chance is always at its latest. */
function conversation(options: ConversationOptions = {}) {
  const { conversationId = "conversation", saver = new WatchedSaver(), ...agentOptions } = options;
  const { telemetry, measured, lines } = recordingTelemetry();
  const waits: number[] = [];
  const agent = createAgent({
    modelId,
    region: "us-east-1",
    bedrockEndpoint: bedrock.endpoint,
    telemetry,
    tools: builtInTools,
    retry: {
      async delay(ms) {
        waits.push(ms);
      },
      random: () => 0.5,
    },
    ...agentOptions,
  });

  const turnIds: string[] = [];
  const turn = (
    message: string,
    { turnId = `turn${turnIds.length + 1}`, signal = neverAborted, replaced = [], summary }: How,
  ) => {
    turnIds.push(turnId);
    return { turnId, conversationId, message, replaced, summary, checkpointer: saver, signal };
  };
  return {
    ...{ agent, turn, saver, waits, measured, lines },

    async run(message: string, how: How = {}) {
      const events: AgentEvent[] = [];
      let error: ModelFailure | Error | undefined;
      try {
        for await (const event of agent.run(turn(message, how))) {
          events.push(event);
          how.onEvent?.(event);
        }
      } catch (thrown) {
        error = thrown instanceof Error ? thrown : new Error(String(thrown));
      }
      return { ...shown(events), events, error };
    },

    /** Records the turn that has run last. */
    record: (
      message: string,
      text: string,
      replaced: string[] = [],
      summary?: AgentTurn["summary"],
    ) => {
      const turnId = turnIds.pop() ?? "turn1";
      return agent.record({ ...turn(message, { turnId, replaced, summary }), text });
    },

    /** The stored thread, a line per message. */
    async thread(): Promise<string[]> {
      const config = { configurable: { thread_id: conversationId } };
      const tuple = await MemorySaver.prototype.getTuple.call(saver, config);
      const stored = v.parse(StoredMessages, tuple?.checkpoint.channel_values.messages);
      return stored.map((message) => `${message.id} ${message.type}: ${textOf(message)}`);
    },
  };
}

/** The oldest turn that each of the model calls was sent. */
const historyOf = ({ events }: { events: AgentEvent[] }) =>
  events.flatMap((event) => (event.type === "history" ? [event.fromTurn] : []));

/** What a person sees after these events. */
function shown(events: AgentEvent[]) {
  let text = "";
  const tools = new Map<string, Extract<AgentEvent, { type: "tool" }>["tool"]>();
  for (const event of events) {
    if (event.type === "text") text += event.text;
    if (event.type === "restart") text = event.text;
    if (event.type === "tool") tools.set(event.tool.id, event.tool);
  }
  return { text, tools: [...tools.values()] };
}

/** Remembers how it was asked. */
class WatchedSaver extends MemorySaver {
  readonly accesses: string[] = [];

  override getTuple(...asked: Parameters<MemorySaver["getTuple"]>) {
    this.accesses.push("getTuple");
    return super.getTuple(...asked);
  }

  override put(...asked: Parameters<MemorySaver["put"]>) {
    this.accesses.push("put");
    return super.put(...asked);
  }

  override putWrites(...asked: Parameters<MemorySaver["putWrites"]>) {
    this.accesses.push("putWrites");
    return super.putWrites(...asked);
  }
}

const StoredMessages = v.array(v.custom<Parameters<typeof textOf>[0]>((value) => value !== null));
const neverAborted = new AbortController().signal;

function watchedTool(run: (signal: AbortSignal) => Promise<string> | string = () => "looked") {
  const inputs: string[] = [];
  const tool = defineTool({
    name: "watched",
    description: "Remembers how it was called.",
    input: v.object({ what: v.string() }),
    run({ what }, { signal }) {
      inputs.push(what);
      return run(signal);
    },
  });
  return { inputs, tool };
}

function timeCall(id?: string): ScriptedCall {
  const call = { name: "current_time", input: {} };
  return callTools([id === undefined ? call : { ...call, id }]);
}
