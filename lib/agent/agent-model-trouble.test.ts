import { describe, expect, it } from "vitest";
import { texts } from "#local/bedrock/converse-request.ts";
import {
  answerWith,
  answerWithEvents,
  callTools,
  cut,
  end,
  exception,
  interrupt,
  refuseWith,
  type ScriptedCall,
  scriptedToolCall,
} from "#local/bedrock/script.ts";
import {
  createRecordingTool,
  fallbackModelId,
  openBedrockForEachTest,
  primaryModelId,
} from "#test/support/agent-conversation.ts";

const bedrock = openBedrockForEachTest();
const conversation = bedrock.startConversation;

describe("an answer that breaks off", () => {
  const broken: [string, ScriptedCall][] = [
    ["by a lost connection", interrupt(answerWith("The answer is 41, I think."), 2, cut)],
    ["without messageStop", interrupt(answerWith("The answer is 41, I think."), 2, end)],
    [
      "by an error in the stream",
      interrupt(answerWith("The answer is 41."), 2, exception("modelStreamErrorException")),
    ],
    [
      "by throttling in the stream",
      interrupt(answerWith("No. 41."), 2, exception("throttlingException")),
    ],
  ];

  it.each(broken)("%s is repeated from its start", async (_, step) => {
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

  it("in the second model call keeps the text of the first", async () => {
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
  ])("in its tool arguments by %s never runs the cut call", async (_, by) => {
    const { inputs, tool } = createRecordingTool();
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

  it("in its tool arguments by the token limit is not repeated", async () => {
    const { inputs, tool } = createRecordingTool();
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
    "in its text by %s is kept, marked as cut, and can be continued",
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

  it("before its first word is not marked as cut", async () => {
    const { run } = conversation();
    bedrock.script.add(answerWithEvents([{ type: "reasoning", text: "Hmm, " }], "max_tokens"));
    const { text, events } = await run("A story!");
    expect(text).toMatch(/no answer/);
    expect(events).toContainEqual(expect.objectContaining({ type: "model_call", isCut: false }));
  });
});

describe("a failing model", () => {
  it("that throttles once is called again after a pause", async () => {
    const { run, waits, measured } = conversation();
    bedrock.script.add(refuseWith("ThrottlingException"), answerWith("Here I am."));
    const { events, text } = await run("Hello?");
    expect(text).toBe("Here I am.");
    expect(events.some(({ type }) => type === "restart")).toBe(false);
    expect(waits).toEqual([500]);
    expect(measured).toContainEqual({ metric: "ModelRetries", value: 1 });
  });

  it("is called again after its Retry-After", async () => {
    const { run, waits } = conversation();
    bedrock.script.add(
      refuseWith("ThrottlingException", { retryAfterSeconds: 2 }),
      answerWith("Here."),
    );
    await run("Hello?");
    expect(waits).toEqual([2_000]);
  });

  it("is given up after 20 s of pauses", async () => {
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
  ] as const)("that returns only %s is %s after four attempts", async (name, type) => {
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
  ] as const)("that returns %s is %s after one attempt", async (name, type) => {
    const { run } = conversation();
    bedrock.script.add(refuseWith(name));
    const { error } = await run("Hello?");
    expect(error).toMatchObject({ type, retryable: false });
    expect(bedrock.calls).toHaveLength(1);
  });

  it("is replaced by the fallback for the rest of the turn", async () => {
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
      ...Array.from({ length: 4 }, () => primaryModelId),
      ...[fallbackModelId, fallbackModelId],
    ]);
  });

  it("fails the turn if the fallback fails, too", async () => {
    const { run } = conversation({ fallbackModelId });
    bedrock.script.add(...Array.from({ length: 5 }, () => refuseWith("ThrottlingException")));
    expect((await run("Hello?")).error).toMatchObject({ type: "model_busy" });
  });

  it("that cannot be reached fails the turn with a retryable error", async () => {
    const { run } = conversation({ bedrockEndpoint: "http://127.0.0.1:1" });
    expect((await run("Hello?")).error).toMatchObject({ type: "model_failed", retryable: true });
  });
});
