import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { expect, it } from "vitest";
import { toolMessage } from "#lib/agent/history/tool-message.ts";
import { deniedResult } from "#lib/tools/gate/outcomes.ts";
import { conversationOf } from "./conversation-of.ts";

const call = (id: string, name: string) => ({ id, name, args: { words: id } });
const done = { state: "done", output: "A text.", isOwnWords: false } as const;

it("a thread tells the gate what the person wrote and what each call returned", () => {
  const thread = [
    new HumanMessage({ id: "t", content: "Read it." }),
    new AIMessage({
      content: "I read.",
      tool_calls: [call("1", "read_document"), call("2", "query"), call("3", "save_note")],
    }),
    toolMessage("t", { id: "1", name: "read_document" }, done),
    toolMessage("t", { id: "2", name: "query" }, { ...done, state: "failed" }),
    toolMessage("t", { id: "3", name: "save_note" }, deniedResult()),
  ];
  const conversation = conversationOf(thread, undefined);
  expect(conversation).toMatchObject({ messages: ["Read it."], isSummarised: false });
  const texts = { output: "A text.", isOwnWords: false };
  expect(conversation.results).toMatchObject([
    { name: "read_document", input: { words: "1" }, isDone: true, ...texts },
    { name: "query", input: { words: "2" }, isDone: false, ...texts },
    { name: "save_note", isDone: false, isOwnWords: true },
  ]);
});

it("a summary counts", () => {
  const summary = { text: "They spoke of ships.", untilTurn: "s" };
  expect(conversationOf([], summary).isSummarised).toBe(true);
});
