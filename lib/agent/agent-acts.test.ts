import * as v from "valibot";
import { describe, expect, it } from "vitest";
import type { AgentEvent } from "#lib/agent/agent.ts";
import type { ToolCall } from "#lib/contract/chat.ts";
import type { PlannedCall } from "#lib/tools/gate/planned-call.ts";
import { defineTool, type ToolContext, ToolRefusal } from "#lib/tools/tool.ts";
import { toolResults, toolUses } from "#local/bedrock/converse-request.ts";
import { answerWith, callTools } from "#local/bedrock/script.ts";
import {
  type ConversationOptions,
  createRecordingTool,
  openBedrockForEachTest,
} from "#test/support/agent-conversation.ts";
import { createMemoryActs } from "#test/support/memory-acts.ts";

const bedrock = openBedrockForEachTest();

/** Returns a tool with an effect, and what it has sent. */
function createSender(
  send: (to: string, context: ToolContext) => string | Promise<string> = (to) => `sent to ${to}`,
  description = "Sends a message.",
) {
  const sent: { to: string; receiptId: string | undefined }[] = [];
  const tool = defineTool({
    name: "send",
    description,
    input: v.object({ to: v.string() }),
    effect: "write",
    run({ to }, context) {
      sent.push({ to, receiptId: context.receiptId });
      return send(to, context);
    },
  });
  return { sent, tool };
}

const allowSend = [{ tool: "send", policy: "allow" }] as const;
const askSend = [{ tool: "send", policy: "ask" }] as const;
const send = (to: string, id?: string) => ({ name: "send", input: { to }, ...(id && { id }) });
const read = (what: string) => ({ name: "watched", input: { what } });

/** Starts a conversation in which the model acts. A pause before an effect goes on at once, as in a runner. */
function startActing(options: ConversationOptions) {
  const acts = createMemoryActs();
  const conversation = bedrock.startConversation(options);
  return { ...conversation, ...turnsWith(conversation, acts), acts };
}

type Conversation = ReturnType<typeof bedrock.startConversation>;
type RunOptions = Parameters<Conversation["run"]>[1];

function turnsWith({ run }: Conversation, acts: ReturnType<typeof createMemoryActs>) {
  const runAll = async (message: string, options: RunOptions, resumes: boolean) => {
    const events: AgentEvent[] = [];
    const tools = new Map<string, ToolCall>();
    for (let continues = resumes; ; continues = true) {
      const segment = await run(message, {
        ...options,
        parts: { acts, resumes: continues, tools: [...tools.values()], ...options?.parts },
      });
      events.push(...segment.events);
      for (const tool of segment.tools) tools.set(tool.id, tool);
      const paused = pauseOf(segment.events);
      if (paused?.reason === "effect") continue;
      const all = { ...segment, events, tools: [...tools.values()] };
      return { ...all, asked: paused?.calls ?? [], error: segment.error };
    }
  };
  return {
    /** Runs a turn until it ends or waits for a person. */
    start: (message: string, options: RunOptions = {}) =>
      runAll(message, { turnId: "turn1", ...options }, false),
    /** Continues the turn, as after a decision or a take-over. `asked`: the calls that a person was asked about. */
    goOn: (asked: readonly PlannedCall[] = [], options: RunOptions = {}) =>
      runAll("", { turnId: "turn1", ...options, parts: { tools: asked.map(waiting) } }, true),
  };
}

const waiting = ({ id, name, input, effect }: PlannedCall): ToolCall => ({
  ...{ id, name, input, effect },
  state: "waiting",
});

const pauseOf = (events: AgentEvent[]) => {
  const last = events.at(-1);
  return last?.type === "paused" ? last : undefined;
};

/** Returns the results that the last model call was sent, in order. */
const resultsSent = () =>
  (bedrock.calls.at(-1)?.request.messages ?? [])
    .flatMap((message) => toolResults(message))
    .map(({ content }) => JSON.stringify(content));

describe("an answer with an effect that the policy allows", () => {
  it("pauses before the effect, and continues with its calls", async () => {
    const { sent, tool } = createSender();
    const { run, acts, saver, thread } = startActing({ tools: [tool], toolPolicy: allowSend });
    bedrock.script.add(callTools([send("Ada")], "One moment."), answerWith("Done."));
    const first = await run("Write to Ada", { parts: { acts } });
    expect(pauseOf(first.events)).toMatchObject({
      ...{ type: "paused", reason: "effect" },
      calls: [{ id: "turn1.1.0", name: "send", effect: "write", verdict: "effect" }],
    });
    expect(first.tools).toEqual([]);
    expect([sent, acts.log]).toEqual([[], []]);
    expect(await thread()).toEqual(["turn1 human: Write to Ada", "turn1:m1 ai: One moment."]);

    const second = await run("", { turnId: "turn1", parts: { acts, resumes: true } });
    expect(second.text).toBe("\n\nDone.");
    expect(sent).toEqual([{ to: "Ada", receiptId: "receipt 1" }]);
    expect(acts.log).toEqual(["claim turn1.1.0", "settle receipt 1"]);
    expect(second.events.filter(({ type }) => type === "tool")).toMatchObject([
      { tool: { id: "turn1.1.0", state: "running", effect: "write", input: { to: "Ada" } } },
      { tool: { id: "turn1.1.0", state: "done", output: "sent to Ada" } },
    ]);
    expect((await thread()).slice(1).map((line) => line.slice(0, 12))).toEqual([
      ...["turn1:m1 ai:", "turn1:t:tool", "turn1:a ai: "],
    ]);
    expect(bedrock.calls).toHaveLength(2);
    // One read and one write for each part of the turn, and no writes of single steps.
    expect(saver.accesses).toEqual(["getTuple", "put", "getTuple", "put"]);
  });

  it("runs what reads at once, and then one effect after the other", async () => {
    const log: string[] = [];
    let started = 0;
    const bothStarted = Promise.withResolvers<void>();
    const { tool: reader } = createRecordingTool(async () => {
      started += 1;
      if (started === 2) bothStarted.resolve();
      await bothStarted.promise;
      return String(log.push("read"));
    });
    const { tool: sender } = createSender(async (to) => {
      log.push(`begin ${to}`);
      await new Promise((resolve) => setImmediate(resolve));
      log.push(`end ${to}`);
      return to;
    });
    const { start, acts } = startActing({ tools: [reader, sender], toolPolicy: allowSend });
    bedrock.script.add(
      callTools([send("Ada"), read("a"), send("Bob"), read("b")]),
      answerWith("Done."),
    );
    const { text } = await start("Go");
    expect(text).toBe("Done.");
    expect(log).toEqual(["read", "read", "begin Ada", "end Ada", "begin Bob", "end Bob"]);
    expect(acts.log).toEqual([
      ...["claim turn1.1.0", "settle receipt 1", "claim turn1.1.2", "settle receipt 2"],
    ]);
    expect(resultsSent()).toEqual([
      ...['[{"text":"> Ada"}]', '[{"text":"> 1"}]', '[{"text":"> Bob"}]', '[{"text":"> 2"}]'],
    ]);
  });

  it("acts in several answers of one turn", async () => {
    const { sent, tool } = createSender();
    const { start } = startActing({ tools: [tool], toolPolicy: allowSend });
    bedrock.script.add(
      callTools([send("Ada")]),
      callTools([send("Bob")]),
      callTools([send("Cid")]),
      answerWith("Done."),
    );
    const { tools, events } = await start("Go");
    expect(sent.map(({ to }) => to)).toEqual(["Ada", "Bob", "Cid"]);
    expect(tools.map(({ id }) => id)).toEqual(["turn1.1.0", "turn1.2.0", "turn1.3.0"]);
    expect(events.filter(({ type }) => type === "model_call")).toHaveLength(4);
  });

  it("has at most sixteen calls, and asks for no receipt of the others", async () => {
    const { sent, tool } = createSender();
    const { start, acts } = startActing({ tools: [tool], toolPolicy: allowSend });
    const many = Array.from({ length: 20 }, (_, index) => send(`${index}`));
    bedrock.script.add(callTools(many), answerWith("Enough."));
    await start("Go");
    expect(sent).toHaveLength(16);
    expect(acts.log.filter((line) => line.startsWith("claim"))).toHaveLength(16);
    expect(resultsSent().slice(16)).toEqual(Array(4).fill(expect.stringContaining("at most 16")));
  });

  it("gives each call a receipt of its own if the model repeats its ids", async () => {
    const { sent, tool } = createSender();
    const { start } = startActing({ tools: [tool], toolPolicy: allowSend });
    bedrock.script.add(
      callTools([send("Ada", "same"), send("Bob", "same")]),
      callTools([send("Cid", "same")]),
      answerWith("Done."),
    );
    const { tools } = await start("Go");
    expect(sent).toEqual([
      { to: "Ada", receiptId: "receipt 1" },
      { to: "Bob", receiptId: "receipt 2" },
      { to: "Cid", receiptId: "receipt 3" },
    ]);
    expect(tools.map(({ id }) => id)).toEqual(["turn1.1.0", "turn1.1.1", "turn1.2.0"]);
    const uses = bedrock.calls.at(-1)?.request.messages.flatMap((message) => toolUses(message));
    expect(uses?.map(({ toolUseId }) => toolUseId)).toEqual(["same", "turn1_0_1", "turn1_1_0"]);
  });

  it("does not pause for a call that the gate refuses", async () => {
    const { sent, tool } = createSender();
    const { start, acts, saver } = startActing({ tools: [tool], toolPolicy: allowSend });
    bedrock.script.add(callTools([{ name: "send", input: {} }]), answerWith("I see."));
    const { tools } = await start("Go");
    expect(tools).toMatchObject([{ state: "failed" }]);
    expect([sent, acts.log, saver.accesses]).toEqual([[], [], ["getTuple", "put"]]);
  });

  it("settles a call that the tool refuses", async () => {
    const { tool } = createSender(() => Promise.reject(new ToolRefusal("no such person.")));
    const { start, acts } = startActing({ tools: [tool], toolPolicy: allowSend });
    bedrock.script.add(callTools([send("Ada")]), answerWith("I see."));
    const { tools } = await start("Go");
    expect(tools).toMatchObject([{ state: "failed", output: "Error: no such person." }]);
    expect(acts.log).toEqual(["claim turn1.1.0", "settle receipt 1"]);
  });

  it("never settles a call whose effect nobody knows", async () => {
    const { tool } = createSender(() => Promise.reject(new Error("cut")));
    const { start, acts } = startActing({ tools: [tool], toolPolicy: allowSend });
    bedrock.script.add(callTools([send("Ada")]), answerWith("I see."));
    const { tools } = await start("Go");
    expect(tools).toMatchObject([{ state: "unknown" }]);
    expect(acts.log).toEqual(["claim turn1.1.0"]);
    expect(resultsSent()[0]).toContain("It is unknown whether this call took effect");
  });

  it("begins no further effect after a stop", async () => {
    const stop = new AbortController();
    const { sent, tool } = createSender(() => {
      stop.abort(new Error("stop"));
      return "sent";
    });
    const { start, acts } = startActing({ tools: [tool], toolPolicy: allowSend });
    bedrock.script.add(callTools([send("Ada"), send("Bob")]));
    const { error } = await start("Go", { signal: stop.signal });
    expect(error).toMatchObject({ message: "stop" });
    expect(sent).toHaveLength(1);
    expect(acts.log.filter((line) => line.startsWith("claim"))).toEqual(["claim turn1.1.0"]);
  });

  it("does not act if the turn is stopped while its claim is sent", async () => {
    const stop = new AbortController();
    const { sent, tool } = createSender();
    const { start, acts } = startActing({ tools: [tool], toolPolicy: allowSend });
    bedrock.script.add(callTools([send("Ada")]));
    const claiming: typeof acts = {
      ...acts,
      async claim(call) {
        const claim = await acts.claim(call);
        stop.abort(new Error("stop"));
        return claim;
      },
    };
    const { error } = await start("Go", { signal: stop.signal, parts: { acts: claiming } });
    expect(error).toMatchObject({ message: "stop" });
    await new Promise((resolve) => setImmediate(resolve));
    expect(sent).toEqual([]);
  });
});

describe("an answer with a call that a person must approve", () => {
  it("waits, and runs nothing of the answer before the decision", async () => {
    const { sent, tool } = createSender();
    const { inputs, tool: reader } = createRecordingTool();
    const { start, goOn, acts, thread } = startActing({
      tools: [tool, reader],
      toolPolicy: askSend,
    });
    bedrock.script.add(callTools([read("a"), send("Ada")]), answerWith("Done."));
    const { asked } = await start("Go");
    expect(asked).toMatchObject([
      {
        ...{ id: "turn1.1.1", name: "send", input: { to: "Ada" }, verdict: "ask" },
        argumentsSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        definitionSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ]);
    expect([sent, inputs, acts.log]).toEqual([[], [], []]);
    expect(await thread()).toHaveLength(2);

    acts.decide(asked, { outcome: "approved" });
    const { text } = await goOn(asked);
    expect(text).toBe("Done.");
    expect([sent.length, inputs]).toEqual([1, ["a"]]);
  });

  it("tells the model each decision", async () => {
    const { sent, tool } = createSender();
    const { start, goOn, acts } = startActing({ tools: [tool], toolPolicy: askSend });
    bedrock.script.add(
      callTools([send("Ada"), send("Bob"), send("Cid"), send("Dan")]),
      answerWith("Done."),
    );
    const { asked } = await start("Go");
    const note = "Not on Sundays";
    acts.decide(
      asked,
      { outcome: "denied", note },
      { outcome: "approved" },
      { outcome: "expired" },
      {
        outcome: "denied",
      },
    );
    const { tools } = await goOn(asked);
    expect(sent.map(({ to }) => to)).toEqual(["Bob"]);
    expect(tools.map(({ id, state }) => [id, state])).toEqual([
      ...[
        ["turn1.1.0", "denied"],
        ["turn1.1.1", "done"],
      ],
      ...[
        ["turn1.1.2", "denied"],
        ["turn1.1.3", "denied"],
      ],
    ]);
    expect(resultsSent()).toEqual([
      expect.stringMatching(/"The person refused this call.*Not on Sundays/),
      '[{"text":"> sent to Bob"}]',
      expect.stringContaining("Nobody decided in time"),
      expect.stringContaining('"The person refused this call'),
    ]);
  });

  it("waits again for a call of its next answer", async () => {
    const { sent, tool } = createSender();
    const { start, goOn, acts } = startActing({ tools: [tool], toolPolicy: askSend });
    bedrock.script.add(callTools([send("Ada")]), callTools([send("Ada")]), answerWith("Done."));
    const first = await start("Go");
    acts.decide(first.asked);
    const second = await goOn(first.asked);
    expect(second.asked.map(({ id }) => id)).toEqual(["turn1.2.0"]);
    expect(sent).toHaveLength(1);
    acts.decide(second.asked, { outcome: "denied" });
    await goOn(second.asked);
    expect(sent).toHaveLength(1);
    expect(resultsSent()[1]).toContain("The person refused this call");
  });

  it("waits for the person first if other calls of it are allowed", async () => {
    const { sent, tool } = createSender();
    const other = { ...createSender().tool, name: "post" };
    const { start, goOn, acts } = startActing({
      tools: [tool, other],
      toolPolicy: [{ tool: "send", policy: "allow" }],
    });
    bedrock.script.add(
      callTools([send("Ada"), { name: "post", input: { to: "Bob" } }]),
      answerWith("Done."),
    );
    const { asked } = await start("Go");
    expect(asked.map(({ name }) => name)).toEqual(["post"]);
    expect(sent).toEqual([]);
    acts.decide(asked);
    await goOn(asked);
    expect(acts.log).toEqual([
      ...["claim turn1.1.0", "settle receipt 1", "claim turn1.1.1", "settle receipt 2"],
    ]);
  });

  it("heeds a refusal even if the policy allows the call later", async () => {
    const { inputs, tool } = createRecordingTool();
    const saver = bedrock.startConversation().saver;
    const asking = startActing({
      saver,
      tools: [tool],
      toolPolicy: [{ tool: "*", policy: "ask" }],
    });
    bedrock.script.add(callTools([read("a")]), answerWith("I see."));
    const { asked } = await asking.start("Go");
    asking.acts.decide(asked, { outcome: "denied" });
    const allowing = turnsWith(bedrock.startConversation({ saver, tools: [tool] }), asking.acts);
    await allowing.goOn(asked);
    expect(inputs).toEqual([]);
    expect(resultsSent()[0]).toContain("The person refused this call");
  });

  it("asks anew if the tool has changed since the decision", async () => {
    const { sent, tool } = createSender();
    const changed = createSender(() => "sent", "Sends a message to everybody.");
    const { saver } = bedrock.startConversation();
    const before = startActing({ saver, tools: [tool] });
    bedrock.script.add(callTools([send("Ada")]), answerWith("Done."));
    const { asked } = await before.start("Go");
    before.acts.decide(asked);
    const after = turnsWith(
      bedrock.startConversation({ saver, tools: [changed.tool] }),
      before.acts,
    );
    const again = await after.goOn(asked);
    expect(again.asked).toMatchObject([{ id: "turn1.1.0", verdict: "ask" }]);
    expect(again.asked[0]?.definitionSha256).not.toBe(asked[0]?.definitionSha256);
    expect([sent, changed.sent]).toEqual([[], []]);

    before.acts.decide(again.asked);
    await after.goOn(again.asked);
    expect([sent.length, changed.sent.length]).toEqual([0, 1]);
  });

  it("refuses an approved call whose tool is gone", async () => {
    const { sent, tool } = createSender();
    const { tool: reader } = createRecordingTool();
    const { saver } = bedrock.startConversation();
    const before = startActing({ saver, tools: [tool, reader] });
    bedrock.script.add(callTools([send("Ada")]), answerWith("I see."));
    const { asked } = await before.start("Go");
    before.acts.decide(asked);
    const after = turnsWith(bedrock.startConversation({ saver, tools: [reader] }), before.acts);
    await after.goOn(asked);
    expect(sent).toEqual([]);
    expect(resultsSent()[0]).toContain("there is no such tool");
  });
});

it("an approved call whose tool server is silent does nothing, and says why", async () => {
  const { sent, tool } = createSender();
  const { saver } = bedrock.startConversation();
  const reachable = { load: async () => ({ tools: [tool], isComplete: true }) };
  const before = startActing({ saver, toolSources: [reachable] });
  bedrock.script.add(callTools([send("Ada")]), answerWith("I see."));
  const { asked } = await before.start("Go");
  before.acts.decide(asked);
  const silent = { load: async () => ({ tools: [], isComplete: false }) };
  const conversation = bedrock.startConversation({ saver, toolSources: [silent] });
  const { tools } = await turnsWith(conversation, before.acts).goOn(asked);
  const sentence = "nothing was done: a tool server could not be reached";
  expect(resultsSent()[0]).toContain(sentence);
  expect(tools).toMatchObject([{ state: "failed", output: expect.stringContaining(sentence) }]);
  expect(sent).toEqual([]);
});

describe("the same effect again", () => {
  it("asks, whatever the policy says, and keeps what the answer has done", async () => {
    const { sent, tool } = createSender();
    const { start, goOn, acts, thread } = startActing({ tools: [tool], toolPolicy: allowSend });
    bedrock.script.add(callTools([send("Ada"), send("Bob"), send("Ada")]), answerWith("Done."));
    const { asked, events } = await start("Go");
    expect(asked).toMatchObject([{ id: "turn1.1.2", verdict: "ask" }]);
    expect(events.filter(({ type }) => type === "paused")).toHaveLength(2);
    expect(sent).toHaveLength(2);
    expect(await thread()).toHaveLength(2);

    acts.decide(asked);
    const { text } = await goOn(asked);
    expect(text).toBe("\n\nDone.".trimStart());
    expect(sent.map(({ to }) => to)).toEqual(["Ada", "Bob", "Ada"]);
    expect(resultsSent()).toHaveLength(3);
  });
});

describe("a runner that takes a turn over", () => {
  /** Runs a turn whose runner dies at its `count`th call of `claim` or `settle`, before or after it. */
  async function dieAt(when: "before" | "after", method: "claim" | "settle", count = 1) {
    const { sent, tool } = createSender();
    const acting = startActing({ tools: [tool], toolPolicy: allowSend });
    bedrock.script.add(callTools([send("Ada"), send("Bob")]), answerWith("Done."));
    let calls = 0;
    const dying =
      <Args extends unknown[], Result>(work: (...args: Args) => Promise<Result>, name: string) =>
      async (...args: Args): Promise<Result> => {
        if (name === method) calls += 1;
        const dies = name === method && calls === count;
        if (dies && when === "before") throw new Error("died");
        const result = await work(...args);
        if (dies) throw new Error("died");
        return result;
      };
    const { claim, settle } = acting.acts;
    const acts = { claim: dying(claim, "claim"), settle: dying(settle, "settle") };
    const dead = await acting.start("Go", { parts: { acts } });
    expect(dead.error).toMatchObject({ message: "died" });
    return { ...acting, sent };
  }

  it.each([
    ["before", "claim", 1, ["Ada", "Bob"], ["done", "done"]],
    ["after", "claim", 1, ["Bob"], ["unknown", "done"]],
    ["before", "settle", 1, ["Ada", "Bob"], ["unknown", "done"]],
    ["after", "settle", 1, ["Ada", "Bob"], ["done", "done"]],
    ["before", "claim", 2, ["Ada", "Bob"], ["done", "done"]],
    ["after", "claim", 2, ["Ada"], ["done", "unknown"]],
    ["before", "settle", 2, ["Ada", "Bob"], ["done", "unknown"]],
    ["after", "settle", 2, ["Ada", "Bob"], ["done", "done"]],
  ] as const)(
    "%s %s %i repeats no effect and knows which are unknown",
    async (when, method, count, expectedSent, states) => {
      const { goOn, saver, sent } = await dieAt(when, method, count);
      // The dead runner's half step was never stored.
      saver.dropNewest();
      const { text, tools } = await goOn();
      expect(text).toBe("\n\nDone.".trimStart());
      expect(sent.map(({ to }) => to)).toEqual(expectedSent);
      expect(tools.map(({ state }) => state)).toEqual(states);
    },
  );

  it("knows that a call may have run whose tool is gone", async () => {
    const { sent, tool } = createSender();
    const { tool: reader } = createRecordingTool();
    const { saver } = bedrock.startConversation();
    const before = startActing({ saver, tools: [tool, reader], toolPolicy: allowSend });
    bedrock.script.add(callTools([send("Ada"), send("Bob")]), answerWith("I see."));
    const { claim } = before.acts;
    const acts = {
      ...before.acts,
      async claim(call: PlannedCall) {
        await claim(call);
        throw new Error("died");
      },
    };
    await before.start("Go", { parts: { acts } });
    saver.dropNewest();
    const after = turnsWith(bedrock.startConversation({ saver, tools: [reader] }), before.acts);
    await after.goOn();
    expect(sent).toEqual([]);
    expect(resultsSent()).toEqual([
      expect.stringContaining("It is unknown whether this call took effect"),
      expect.stringContaining("there is no such tool"),
    ]);
  });

  it("fails if the thread holds no open calls of its turn", async () => {
    const { tool } = createSender();
    const { goOn, start } = startActing({ tools: [tool], toolPolicy: askSend });
    expect((await goOn()).error).toMatchObject({
      message: expect.stringContaining("no open calls"),
    });
    bedrock.script.add(callTools([send("Ada")]));
    await start("Go", { turnId: "other" });
    expect((await goOn()).error).toMatchObject({
      message: expect.stringContaining("no open calls"),
    });
    expect(bedrock.calls).toHaveLength(1);
  });
});

describe("a waiting turn that the person stopped", () => {
  it("leaves no open call in the next request", async () => {
    const { tool } = createSender();
    const { start, run, thread } = startActing({ tools: [tool], toolPolicy: askSend });
    bedrock.script.add(callTools([send("Ada")], "May I?"), answerWith("Fine."));
    const { asked } = await start("Go");
    const stopped = { id: "turn1", message: "Go", text: "May I?", tools: asked.map(waiting) };
    await run("Never mind", { turnId: "turn2", branch: [stopped] });
    expect(resultsSent()).toEqual(['[{"text":"The turn ended before this call did anything."}]']);
    expect((await thread()).map((line) => line.slice(0, 16))).toEqual([
      ...["turn1 human: Go", "turn1:m1 ai: ", "turn1:t:turn1_1_", "turn1:a ai: May "],
      ...["turn2 human: Nev", "turn2:a ai: Fine"],
    ]);
  });

  it("is answered for the model even if nobody recorded it", async () => {
    const { tool } = createSender();
    const { start, run } = startActing({ tools: [tool], toolPolicy: askSend });
    bedrock.script.add(callTools([send("Ada")]), answerWith("Fine."));
    await start("Go");
    expect((await run("Never mind", { turnId: "turn2" })).text).toBe("Fine.");
    expect(resultsSent()).toEqual([
      expect.stringContaining("It is unknown whether it took effect"),
    ]);
  });
});
