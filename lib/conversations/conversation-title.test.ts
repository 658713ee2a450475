import { describe, expect, it } from "vitest";
import { conversationTitle } from "./conversation-title.ts";

describe("conversationTitle", () => {
  it.each([
    ["keeps a short message", "What is a lease?", "What is a lease?"],
    ["takes only the first line", "  Plan a trip\r\nto Rome\nin May", "Plan a trip"],
    ["keeps a line of exactly 80 units", "x".repeat(80), "x".repeat(80)],
    ["cuts a longer line between words", `${"word ".repeat(20)}end`, `${"word ".repeat(15)}word…`],
    ["keeps a word that ends at the limit", `${"x".repeat(79)} y`, `${"x".repeat(79)}…`],
    ["cuts a long link anywhere", "x".repeat(90), `${"x".repeat(79)}…`],
    [
      "cuts a long link behind an invisible character",
      `\u200b ${"x".repeat(90)}`,
      `\u200b ${"x".repeat(77)}…`,
    ],
    ["cuts no surrogate pair", `${"x".repeat(78)}😀😀`, `${"x".repeat(78)}…`],
    ["cuts no flag", `${"x".repeat(77)}🇩🇪🇫🇷`, `${"x".repeat(77)}…`],
    ["keeps the flags that fit", "🇩🇪".repeat(30), `${"🇩🇪".repeat(19)}…`],
    ["cuts no accent from its letter", `${"x".repeat(78)}e\u0301e\u0301`, `${"x".repeat(78)}…`],
    ["cuts no joined emoji", `${"x".repeat(70)}👩‍👩‍👧‍👦👩‍👩‍👧‍👦`, `${"x".repeat(70)}…`],
    ["cuts no Hindi syllable", `${"क्षि".repeat(30)}`, `${"क्षि".repeat(19)}…`],
    [
      "cuts a character with too many marks between two marks",
      `a${"\u0301".repeat(100)}`,
      `a${"\u0301".repeat(78)}…`,
    ],
    [
      "cuts too many marks, but no surrogate pair",
      `😀${"\u{1d165}".repeat(60)}`,
      `😀${"\u{1d165}".repeat(38)}…`,
    ],
    ["removes the indentation of code", "    def f():\n        pass", "def f():"],
    ["ends a line at a line separator", "one\u2028two", "one"],
  ])("%s", (_, message, title) => {
    expect(conversationTitle(message)).toBe(title);
    expect(title.length).toBeLessThanOrEqual(80);
  });
});
