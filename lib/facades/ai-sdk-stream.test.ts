import { Readable } from "node:stream";
import { DefaultChatTransport, readUIMessageStream, type UIMessage } from "ai";
import { describe, expect, it } from "vitest";
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
import { uiMessagesOf } from "./ai-sdk-messages.ts";
import { createAiSdkEncoder } from "./ai-sdk-stream.ts";

const approval = {
  arguments_sha256: "a".repeat(64),
  expires_at: "2026-12-01T00:00:00Z",
} as const;
const call = (changes: Partial<ToolCall> = {}): ToolCall => ({
  ...{ id: "c1", name: "calculator", state: "done", input: { expression: "6*7" }, text_offset: 4 },
  ...changes,
});
const calculated = call({ output: "42" });
const sources = [
  { index: 1, title: "A page", url: "https://example.org/a", quote: "q" },
  { index: 2, title: "A document", quote: "q" },
];
const text = "One.\n\nIt is 42.";

interface Base {
  text: string;
  tools: ToolCall[];
}

/** What the real client shows after these events, and how its stream has ended. */
async function shown(
  events: StreamEvent[],
  { base, message }: { base?: Base; message?: UIMessage } = {},
) {
  const { body } = await eventStreamResponse(iterate(events), {
    encoder: createAiSdkEncoder({ conversationId, turnId, base }),
  });
  if (!(body instanceof Readable)) throw new Error("The response has no stream.");
  const bytes = (await body.toArray()).join("");
  const transport = new DefaultChatTransport({
    fetch: async () => new Response(bytes, { headers: { "content-type": "text/event-stream" } }),
  });
  const stream = await transport.sendMessages({
    ...{ chatId: "c", messages: [], trigger: "submit-message", messageId: undefined },
    abortSignal: undefined,
  });
  const errors: string[] = [];
  let last: UIMessage | undefined;
  const [forReader, forFinish] = stream.tee();
  const reading = readUIMessageStream({
    stream: forReader,
    ...(message && { message }),
    onError: (error) => errors.push((error as Error).message),
  });
  for await (const one of reading) last = one;
  const chunks = await Array.fromAsync(forFinish);
  const finish = chunks.find(({ type }) => type === "finish");
  return {
    message: last,
    errors,
    types: chunks.map(({ type }) => type),
    finishReason: finish?.type === "finish" ? finish.finishReason : undefined,
    bytes,
  };
}

async function* iterate<Item>(items: Item[]) {
  yield* items;
}

const transcript = (changes: Partial<TurnState>) =>
  uiMessagesOf([turnState({ status: "done", ...changes })])[1];
/** The client adds fields without a value. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

describe("the client of the AI SDK", () => {
  it("shows what the transcript shows, in the same order", async () => {
    const events = [
      turn(),
      delta("One."),
      tool(call({ state: "running" })),
      ...sources.map((data): StreamEvent => ({ event: "source", data })),
      tool(calculated),
      delta("\n\nIt is"),
      delta(" 42."),
      done(text),
    ];
    const { message, errors, finishReason, bytes } = await shown(events);
    expect(plain(message)).toEqual(transcript({ result: text, tools: [calculated], sources }));
    expect([errors, finishReason]).toEqual([[], "stop"]);
    expect(bytes).not.toContain("null");
    expect(bytes.endsWith("data: [DONE]\n\n")).toBe(true);
  });

  it("shows the same if it joins late, as a follower of the turn", async () => {
    const events = [turn(), snapshot("One"), tool(calculated), delta(".\n\nIt is 42."), done(text)];
    const { message } = await shown(events);
    expect(plain(message)).toEqual(transcript({ result: text, tools: [calculated] }));
  });

  it("begins again when another runner takes the turn over", async () => {
    const other = call({ id: "c0", name: "current_time", text_offset: 0 });
    const events = [
      ...[turn(), delta("Bad"), tool(other), delta(" text"), turn(2), snapshot("")],
      ...[delta("One."), tool(calculated), delta("\n\nIt is 42."), done(text)],
    ];
    const { message, types } = await shown(events);
    expect(types).toContain("reset-step");
    expect(plain(message)).toEqual(transcript({ result: text, tools: [calculated] }));
  });

  it.each<[string, StreamEvent[], string | undefined, string[]]>([
    ["cut at the model's limit", [done("On", ["cut_at_length"])], "length", []],
    ["stopped", [stopped("On")], "interrupted", []],
    ["waiting", [waiting()], "tool-calls", []],
    ["failed", [failed], undefined, ["The model couldn't answer."]],
    ["unknown", [], undefined, [expect.stringContaining("The connection ended")]],
  ])("an answer that is %s says so", async (_end, events, finishReason, errors) => {
    const read = await shown([turn(), delta("On"), ...events]);
    expect(read.finishReason).toBe(finishReason);
    expect(read.errors).toEqual(errors);
  });

  it("hears that an earlier turn waits, which bars the queue", async () => {
    const other = turn(1, conversationId);
    const barred: StreamEvent = {
      event: "waiting",
      data: { turn_id: conversationId, calls: [] },
    };
    const { errors, message } = await shown([other, delta("Not ours"), barred]);
    expect(errors).toEqual([expect.stringContaining("waits for a decision")]);
    expect(message).toBeUndefined();
  });

  it.each<[ToolCall["state"], Partial<ToolCall>]>([
    ["running", {}],
    ["failed", { output: "Division by zero." }],
    ["unknown", {}],
    ["waiting", { approval: { ...approval, state: "open" } }],
    ["denied", { approval: { ...approval, state: "denied", note: "Not today." } }],
    ["denied", { approval: { ...approval, state: "expired" } }],
    ["done", { output: "sent", approval: { ...approval, state: "approved" } }],
  ])("shows a call that is %s as the transcript does", async (state, changes) => {
    const one = call({ state, ...changes, text_offset: 0 });
    const { message } = await shown([turn(), snapshot("", [one]), waiting()]);
    const status = "waiting";
    expect(plain(message)).toEqual(transcript({ status, tools: [one] }));
  });

  it("goes on in the same message after a decision, and takes back only the continuation", async () => {
    const asked = call({ state: "waiting", approval: { ...approval, state: "open" } });
    const before = await shown([turn(), delta("One."), tool(asked), waiting(asked)]);
    const approved = { ...asked, approval: { ...approval, state: "approved" as const } };
    const base = { text: "One.", tools: [approved] };
    const ran = { ...approved, state: "done" as const, output: "42" };
    const events = [
      ...[turn(2), snapshot("One.", [approved]), tool(ran), delta(" Bad"), turn(3)],
      ...[snapshot("One.", [approved]), tool(ran), delta("\n\nIt is 42."), done(text)],
    ];
    const after = await shown(events, { base, ...(before.message && { message: before.message }) });
    const parts = after.message?.parts.filter(({ type }) => type !== "step-start");
    expect(plain(parts)).toMatchObject([
      { type: "text", text: "One." },
      { type: "dynamic-tool", state: "output-available", output: "42" },
      { type: "text", text: "\n\nIt is 42." },
    ]);
    expect(after.errors).toEqual([]);
  });

  it("shows what the model thought, apart from its answer", async () => {
    const thought = reasoning("Hm.");
    const { message } = await shown([turn(), thought, thought, delta("One."), done("One.")]);
    expect(plain(message?.parts)).toMatchObject([
      { type: "step-start" },
      { type: "reasoning", text: "Hm.Hm." },
      { type: "text", text: "One." },
    ]);
  });
});
