import { describe, expect, it } from "vitest";
import { texts, toolResults, toolUses } from "#local/bedrock/converse-request.ts";
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

  it("knows what the calls of a recorded turn did", async () => {
    const { run, record } = conversation();
    bedrock.script.add(refuseWith("ValidationException"), answerWith("I see."));
    await run("Send it");
    await record("Send it", "Sending…", {
      tools: [
        { ...sendCall(1), state: "done", output: "sent" },
        { ...sendCall(2), state: "running", effect: "write" },
      ],
    });
    expect((await run("Did you?")).text).toBe("I see.");
    expect(conversationSent()).toEqual([
      "user: Send it",
      "assistant: send_1, send_2",
      expect.stringMatching(/^user: .*"> sent".*"It is unknown whether this call took effect/),
      "assistant: Sending…",
      "user: Did you?",
    ]);
  });

  it("knows an ended turn of which the thread holds nothing", async () => {
    const { run, thread } = conversation();
    await run("One", { turnId: "one" });
    bedrock.script.add(answerWith("I know."));
    const stopped = { id: "two", message: "Two", text: "", tools: [] };
    await run("Three", { turnId: "three", branch: [stopped] });
    expect((await thread()).slice(2)).toEqual([
      ...["two human: Two", "two:a ai: (stopped)"],
      ...["three human: Three", "three:a ai: I know."],
    ]);
  });

  it("knows an ended turn only by its record, even if the thread holds a part of it", async () => {
    const { run, thread } = conversation();
    const stop = new AbortController();
    bedrock.script.add(callTools([{ name: "current_time", input: {} }]), answerWith("I know."));
    await run("Time?", {
      turnId: "half",
      signal: stop.signal,
      onEvent: ({ type }) => type === "tool" && stop.abort(),
    });
    // The aborted graph puts its half turn a moment later.
    await expect.poll(thread).toContain("half:m1 ai: ");
    const half = { id: "half", message: "Time?", text: "Well", tools: [] };
    expect((await run("And?", { turnId: "next", branch: [half] })).text).toBe("I know.");
    expect(conversationSent()).toEqual(["user: Time?", "assistant: Well", "user: And?"]);
    expect(await thread()).toEqual([
      ...["half human: Time?", "half:a ai: Well"],
      ...["next human: And?", "next:a ai: I know."],
    ]);
  });

  it("finds a recorded turn, stored with one read and one write", async () => {
    const { record, saver, thread } = conversation();
    await record("One", "Half an ans");
    expect(saver.accesses).toEqual(["getTuple", "put"]);
    expect(await thread()).toEqual(["turn1 human: One", "turn1:a ai: Half an ans"]);
  });
});

const sendCall = (number: number) => ({
  id: `send.${number}`,
  name: "send",
  input: { to: `person ${number}` },
});

/** Returns the messages of the last model call, one line for each. */
const conversationSent = () =>
  bedrock.calls.at(-1)?.request.messages.map((message) => {
    const results = toolResults(message).map(({ content }) => JSON.stringify(content));
    const uses = toolUses(message).map(({ toolUseId }) => toolUseId);
    return `${message.role}: ${[...texts(message), ...uses, ...results].join(", ")}`;
  });
