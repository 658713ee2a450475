import { AIMessage, type BaseMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { appendMessages as append } from "./append-messages.ts";

const appendMessages = (thread: BaseMessage[], added: BaseMessage[], summarisedUntil?: string) =>
  append(thread, added, { maxTokens: 100, summarisedUntil });
const ids = (messages: { id?: string | undefined }[]) => messages.map(({ id }) => id);
const human = (id: string) => new HumanMessage({ id, content: "?" });
const answer = (id: string) => new AIMessage({ id, content: "!" });
const result = (id: string) => new ToolMessage({ id, content: "1", tool_call_id: "1" });

describe("appendMessages", () => {
  it("adds new messages at the end", () => {
    expect(ids(appendMessages([human("a"), answer("a:a")], [human("b")]))).toEqual([
      "a",
      "a:a",
      "b",
    ]);
  });

  it("a repeated human message restarts its turn", () => {
    const thread = [human("a"), answer("a:a"), human("b"), answer("b:m1"), result("b:t:1")];
    expect(ids(appendMessages(thread, [human("b")]))).toEqual(["a", "a:a", "b"]);
  });

  it("a turn whose id is a prefix of another id drops nothing of that turn", () => {
    expect(ids(appendMessages([human("b1"), answer("b1:a")], [human("b")]))).toEqual([
      "b1",
      "b1:a",
      "b",
    ]);
  });

  it("the next turn and a continued turn drop the summarised turns", () => {
    const thread = ["a", "b", "c"].flatMap((id) => [human(id), answer(`${id}:a`)]);
    expect(ids(appendMessages(thread, [human("d")], "b"))).toEqual(["c", "c:a", "d"]);
    expect(ids(appendMessages(thread, [], "b"))).toEqual(["c", "c:a"]);
    expect(ids(appendMessages(thread, [answer("c:b")]))).toHaveLength(7);
  });

  it("several turns are added at once, and only the last one is not bounded", () => {
    const long = (id: string) => new HumanMessage({ id, content: "x".repeat(480) });
    const added = [long("b"), answer("b:a"), long("c"), answer("c:a"), long("d")];
    const thread = appendMessages([human("a"), answer("a:a"), human("b"), answer("b:m1")], added);
    expect(ids(thread)).toEqual(["c", "c:a", "d"]);
  });

  it("a thread without the summarised turn keeps all messages", () => {
    const thread = ["b", "c"].flatMap((id) => [human(id), answer(`${id}:a`)]);
    expect(ids(appendMessages(thread, [human("d")], "a"))).toEqual(["b", "b:a", "c", "c:a", "d"]);
  });

  it("the thread is cut when a turn starts, not while it runs", () => {
    const long = (id: string) => new HumanMessage({ id, content: "x".repeat(480) });
    const begun = appendMessages([long("a"), answer("a:a")], [long("b")]);
    const ended = appendMessages(begun, [answer("b:a")]);
    expect(ids(ended)).toEqual(["a", "a:a", "b", "b:a"]);
    expect(ids(appendMessages(ended, [human("c")]))).toEqual(["b", "b:a", "c"]);
  });

  it("the thread holds at most twice the tokens of a model call, plus one turn", () => {
    let thread: BaseMessage[] = [];
    for (let turn = 0; turn < 300; turn += 1) {
      thread = appendMessages(appendMessages(thread, [human(`${turn}`)]), [answer(`${turn}:a`)]);
    }
    // A message of one letter counts as one token.
    expect(thread).toHaveLength(202);
  });
});
