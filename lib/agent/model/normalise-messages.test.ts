import { expect, it } from "vitest";
import { normaliseMessages } from "./normalise-messages.ts";

it("drops blank texts, and messages without other content", () => {
  expect(
    normaliseMessages([
      { role: "user", content: [{ text: "a" }, { text: " \n" }] },
      { role: "assistant", content: [{ text: "" }] },
      { role: "assistant", content: undefined },
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
  const result = (content: { text: string }[]) => ({ toolResult: { toolUseId: "1", content } });
  const [message] = normaliseMessages([
    { role: "user", content: [result([]), result([{ text: " " }]), result([{ text: "4" }])] },
  ]);
  expect(message?.content?.map((block) => block.toolResult?.content)).toEqual([
    [{ text: "(empty result)" }],
    [{ text: "(empty result)" }],
    [{ text: "4" }],
  ]);
});
