import { describe, expect, it } from "vitest";
import type { AgentEvent } from "#lib/agent/agent-event.ts";
import type { ToolCall } from "#lib/contract/chat.ts";
import { advance, noProgress, toStreamEvent } from "./turn-progress.ts";

const text = (words: string): AgentEvent => ({ type: "text", text: words });
const call = (id: string, state: ToolCall["state"] = "running"): AgentEvent => ({
  type: "tool",
  tool: { id, name: "calculator", state },
});
const offsetsAfter = (events: AgentEvent[]) =>
  events.reduce(advance, noProgress).tools.map((tool) => [tool.id, tool.text_offset]);

describe("a tool call", () => {
  it("keeps the length of the text that came before it", () => {
    const events = [call("a"), text("One."), call("b"), text("\n\nTwo."), call("c"), call("d")];
    expect(offsetsAfter(events)).toEqual([
      ["a", 0],
      ["b", 4],
      ["c", 10],
      ["d", 10],
    ]);
  });

  it("stays in its place when it ends behind more text", () => {
    expect(offsetsAfter([call("a"), text("One."), call("a", "done")])).toEqual([["a", 0]]);
  });

  it("counts UTF-16 units of the text as it is stored", () => {
    expect(offsetsAfter([text("😀\u0000é"), call("a")])).toEqual([["a", 3]]);
  });

  it("never stands behind the end of a text that began again", () => {
    const events: AgentEvent[] = [
      text("One."),
      call("a"),
      text("\n\nTwo and more."),
      call("b"),
      { type: "restart", text: "One.\n\n" },
    ];
    expect(offsetsAfter(events)).toEqual([
      ["a", 4],
      ["b", 6],
    ]);
  });

  it("goes out with its place, in each of its states", () => {
    let progress = advance(noProgress, text("One."));
    for (const state of ["running", "done"] as const) {
      const event = call("a", state);
      progress = advance(progress, event);
      expect(toStreamEvent(event, progress)).toMatchObject({
        event: "tool",
        data: { id: "a", state, text_offset: 4 },
      });
    }
  });
});
