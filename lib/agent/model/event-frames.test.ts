import { expect, it } from "vitest";
import { eventFrame, exceptionFrame } from "#local/bedrock/event-frame.ts";
import { createFrameReader } from "./event-frames.ts";

const first = { contentBlockDelta: { contentBlockIndex: 0, delta: { text: "Grüße 👋" } } };
const second = { messageStop: { stopReason: "end_turn" } };
const frames = Buffer.concat([
  eventFrame("contentBlockDelta", first.contentBlockDelta),
  eventFrame("messageStop", second.messageStop),
]);

it.each([1, 2, 3, 100, 10_000])("reads frames that arrive in pieces of %i bytes", (size) => {
  const reader = createFrameReader();
  const events: object[] = [];
  for (let start = 0; start < frames.length; start += size) {
    events.push(...reader.read(frames.subarray(start, start + size)));
  }
  expect(events).toEqual([first, second]);
});

it("throws an exception by its name, after the events before it", () => {
  const exception = exceptionFrame("throttlingException", { message: "slow down" });
  const events = createFrameReader().read(Buffer.concat([frames, exception]));
  expect([events.next().value, events.next().value]).toEqual([first, second]);
  expect(() => events.next()).toThrow(
    expect.objectContaining({ errorName: "throttlingException", message: "slow down" }),
  );
});

it.each([
  ["a page", Buffer.from("<!doctype html><html></html>")],
  ["a frame shorter than its own head", Buffer.from([0, 0, 0, 5, 0])],
  ["a frame of length 0", Buffer.alloc(16)],
])("refuses %s", (_, bytes) => {
  expect(() => [...createFrameReader().read(bytes)]).toThrow(
    expect.objectContaining({ name: "WireError", errorName: "UnreadableFrame" }),
  );
});
