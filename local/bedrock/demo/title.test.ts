import { expect, it } from "vitest";
import { demoTitle } from "./title.ts";

it.each([
  ["Hello, my name is Ada", "Meeting Ada"],
  ["Hallo, ich heiße Ada", "Vorstellung: Ada"],
  ["What time is it in Tokyo?", "Time in Tokyo"],
  ["Wie spät ist es in New York?", "Uhrzeit in New York"],
  ["What is 12.5% of 480?", "12.5% of 480"],
  ["What is 12.5% of 480, and in a year?", "12.5% of 480"],
  ["Can you show me the sales by region, please?", "Sales by region, please"],
  [
    "Tell me a long story about a lighthouse keeper and her dog",
    "Long story about a lighthouse keeper",
  ],
  ["Hi", "Greeting"],
  ["Hallo!", "Begrüßung"],
  ["Write a Python function. It reverses a string.", "Write a Python function"],
])("the demo names %s", (person, title) => {
  expect(demoTitle(JSON.stringify({ person, assistant: "…" }))).toBe(title);
});
