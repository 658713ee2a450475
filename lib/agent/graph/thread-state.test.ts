import {
  AIMessage,
  type BaseMessage,
  HumanMessage,
  RemoveMessage,
  ToolMessage,
} from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { appendMessages as append } from "./thread-state.ts";

const appendMessages = (thread: BaseMessage[], added: BaseMessage[], summarisedUntil?: string) =>
  append(thread, added, { maxTokens: 100, summarisedUntil });
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

  it("loses the turns that a summary stands for, when the next turn begins", () => {
    const thread = ["a", "b", "c"].flatMap((id) => [human(id), answer(`${id}:a`)]);
    expect(ids(appendMessages(thread, [human("d")], "b"))).toEqual(["c", "c:a", "d"]);
    expect(ids(appendMessages(thread, [answer("c:a")], "b"))).toHaveLength(6);
  });

  it("keeps all of a thread that does not hold the summarised turn any more", () => {
    const thread = ["b", "c"].flatMap((id) => [human(id), answer(`${id}:a`)]);
    expect(ids(appendMessages(thread, [human("d")], "a"))).toEqual(["b", "b:a", "c", "c:a", "d"]);
  });

  it("keeps everything while a turn runs, and is cut when the next one begins", () => {
    const long = (id: string) => new HumanMessage({ id, content: "x".repeat(480) });
    const begun = appendMessages([long("a"), answer("a:a")], [long("b")]);
    const ended = appendMessages(begun, [answer("b:a")]);
    expect(ids(ended)).toEqual(["a", "a:a", "b", "b:a"]);
    expect(ids(appendMessages(ended, [human("c")]))).toEqual(["b", "b:a", "c"]);
  });

  it("never holds more than twice the tokens that the model is sent, and one turn", () => {
    let thread: BaseMessage[] = [];
    for (let turn = 0; turn < 300; turn += 1) {
      thread = appendMessages(appendMessages(thread, [human(`${turn}`)]), [answer(`${turn}:a`)]);
    }
    // A message of one letter is a token.
    expect(thread).toHaveLength(202);
  });
});
