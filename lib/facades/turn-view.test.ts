import { expect, it } from "vitest";
import type { ToolCall } from "#lib/contract/chat.ts";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import { conversationId, turnId } from "#test/support/turn-state.ts";
import { emptyView, foldEvent } from "./turn-view.ts";

const ids = { conversation_id: conversationId, turn_id: turnId, parent: null, replaces: null };
const call = (id: string, state: ToolCall["state"]): ToolCall => ({
  id,
  name: "calculator",
  state,
});
const source = (index: number) => ({ index, title: `Source ${index}`, quote: "" });
const fold = (...events: StreamEvent[]) => events.reduce(foldEvent, emptyView);

const begun: StreamEvent[] = [
  { event: "turn", data: { ...ids, attempt: 1 } },
  { event: "reasoning", data: { text: "Hm" } },
  { event: "reasoning", data: { text: "." } },
  { event: "delta", data: { text: "One" } },
  { event: "tool", data: call("a", "running") },
  { event: "tool", data: call("b", "running") },
  { event: "source", data: source(1) },
  { event: "tool", data: call("a", "done") },
  { event: "delta", data: { text: "." } },
];

it("a view has what the events have added, and each call in its newest state", () => {
  expect(fold(...begun)).toEqual({
    ...{ turnId, attempt: 1, restarts: 0, text: "One.", reasoning: "Hm.", sources: [source(1)] },
    tools: [call("a", "done"), call("b", "running")],
  });
});

it("a snapshot replaces everything but the turn", () => {
  const data = { text: "Two", tools: [call("c", "done")], sources: [source(2)] };
  expect(fold(...begun, { event: "snapshot", data })).toEqual({
    ...{ turnId, attempt: 1, restarts: 0, reasoning: "" },
    ...data,
  });
});

it("a turn begins a new view", () => {
  const next: StreamEvent = { event: "turn", data: { ...ids, attempt: 2 } };
  expect(fold(...begun, next)).toEqual({ ...emptyView, turnId, attempt: 2 });
});

it("the end has the stored text, or the calls that wait", () => {
  const stopped: StreamEvent = { event: "stopped", data: { turn_id: turnId, text: "On" } };
  expect(fold(...begun, stopped)).toMatchObject({ text: "On", end: stopped });
  const waiting: StreamEvent = {
    event: "waiting",
    data: { turn_id: turnId, calls: [call("b", "waiting"), call("c", "waiting")] },
  };
  expect(fold(...begun, waiting)).toMatchObject({
    tools: [call("a", "done"), call("b", "waiting"), call("c", "waiting")],
    end: waiting,
  });
});
