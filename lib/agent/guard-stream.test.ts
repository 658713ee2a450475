import { type ConverseStreamOutput, ThrottlingException } from "@aws-sdk/client-bedrock-runtime";
import { expect, it } from "vitest";
import { AnswerIncomplete, guardStream, ToolCallTooLong } from "./guard-stream.ts";

const text = (said: string): ConverseStreamOutput => ({
  contentBlockDelta: { contentBlockIndex: 0, delta: { text: said } },
});
const stop = (stopReason: "end_turn" | "tool_use" | "max_tokens" | "malformed_tool_use") => ({
  messageStop: { stopReason },
});
const call = (...pieces: string[]): ConverseStreamOutput[] => [
  {
    contentBlockStart: { contentBlockIndex: 1, start: { toolUse: { toolUseId: "1", name: "t" } } },
  },
  ...pieces.map((input) => ({
    contentBlockDelta: { contentBlockIndex: 1, delta: { toolUse: { input } } },
  })),
];

async function* streamOf(events: ConverseStreamOutput[], error?: Error) {
  yield* events;
  if (error) throw error;
}
async function guarded(events: ConverseStreamOutput[], error?: Error) {
  const passed: ConverseStreamOutput[] = [];
  for await (const event of guardStream(streamOf(events, error))) passed.push(event);
  return passed;
}

it("passes a whole answer on unchanged", async () => {
  const events = [text("a"), ...call('{"a":', "1}"), stop("tool_use")];
  expect(await guarded(events)).toEqual(events);
});

it("accepts a tool call without arguments", async () => {
  await expect(guarded([...call(), stop("tool_use")])).resolves.toHaveLength(2);
});

it("leaves out what LangChain throws on", async () => {
  const citation = { contentBlockDelta: { contentBlockIndex: 0, delta: { citation: {} } } };
  const imageStart = { contentBlockStart: { contentBlockIndex: 2, start: undefined } };
  expect(await guarded([text("a"), citation, imageStart, stop("end_turn")])).toEqual([
    text("a"),
    stop("end_turn"),
  ]);
});

it.each([
  ["ends without messageStop", [text("a")]],
  ["is empty", []],
  ["has cut tool arguments", [...call('{"a":'), stop("tool_use")]],
  ["has tool arguments that are no object", [...call("[1]"), stop("tool_use")]],
  ["is called malformed by the model's host", [...call("{}"), stop("malformed_tool_use")]],
])("refuses an answer that %s", async (_, events) => {
  await expect(guarded(events)).rejects.toThrow(AnswerIncomplete);
});

it("refuses a tool call that the token limit has cut, even where its arguments look whole", async () => {
  await expect(guarded([...call("{}"), stop("max_tokens")])).rejects.toThrow(ToolCallTooLong);
});

it("tells a lost connection from an error that Bedrock wrote", async () => {
  const reset = Object.assign(new Error("aborted"), { code: "ECONNRESET" });
  await expect(guarded([text("a")], reset)).rejects.toThrow(AnswerIncomplete);
  const throttled = new ThrottlingException({ message: "slow down", $metadata: {} });
  await expect(guarded([text("a")], throttled)).rejects.toBe(throttled);
});
