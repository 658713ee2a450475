import { expect, it } from "vitest";
import { normaliseContent } from "./normalise-content.ts";

it("drops blank texts", () => {
  expect(normaliseContent([{ text: "a" }, { text: " \n" }])).toEqual([{ text: "a" }]);
});

it("fills an empty tool result", () => {
  const result = (...content: { text: string }[]) => ({ toolResult: { toolUseId: "1", content } });
  const empty = result({ text: "(empty result)" });
  expect(normaliseContent([result(), result({ text: " " }), result({ text: "4" })])).toEqual([
    ...[empty, empty, result({ text: "4" })],
  ]);
});
