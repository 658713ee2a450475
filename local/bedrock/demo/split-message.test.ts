import { expect, it } from "vitest";
import { splitMessage } from "./split-message.ts";

it("a message has one part for each thing that it asks or states", () => {
  expect(splitMessage("Hello. What time is it, and what is 2 + 3?")).toEqual([
    "Hello.",
    "What time is it",
    "what is 2 + 3?",
  ]);
  expect(splitMessage("Convert 5 miles to km and 70 F to celsius")).toHaveLength(2);
  expect(splitMessage("Convert 5 ft and 11 in to cm")).toHaveLength(1);
});

it.each(["a\n", "1+1\n", "1,", "what is it? ", "what is it, and ", "1 m to cm and ", "(", "a-"])(
  "a message of 100,000 units of %j has few and short parts",
  (unit) => {
    const parts = splitMessage(unit.repeat(100_000 / unit.length));
    expect(parts.length).toBeLessThanOrEqual(50);
    expect(Math.max(...parts.map(({ length }) => length))).toBeLessThanOrEqual(4_000);
  },
);

it("a question before or behind a pasted text is among the parts", () => {
  const pasted = "word\n".repeat(20_000);
  expect(splitMessage(`What time is it?\n${pasted}`)).toContain("What time is it?");
  expect(splitMessage(`${pasted}What time is it?`)).toContain("What time is it?");
});
