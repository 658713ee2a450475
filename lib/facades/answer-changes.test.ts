import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ToolCall } from "#lib/contract/chat.ts";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import { processorMsOf } from "#test/support/processor-time.ts";
import { eventsOf, pollIntervals, scriptedTurns } from "#test/support/scripted-turn.ts";
import { delta, snapshot, stopped, tool, turn } from "#test/support/stream-events.ts";
import { turnId } from "#test/support/turn-state.ts";
import { type AnswerChange, createAnswerChanges } from "./answer-changes.ts";
import { type AnswerPart, answerParts } from "./answer-parts.ts";
import { emptyView, foldEvent } from "./turn-view.ts";

const otherTurnId = "33333333-3333-4333-8333-333333333333";

const call = (id: string, text_offset: number, state: ToolCall["state"] = "done"): ToolCall => ({
  ...{ id, name: "calculator", state, text_offset },
});
const changesOf = (...events: StreamEvent[]) => {
  const changes = createAnswerChanges(turnId);
  return events.flatMap(changes);
};

/** Returns the answer of a client that appends, and begins again after a restart. */
function written(changes: readonly AnswerChange[]): AnswerPart[] {
  let parts: AnswerPart[] = [];
  for (const change of changes) {
    const last = parts.at(-1);
    if (change.type === "restart") parts = [];
    else if (change.type === "text" && last?.type === "text") {
      parts.splice(-1, 1, { type: "text", text: last.text + change.text });
    } else if (change.type === "text") parts.push({ type: "text", text: change.text });
    else if (change.type === "tool" && change.isNew)
      parts.push({ type: "tool", tool: change.tool });
    else if (change.type === "tool") {
      parts = parts.map((part) =>
        part.type === "tool" && part.tool.id === change.tool.id
          ? { ...part, tool: change.tool }
          : part,
      );
    }
  }
  return parts;
}

const namesOf = (changes: AnswerChange[]) => changes.map(({ type }) => type);

describe("the changes of an answer", () => {
  it("hold a call back until the text before it has come, and divide text at a call", () => {
    const changes = changesOf(
      turn(),
      tool(call("a", 4)),
      delta("One.\n\nTwo."),
      stopped("One.\n\nTwo."),
    );
    expect(changes).toMatchObject([
      { type: "turn", attempt: 1 },
      { type: "text", text: "One." },
      { type: "tool", tool: { id: "a" }, isNew: true },
      { type: "text", text: "\n\nTwo." },
      { type: "end" },
    ]);
  });

  it("say the newer state of a call once", () => {
    const changes = changesOf(
      turn(),
      tool(call("a", 0, "running")),
      tool(call("a", 0)),
      delta("x"),
    );
    expect(changes).toMatchObject([
      { type: "turn" },
      { type: "tool", tool: { state: "running" }, isNew: true },
      { type: "tool", tool: { state: "done" }, isNew: false },
      { type: "text" },
    ]);
  });

  it("do not restart for a snapshot that goes on", () => {
    const changes = changesOf(turn(), delta("One."), turn(2), snapshot("One. Two."));
    expect(namesOf(changes)).toEqual(["turn", "text", "turn", "snapshot", "text"]);
  });

  it.each([
    ["another text", snapshot("Uno.")],
    ["a shorter text", snapshot("O")],
    ["a call that is gone", snapshot("One.")],
    ["a call that has moved", snapshot("One. Two", [call("a", 5)])],
    ["a call that runs again", snapshot("One.", [call("a", 4, "running")])],
    ["a call before the text", tool(call("b", 0))],
  ])("restart for %s", (_case, event) => {
    const changes = changesOf(turn(), delta("One."), tool(call("a", 4)), event);
    expect(namesOf(changes)).toContain("restart");
  });

  it("restart if the stored text is another one than the text that was streamed", () => {
    const changes = changesOf(turn(), delta("a\u0000b"), stopped("ab"));
    expect(changes.slice(1)).toMatchObject([
      { type: "text" },
      { type: "restart" },
      { type: "text", text: "ab" },
      { type: "end" },
    ]);
  });

  it("of a continuation begin after what the client shows, and restart there", () => {
    const base = { text: "One.", tools: [call("a", 4, "waiting")] };
    const changes = createAnswerChanges(turnId, base);
    const events = [turn(2), snapshot("One.", base.tools), tool(call("a", 4)), delta(" Two.")];
    expect(events.flatMap(changes)).toMatchObject([
      { type: "turn", attempt: 2 },
      { type: "snapshot", attempt: 2, restarts: 0 },
      { type: "tool", tool: { state: "done" }, isNew: false },
      { type: "text", text: " Two." },
    ]);
    expect([turn(3), snapshot("One.", base.tools), delta(" Due.")].flatMap(changes)).toMatchObject([
      { type: "turn", attempt: 3 },
      { type: "snapshot", attempt: 3, restarts: 0 },
      { type: "restart" },
      { type: "text", text: " Due." },
    ]);
  });

  it("leave out the turns before, and their ends", () => {
    const other = { ...stopped("x"), data: { turn_id: otherTurnId, text: "x" } } as StreamEvent;
    const changes = changesOf(turn(1, otherTurnId), delta("x"), other, turn(), delta("One."));
    expect(namesOf(changes)).toEqual(["turn", "text"]);
  });

  it("end with a failure of the stream, also before the turn's first event", () => {
    const error = (retryable: boolean): StreamEvent => ({
      event: "error",
      data: {
        ...{ type: "x", title: "X", status: 500, detail: "No." },
        request_id: "r",
        retryable,
      },
    });
    expect(namesOf(changesOf(turn(1, otherTurnId), error(false)))).toEqual([]);
    expect(namesOf(changesOf(turn(1, otherTurnId), error(true)))).toEqual(["end"]);
  });

  it("write what the transcript shows, whatever a runner, a follower and a take-over send", () => {
    fc.assert(
      fc.property(
        scriptedTurns,
        fc.nat(40),
        pollIntervals,
        fc.boolean(),
        (moments, at, pollEvery, runs) => {
          const from = at % moments.length;
          const events = eventsOf(moments, { from, to: moments.length, pollEvery, runs });
          const { text, tools } = events.reduce(foldEvent, emptyView);
          expect(written(changesOf(...events))).toEqual(answerParts(text, tools));
        },
      ),
      { numRuns: 300 },
    );
  });
});
it("takes a few microseconds for each token of a long answer", () => {
  const changes = createAnswerChanges(turnId);
  changes(turn());
  const ms = processorMsOf(() => {
    for (let token = 0; token < 100_000; token += 1) changes(delta(" token"));
  });
  // Cut out of the whole text, each token of this answer takes 300 times as long.
  expect(ms).toBeLessThan(5_000);
});
