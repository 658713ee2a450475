import { Readable } from "node:stream";
import OpenAI from "openai";
import type { ResponseStreamEvent } from "openai/resources/responses/responses";
import { describe, expect, it } from "vitest";
import type { ToolCall } from "#lib/contract/chat.ts";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import { eventStreamResponse } from "#lib/sse/event-stream-response.ts";
import { delta, snapshot, tool, turn, waiting } from "#test/support/stream-events.ts";
import { turnId, turnState } from "#test/support/turn-state.ts";
import { type ResponseHead, responseOfTurn } from "./openai-response.ts";
import { createResponsesEncoder } from "./openai-responses-stream.ts";

const head: ResponseHead = {
  ...{ segment: { turnId }, conversationId: turnId, createdAt: 1_700_000_000, model: "demo" },
};
const call = (id: string, text_offset: number, rest: Partial<ToolCall> = {}): ToolCall => ({
  ...{ id: `${turnId}.${id}`, name: "calculator", state: "done", text_offset },
  ...{ input: { expression: "1+1" }, output: "2" },
  ...rest,
});
const usage = {
  ...{
    input_tokens: 3,
    output_tokens: 4,
    cost_usd: 0,
    cache_read_tokens: 2,
    cache_write_tokens: 0,
  },
};
const done = (text: string): StreamEvent => ({
  event: "done",
  data: {
    ...{ turn_id: turnId, text, model: "demo", usage, remarks: [], history_from: null },
    ...{ summarised_until: null, duration_ms: 1 },
  },
});
const problem = { title: "", status: 502, detail: "The model couldn't answer.", request_id: "" };
const failed: StreamEvent = {
  ...{ event: "error", data: { ...problem, type: "model_unavailable", retryable: false } },
};

type Options = Parameters<typeof createResponsesEncoder>[1] & { head?: ResponseHead };

/** The client of OpenAI in front of a service that sends these events. */
function clientOf(events: StreamEvent[], { head: of = head, ...options }: Options = {}): OpenAI {
  return new OpenAI({
    ...{ apiKey: "key", baseURL: "http://service.test/v1", maxRetries: 0 },
    async fetch() {
      const encoder = createResponsesEncoder(of, options);
      const { headers, body } = await eventStreamResponse(Readable.from(events), { encoder });
      return new Response(Readable.toWeb(body as Readable) as ReadableStream, {
        headers: headers as Record<string, string>,
      });
    },
  });
}

const finalOf = (events: StreamEvent[], options?: Options) =>
  clientOf(events, options).responses.stream({ model: "demo", input: "Hi" }).finalResponse();

async function eventsOf(events: StreamEvent[], options?: Options): Promise<ResponseStreamEvent[]> {
  const stream = await clientOf(events, options).responses.create({
    ...{ model: "demo", input: "Hi", stream: true },
  });
  return Array.fromAsync(stream);
}

const text = "Let me see.\n\nIt is 2 😀.";
const ran = call("1.0", 11);
const answer = [
  ...[turn(), delta("Let me "), delta("see."), tool({ ...ran, state: "running" }), tool(ran)],
  ...[delta("\n\nIt is"), delta(" 2 😀."), done(text)],
];
const stored = turnState({
  ...{ turn_id: turnId, conversation_id: turnId, status: "done", result: text, tools: [ran] },
  ...{ usage, model: "demo", finished_at: "2023-11-14T22:13:20Z" },
});

const door = call("1.0", 11, { name: "open_door", client: true, state: "waiting" });
const opened: ToolCall = { ...door, state: "done", output: "open" };
const second: ResponseHead = { ...head, segment: { turnId, afterCall: 1 } };

describe("the client of OpenAI", () => {
  it("reads a streamed answer as it reads the stored one", async () => {
    const response = await finalOf(answer);
    const { output_text, output, ...streamed } = response;
    expect(output_text).toBe(text);
    const { output: storedOutput, ...storedResponse } = responseOfTurn(head, stored);
    expect(output).toMatchObject(storedOutput);
    expect(streamed).toMatchObject(storedResponse);
    expect(output.map(({ type }) => type)).toEqual(["message", "mcp_call", "message"]);
    expect(streamed.usage).toMatchObject({ input_tokens: 5, output_tokens: 4, total_tokens: 9 });
  });

  it("gets each number once, and the same from there wherever a stream is cut and however its text is", async () => {
    const whole = await eventsOf(answer);
    const numbers = whole.map(({ sequence_number }) => sequence_number);
    expect(numbers).toEqual([...new Set(numbers)].sort((one, other) => one - other));
    expect(numbers[0]).toBe(0);
    const joining = [turn(), snapshot("Let me see.\n\nIt", [ran]), delta(" is 2 😀."), done(text)];
    const textOf = (events: ResponseStreamEvent[]) =>
      events
        .map((event) => (event.type === "response.output_text.delta" ? event.delta : ""))
        .join("");
    const othersOf = (events: ResponseStreamEvent[]) =>
      events.filter(({ type }) => type !== "response.output_text.delta");
    const last = numbers.at(-1) ?? 0;
    for (let after = 0; after <= last; after += 1) {
      const head = whole.filter(({ sequence_number }) => sequence_number <= after);
      const tail = await eventsOf(joining, { after });
      expect(othersOf(tail)).toEqual(
        othersOf(whole.filter(({ sequence_number }) => sequence_number > after)),
      );
      expect(tail.every(({ sequence_number }) => sequence_number > after)).toBe(true);
      if (numbers.includes(after)) expect(textOf(head) + textOf(tail)).toBe(text);
    }
  });

  it.each<[string, StreamEvent[], object]>([
    [
      "stopped",
      [{ event: "stopped", data: { turn_id: turnId, text: "On" } }],
      { status: "incomplete" },
    ],
    ["failed", [failed], { code: "model_unavailable" }],
    ["cut", [], { code: "interrupted" }],
    ["begun again", [turn(2), snapshot(""), delta("Off"), done("Off")], { code: "restarted" }],
    [
      "one that waits for a person",
      [waiting(call("1.0", 2, { state: "waiting" }))],
      { code: "approval_required" },
    ],
  ])("never takes an answer that is %s for a complete one", async (_end, events, expected) => {
    const read = await finalOf([turn(), delta("On"), ...events]).catch((error) => error);
    expect(read).toMatchObject(expected);
    if (!("status" in expected)) expect(read).toBeInstanceOf(OpenAI.APIError);
  });

  it("does not get the tail of another attempt, and can go on after an error", async () => {
    const errorOf = (events: StreamEvent[], after?: number) => {
      const encoder = createResponsesEncoder(head, { after });
      return events.flatMap((event) => encoder.encode(event)).at(-1)?.data;
    };
    const restarted = { type: "error", code: "restarted" };
    const joined = [turn(2), delta("Off"), done("Off")];
    expect(errorOf(joined, 5)).toMatchObject({ ...restarted, sequence_number: 5 });
    await expect(eventsOf(joined, { after: 5 })).rejects.toThrow("from its start");
    const begunAgain = [turn(), delta("One"), turn(2), snapshot("")];
    expect(errorOf(begunAgain)).toMatchObject({ ...restarted, sequence_number: 6 });
    const tail = await eventsOf([turn(), delta("One two"), done("One two")], { after: 6 });
    expect(tail[0]).toMatchObject({ type: "response.output_text.delta", delta: " two" });
  });

  it("is told to begin again if the answer has become shorter than what it has", async () => {
    await expect(eventsOf([turn(), done("On")], { after: 40 })).rejects.toThrow("from its start");
    expect(await eventsOf([turn(), done("On")], { after: 9 })).toEqual([]);
  });

  it("gets numbers of the attempt, also of one that keeps what was sent", async () => {
    const events = await eventsOf([
      turn(),
      delta("One"),
      turn(2),
      snapshot("One two"),
      done("One two"),
    ]);
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual([
      ...[0, 1, 2, 3, 6],
      ...[100_000_010, 100_000_011, 100_000_012, 100_000_013, 100_000_014],
    ]);
  });

  it("does not get the tail of another text of the same attempt", async () => {
    const again = (text: string, restarts: number): StreamEvent => ({
      ...{ event: "snapshot", data: { text, tools: [], sources: [], restarts } },
    });
    const begun = [turn(), delta("One two."), again("", 1), delta("Red blue.")];
    const leaving = createResponsesEncoder(head);
    expect(begun.flatMap((event) => leaving.encode(event)).at(-1)?.data).toMatchObject({
      ...{ type: "error", code: "restarted", sequence_number: 11 },
    });
    const joining = [turn(), again("Red", 1), delta(" blue."), done("Red blue.")];
    expect((await eventsOf(joining)).map(({ sequence_number }) => sequence_number)).toEqual([
      ...[0, 1, 1_000_002, 1_000_003, 1_000_006, 1_000_012],
      ...[1_000_013, 1_000_014, 1_000_015, 1_000_016],
    ]);
    await expect(eventsOf(joining, { after: 6 })).rejects.toThrow("from its start");
    const tail = await eventsOf(joining, { after: 1_000_008 });
    expect(tail[0]).toMatchObject({ delta: "lue.", sequence_number: 1_000_012 });
    // The row that is read first may be older than what the client has.
    const behind = [turn(), snapshot("One two."), ...joining.slice(1)];
    expect(await eventsOf(behind, { after: 1_000_008 })).toEqual(tail);
    const lost = [turn(), snapshot("One two."), done("One two.")];
    await expect(eventsOf(lost, { after: 1_000_008 })).rejects.toThrow("from its start");
    const elsewhere = [
      turn(),
      snapshot("One two."),
      turn(2),
      snapshot("One two."),
      done("One two."),
    ];
    await expect(eventsOf(elsewhere, { after: 1_000_008 })).rejects.toThrow("from its start");
  });

  it("gets the calls that it runs at the end of a response, and the rest in the next", async () => {
    const first = await finalOf([turn(), delta("Let me see."), tool(door), waiting(door)]);
    expect(first).toMatchObject({ status: "completed", output_text: "Let me see." });
    expect(first.output[1]).toMatchObject({ type: "function_call", call_id: door.id });
    const going = [
      turn(2),
      snapshot("Let me see.", [opened]),
      delta("\n\nOpen."),
      done("Let me see.\n\nOpen."),
    ];
    const next = await finalOf(going, { head: second });
    expect(next).toMatchObject({
      id: `${first.id}_1`,
      status: "completed",
      output_text: "\n\nOpen.",
    });
    expect(await finalOf(going)).toMatchObject({ output: first.output, status: "completed" });
    const after = turnState({ ...stored, result: "Let me see.\n\nOpen.", tools: [opened] });
    expect(responseOfTurn(head, after)).toMatchObject({ status: "completed", output: [{}, {}] });
    expect(next.output).toMatchObject(responseOfTurn(second, after).output);
  });

  it("gets no item of a call that a stop has kept from its end", async () => {
    const open = call("1.0", 2, { state: "running" });
    const stopped: StreamEvent = { event: "stopped", data: { turn_id: turnId, text: "On" } };
    const { output } = await finalOf([turn(), delta("On"), tool(open), stopped]);
    expect(output).toMatchObject([{ type: "message", status: "completed" }]);
  });

  it("gets each of 50,000 tokens in the same time", async () => {
    const tokens = Array.from({ length: 50_000 }, () => delta("word "));
    const before = process.cpuUsage();
    const encoder = createResponsesEncoder(head);
    const events = [turn(), ...tokens].flatMap((event) => encoder.encode(event));
    const { user } = process.cpuUsage(before);
    expect(events.at(-1)?.data).toMatchObject({ delta: "word ", sequence_number: 250_003 });
    expect(user).toBeLessThan(3_000_000);
  });
});
