import { Readable } from "node:stream";
import { type BaseEvent, EventType, HttpAgent, type Message } from "@ag-ui/client";
import { describe, expect, it, vi } from "vitest";
import type { AgUiMessage } from "#lib/contract/ag-ui.ts";
import type { ToolCall, TurnState } from "#lib/contract/chat.ts";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import { eventStreamResponse } from "#lib/sse/event-stream-response.ts";
import {
  delta,
  done,
  failed,
  reasoning,
  snapshot,
  stopped,
  tool,
  turn,
  waiting,
} from "#test/support/stream-events.ts";
import { conversationId, turnId, turnState } from "#test/support/turn-state.ts";
import { agUiMessagesOf } from "./ag-ui-messages.ts";
import { createAgUiEncoder } from "./ag-ui-stream.ts";

const call = (changes: Partial<ToolCall> = {}): ToolCall => ({
  ...{ id: "c1", name: "calculator", state: "done", input: { expression: "6*7" }, text_offset: 4 },
  ...changes,
});
const calculated = call({ output: "42" });
const asked = call({
  state: "waiting",
  approval: { arguments_sha256: "a".repeat(64), expires_at: "2099-12-01T00:00:00Z", state: "open" },
});
const text = "One.\n\nIt is 42.";
const question: Message = { id: `${turnId}.message`, role: "user", content: "Hello" };

interface RunOptions {
  /** What the client shows before the run. */
  shown?: Message[];
  /** The messages before the answer. */
  history?: Message[];
  isJoin?: boolean;
}

/** What the real client has after these events. It verifies each event, and rejects if one is out of order. */
async function run(
  events: StreamEvent[],
  { shown = [question], history = [question], isJoin = false }: RunOptions = {},
) {
  const encoder = createAgUiEncoder({
    ...{ threadId: "thread", runId: "run", conversationId, turnId, isJoin },
    history: history as AgUiMessage[],
  });
  const { body } = await eventStreamResponse(Readable.from(events), { encoder });
  if (!(body instanceof Readable)) throw new Error("The response has no stream.");
  const bytes = (await body.toArray()).join("");
  const agent = new HttpAgent({
    ...{ url: "http://127.0.0.1/ag-ui", threadId: "thread", initialMessages: shown },
    fetch: async () => new Response(bytes, { headers: { "content-type": "text/event-stream" } }),
  });
  const warn = vi.spyOn(console, "warn");
  const received: BaseEvent[] = [];
  let pending: string[] | undefined;
  const { result } = await agent.runAgent(undefined, {
    onEvent: ({ event }) => void received.push(event),
    onRunFinishedEvent: (params) => {
      if (params.outcome === "success") pending = params.pendingToolCallIds;
    },
  });
  // The client warns about each field and event that it does not know.
  expect(warn).not.toHaveBeenCalled();
  expect(bytes).not.toMatch(/null|\r/);
  return {
    ...{ agent, received, result, pending, messages: plain(agent.messages) },
    types: received.map(({ type }) => type),
    last: plain(received.at(-1)),
  };
}

/** The client adds fields without a value. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

const transcript = (changes: Partial<TurnState>) =>
  agUiMessagesOf([turnState({ status: "done", ...changes })]);

describe("the client of AG-UI", () => {
  it("shows what the transcript shows, in the same order", async () => {
    const events = [
      ...[turn(), delta("One."), tool(call({ state: "running" })), tool(calculated)],
      ...[delta("\n\nIt is"), delta(" 42."), done(text)],
    ];
    const { messages, types, last, pending, received } = await run(events);
    expect(messages).toEqual(transcript({ result: text, tools: [calculated] }));
    expect(received[0]).toMatchObject({
      ...{ threadId: "thread", runId: "run", protocolVersion: "1.0" },
      metadata: { conversation_id: conversationId, turn_id: turnId },
    });
    expect(types).toContain(EventType.TOOL_CALL_RESULT);
    expect(last).toMatchObject({
      ...{ type: "RUN_FINISHED", outcome: { type: "success" } },
      usage: [{ model: "m", inputTokens: 6, cachedInputTokens: 2, outputTokens: 1 }],
    });
    expect(pending).toEqual([]);
  });

  it("shows the same if it gets calls late, as from a follower", async () => {
    const events = [turn(), snapshot("One"), tool(calculated), delta(".\n\nIt is 42."), done(text)];
    const { messages } = await run(events);
    expect(messages).toEqual(transcript({ result: text, tools: [calculated] }));
  });

  it("shows only the new attempt after a take-over, and no call of the old one as its own", async () => {
    const other = call({ id: "c0", name: "current_time", text_offset: 0, state: "running" });
    const events = [
      ...[turn(), reasoning("Old."), tool(other), delta("Bad"), turn(2), snapshot("On")],
      ...[reasoning("New."), delta("e."), tool(calculated), delta("\n\nIt is 42."), done(text)],
    ];
    const { messages, types, pending } = await run(events);
    expect(types).toContain(EventType.MESSAGES_SNAPSHOT);
    const [thought, ...rest] = [
      ...messages.filter(({ role }: Message) => role === "reasoning"),
      ...messages.filter(({ role }: Message) => role !== "reasoning"),
    ];
    expect(rest).toEqual(transcript({ result: text, tools: [calculated] }));
    expect([thought.content, pending]).toEqual(["New.", []]);
  });

  const earlier: Message[] = [
    { id: "u0", role: "user", content: "Before" },
    { id: "a0", role: "assistant", content: "Yes" },
  ];

  it.each<[string, Message[]]>([
    ["nothing", []],
    [
      "a part of the answer",
      [...earlier, question, { id: `${turnId}.0`, role: "assistant", content: "On" }],
    ],
    ["another thread", [{ id: "u9", role: "user", content: "Other" }]],
  ])("that shows %s joins with all messages, and follows", async (_what, shown) => {
    const running = call({ state: "running" });
    const { messages, types, pending } = await run(
      [turn(2), snapshot("One.", [running]), tool(calculated), delta("\n\nIt is 42."), done(text)],
      { isJoin: true, shown, history: [...earlier, question] },
    );
    expect(messages).toEqual([...earlier, ...transcript({ result: text, tools: [calculated] })]);
    // The client would run a call that begins in this run.
    expect(types).not.toContain(EventType.TOOL_CALL_START);
    expect(pending).toEqual([]);
  });

  it("joins an answer that has ended", async () => {
    const { messages, types } = await run([turn(), snapshot(text, [calculated]), done(text)], {
      ...{ isJoin: true, shown: [] },
    });
    expect(messages).toEqual(transcript({ result: text, tools: [calculated] }));
    expect(types).toEqual(["RUN_STARTED", "MESSAGES_SNAPSHOT", "RUN_FINISHED"]);
  });

  it.each<[string, StreamEvent[], object]>([
    ["done", [done("On")], { type: "RUN_FINISHED", outcome: { type: "success" } }],
    [
      "cut at the model's limit",
      [done("On", ["cut_at_length"])],
      { type: "RUN_FINISHED", result: { remarks: ["cut_at_length"] } },
    ],
    ["stopped", [stopped("On")], { type: "RUN_FINISHED", outcome: { type: "cancelled" } }],
    [
      "failed",
      [failed],
      { type: "RUN_ERROR", message: "The model couldn't answer.", code: "model_failed" },
    ],
    ["parked without calls", [waiting()], { type: "RUN_ERROR" }],
    [
      "unknown",
      [],
      { type: "RUN_ERROR", message: expect.stringContaining("The connection ended") },
    ],
  ])("an answer that is %s says so", async (_end, events, expected) => {
    const { last, messages } = await run([turn(), delta("On"), ...events]);
    expect(last).toMatchObject(expected);
    expect(messages[1]).toMatchObject({ content: "On" });
  });

  it("hears that an earlier turn waits, which bars the queue", async () => {
    const barred: StreamEvent = { event: "waiting", data: { turn_id: conversationId, calls: [] } };
    const { last, types } = await run([turn(1, conversationId), delta("Not ours"), barred]);
    expect(types).toEqual(["RUN_STARTED", "RUN_ERROR"]);
    expect(last.message).toContain("waits for a decision");
  });

  it("gets an interrupt for each call that waits for a person", async () => {
    const { agent, last } = await run([turn(), delta("One."), tool(asked), waiting(asked)]);
    expect(agent.pendingInterrupts).toMatchObject([
      {
        id: `c1:${"a".repeat(64)}`,
        ...{ reason: "tool_call", toolCallId: "c1", expiresAt: "2099-12-01T00:00:00Z" },
        message: "Run calculator?",
      },
    ]);
    expect(last.outcome.type).toBe("interrupt");
  });

  it("gets the result of a decided call in the next run, and no second start", async () => {
    const before = await run([turn(), delta("One."), tool(asked), waiting(asked)]);
    const shown = before.agent.messages;
    const events = [turn(2), snapshot("One.", [asked]), tool(calculated), delta("\n\nIt is 42.")];
    const after = await run([...events, done(text)], { shown, isJoin: true });
    expect(after.messages).toEqual(transcript({ result: text, tools: [calculated] }));
    expect(after.types).not.toContain(EventType.TOOL_CALL_START);
    expect(after.types).toContain(EventType.TOOL_CALL_RESULT);
  });

  it("is named the calls that it must run itself", async () => {
    const own = call({ id: "c2", name: "open_map", state: "waiting", client: true });
    const { pending, messages, last } = await run([
      ...[turn(), delta("One."), tool(calculated), tool(own), waiting(own)],
    ]);
    expect([pending, last.outcome.type]).toEqual([["c2"], "success"]);
    expect(messages.at(-2).toolCalls).toMatchObject([{ id: "c1" }, { id: "c2" }]);
  });

  it.each<[ToolCall["state"], Partial<ToolCall>]>([
    ["failed", { output: "Division by zero." }],
    ["failed", {}],
    ["unknown", {}],
    ["denied", {}],
  ])("shows a call that is %s as the transcript does", async (state, changes) => {
    const one = call({ state, ...changes });
    const { messages, pending } = await run([turn(), delta("One."), tool(one), done("One.")]);
    expect(messages).toEqual(transcript({ result: "One.", tools: [one] }));
    expect(messages.at(-1).content).toMatch(/\.$/);
    expect(pending).toEqual([]);
  });

  it("gets the sources of an answer as events of their own", async () => {
    const source = { index: 1, title: "A page", url: "https://example.org/a", quote: "q" };
    const events: StreamEvent[] = [turn(), { event: "source", data: source }, done("On")];
    const { received } = await run(events);
    expect(received).toContainEqual({ type: "CUSTOM", name: "source", value: source });
  });
});
