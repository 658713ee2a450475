import { expect, it } from "vitest";
import { normaliseMessages } from "./normalise-messages.ts";

it("drops blank texts, and messages without other content", () => {
  expect(
    normaliseMessages([
      { role: "user", content: [{ text: "a" }, { text: " \n" }] },
      { role: "assistant", content: [{ text: "" }] },
      { role: "assistant", content: [] },
    ]),
  ).toEqual([{ role: "user", content: [{ text: "a" }] }]);
});

it("joins consecutive messages of one role without changing its input", () => {
  const messages = [
    { role: "user" as const, content: [{ text: "a" }] },
    { role: "user" as const, content: [{ text: "b" }] },
  ];
  expect(normaliseMessages(messages)).toEqual([
    { role: "user", content: [{ text: "a" }, { text: "b" }] },
  ]);
  expect(messages[0]?.content).toHaveLength(1);
});

it("fills an empty tool result", () => {
  const result = (...content: { text: string }[]) => ({ toolResult: { toolUseId: "1", content } });
  const content = [result(), result({ text: " " }), result({ text: "4" })];
  const [message] = normaliseMessages([{ role: "user", content }]);
  const empty = result({ text: "(empty result)" });
  expect(message?.content).toEqual([empty, empty, result({ text: "4" })]);
});
