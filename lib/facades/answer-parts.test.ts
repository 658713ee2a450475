import { expect, it } from "vitest";
import type { ToolCall } from "#lib/contract/chat.ts";
import { answerParts } from "./answer-parts.ts";

const call = (id: string, text_offset?: number): ToolCall => ({
  ...{ id, name: "calculator", state: "done" },
  ...(text_offset !== undefined && { text_offset }),
});
const shapeOf = (text: string, tools: ToolCall[]) =>
  answerParts(text, tools).map((part) => (part.type === "text" ? part.text : [part.tool.id]));

it.each<[string, ToolCall[], unknown]>([
  ["One.\n\nTwo.", [call("a", 4), call("b", 10)], ["One.", ["a"], "\n\nTwo.", ["b"]]],
  ["One.\n\nTwo.", [call("a", 4), call("b", 6)], ["One.", ["a"], ["b"], "\n\nTwo."]],
  ["One.", [call("a"), call("b")], [["a"], ["b"], "One."]],
  ["On", [call("a", 4)], ["On", ["a"]]],
  ["Two.", [call("b", 4), call("a", 0)], [["a"], "Two.", ["b"]]],
  ["One.\n", [call("a", 4)], ["One.", ["a"], "\n"]],
  ["", [], []],
])("the parts of %j", (text, tools, parts) => {
  expect(shapeOf(text, tools)).toEqual(parts);
});
