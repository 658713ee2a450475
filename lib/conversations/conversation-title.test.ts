import { describe, expect, it } from "vitest";
import { conversationTitle } from "./conversation-title.ts";

describe("conversationTitle", () => {
  it.each([
    ["a short message, as it is", "What is a lease?", "What is a lease?"],
    ["the first line only", "  Plan a trip\r\nto Rome\nin May", "Plan a trip"],
    ["a line of exactly 80 characters whole", "x".repeat(80), "x".repeat(80)],
    ["a longer one cut between words", `${"word ".repeat(20)}end`, `${"word ".repeat(15)}word…`],
    ["a word that ends just in time", `${"x".repeat(79)} y`, `${"x".repeat(79)}…`],
    ["a long link cut anywhere", "x".repeat(90), `${"x".repeat(79)}…`],
    ["no half of a pair", `${"x".repeat(78)}😀😀`, `${"x".repeat(78)}…`],
    ["no half of a flag", `${"x".repeat(77)}🇩🇪🇫🇷`, `${"x".repeat(77)}…`],
    ["the flags that fit", "🇩🇪".repeat(30), `${"🇩🇪".repeat(19)}…`],
    ["no letter without its accent", `${"x".repeat(78)}e\u0301e\u0301`, `${"x".repeat(78)}…`],
    ["no family without a child", `${"x".repeat(70)}👩‍👩‍👧‍👦👩‍👩‍👧‍👦`, `${"x".repeat(70)}…`],
    ["no half of a Hindi syllable", `${"क्षि".repeat(30)}`, `${"क्षि".repeat(19)}…`],
    [
      "a character with too many marks cut between them",
      `a${"\u0301".repeat(100)}`,
      `a${"\u0301".repeat(78)}…`,
    ],
    [
      "a pair and too many marks whole",
      `😀${"\u{1d165}".repeat(60)}`,
      `😀${"\u{1d165}".repeat(38)}…`,
    ],
    ["the first line of code without its indentation", "    def f():\n        pass", "def f():"],
    ["the first line before a line separator", "one\u2028two", "one"],
  ])("makes of a message %s", (_, message, title) => {
    expect(conversationTitle(message)).toBe(title);
    expect(title.length).toBeLessThanOrEqual(80);
  });
});
