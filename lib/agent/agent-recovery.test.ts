import { describe, expect, it } from "vitest";
import { texts } from "#local/bedrock/converse-request.ts";
import {
  answerWith,
  callTools,
  createGate,
  exception,
  interrupt,
  refuseWith,
  stall,
} from "#local/bedrock/script.ts";
import {
  createRecordingTool,
  oldestTurnsSent,
  openBedrockForEachTest,
} from "#test/support/agent-conversation.ts";

const bedrock = openBedrockForEachTest();
const conversation = bedrock.startConversation;

describe("the next turn", () => {
  it("is sent alone if the model refuses the history", async () => {
    const { run } = conversation();
    await run("One");
    bedrock.script.add(
      interrupt(answerWith("Well, let me"), 2, exception("validationException")),
      answerWith("Two!"),
    );
    const { text, events } = await run("Two");
    expect(text).toBe("Two!");
    expect(oldestTurnsSent({ events })).toEqual(["turn1", "turn2"]);
    expect(bedrock.calls.at(-1)?.request.messages.map((message) => texts(message))).toEqual([
      ["Two"],
    ]);
  });

  it("fails if the model refuses it alone, too", async () => {
    const { run } = conversation();
    await run("One");
    bedrock.script.add(refuseWith("ValidationException"), refuseWith("ValidationException"));
    const { error } = await run("Two");
    expect(error).toMatchObject({ type: "model_failed", retryable: false });
    expect(bedrock.calls).toHaveLength(3);
  });

  it("succeeds after a failed turn that was recorded", async () => {
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

  it("succeeds after a failed turn that was not recorded", async () => {
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

  it("succeeds after a turn that was stopped in its text", async () => {
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
  ])("succeeds after a turn that was stopped in a tool and %s", async (_, isRecorded) => {
    const stop = new AbortController();
    let toolSignal: AbortSignal | undefined;
    const { tool } = createRecordingTool((signal) => {
      toolSignal = signal;
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
    expect(toolSignal?.aborted).toBe(true);
    expect(tools.map(({ state }) => state)).toEqual(["running"]);

    if (isRecorded) await record("Go", text);
    expect((await run("Are you there?")).text).toBe("Yes?");
  });

  it("succeeds after a turn that was stopped between two attempts", async () => {
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

  it("does not start if it is stopped before its start", async () => {
    const { run } = conversation();
    const reason = new Error("stop");
    const { error, events } = await run("Go", { signal: AbortSignal.abort(reason) });
    expect(error).toBe(reason);
    expect(events).toEqual([]);
    expect(bedrock.calls).toEqual([]);
  });

  it("finds a recorded turn, stored with one read and one write", async () => {
    const { record, saver, thread } = conversation();
    await record("One", "Half an ans");
    expect(saver.accesses).toEqual(["getTuple", "put"]);
    expect(await thread()).toEqual(["turn1 human: One", "turn1:a ai: Half an ans"]);
  });
});
