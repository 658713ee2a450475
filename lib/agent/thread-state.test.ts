import { AIMessage, HumanMessage, RemoveMessage, ToolMessage } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { appendMessages } from "./thread-state.ts";

const ids = (messages: { id?: string | undefined }[]) => messages.map(({ id }) => id);
const human = (id: string) => new HumanMessage({ id, content: "?" });
const answer = (id: string) => new AIMessage({ id, content: "!" });
const result = (id: string) => new ToolMessage({ id, content: "1", tool_call_id: "1" });

describe("a thread that is written to", () => {
  it("grows by what was added", () => {
    expect(ids(appendMessages([human("a"), answer("a:a")], [human("b")]))).toEqual([
      "a",
      "a:a",
      "b",
    ]);
  });

  it("begins a turn anew when its human message comes again", () => {
    const thread = [human("a"), answer("a:a"), human("b"), answer("b:m1"), result("b:t:1")];
    expect(ids(appendMessages(thread, [human("b")]))).toEqual(["a", "a:a", "b"]);
  });

  it("loses the whole turn that is removed, and does not mind one that it never held", () => {
    const thread = [human("a"), answer("a:a"), human("b"), answer("b:m1"), result("b:t:1")];
    const removals = ["b", "c"].map((id) => new RemoveMessage({ id }));
    expect(ids(appendMessages(thread, [...removals, human("d")]))).toEqual(["a", "a:a", "d"]);
  });

  it("does not take a turn for another one whose id begins alike", () => {
    expect(ids(appendMessages([human("b1"), answer("b1:a")], [human("b")]))).toEqual([
      "b1",
      "b1:a",
      "b",
    ]);
  });

  it("never grows without end", () => {
    let thread = appendMessages([], []);
    for (let turn = 0; turn < 100; turn += 1) {
      thread = appendMessages(appendMessages(thread, [human(`${turn}`)]), [answer(`${turn}:a`)]);
    }
    expect(thread).toHaveLength(40);
  });
});
