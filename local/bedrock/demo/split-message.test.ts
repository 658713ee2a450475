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
