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
  ])("makes of a message %s", (_, message, title) => {
    expect(conversationTitle(message)).toBe(title);
    expect(title.length).toBeLessThanOrEqual(80);
  });
});
