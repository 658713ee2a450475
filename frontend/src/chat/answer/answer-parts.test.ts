import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ToolCall } from "#lib/contract/chat.ts";
import { answerParts } from "./answer-parts.ts";

const call = (id: string, text_offset?: number): ToolCall => ({
  id,
  name: "calculator",
  state: "done",
  ...(text_offset === undefined ? {} : { text_offset }),
});
const shapeOf = (text: string, tools: ToolCall[]) =>
  answerParts(text, tools).map((part) =>
    part.kind === "text" ? part.text : part.tools.map(({ id }) => id),
  );

describe("the parts of an answer", () => {
  it("are in order of arrival", () => {
    expect(shapeOf("One.\n\nTwo.", [call("a", 4), call("b", 10)])).toEqual([
      "One.",
      ["a"],
      "\n\nTwo.",
      ["b"],
    ]);
  });

  it("group calls without text between them", () => {
    expect(shapeOf("One.\n\nTwo.", [call("a", 4), call("b", 4), call("c", 6)])).toEqual([
      "One.",
      ["a", "b", "c"],
      "Two.",
    ]);
  });

  it("start with the calls of a stored turn without offsets", () => {
    expect(shapeOf("One.", [call("a"), call("b")])).toEqual([["a", "b"], "One."]);
  });

  it("end with a call whose text has not arrived", () => {
    expect(shapeOf("On", [call("a", 4)])).toEqual(["On", ["a"]]);
  });

  it("contain every word and every call for any offsets", () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.nat(40)), (text, offsets) => {
        const tools = offsets.map((offset, index) => call(String(index), offset));
        const parts = answerParts(text, tools);
        const words = parts.map((part) => (part.kind === "text" ? part.text : "")).join("");
        expect(words.replaceAll(/\s/g, "")).toBe(text.replaceAll(/\s/g, ""));
        const ids = parts.flatMap((part) => (part.kind === "tools" ? part.tools : []));
        expect(new Set(ids)).toEqual(new Set(tools));
        for (const part of parts) {
          if (part.kind === "text") expect(text.startsWith(part.text, part.from)).toBe(true);
        }
      }),
    );
  });
});
