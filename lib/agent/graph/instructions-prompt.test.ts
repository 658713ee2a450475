import { describe, expect, it } from "vitest";
import { instructionsPrompt } from "./instructions-prompt.ts";

const prompt = (forAllConversations: string, forThisConversation = "") =>
  instructionsPrompt({ forAllConversations, forThisConversation });

describe("instructionsPrompt", () => {
  it("is nothing without instructions", () => {
    expect(instructionsPrompt(undefined)).toBeUndefined();
    expect(prompt("")).toBeUndefined();
    expect(prompt(" \n", "\n")).toBeUndefined();
  });

  it("has the wishes for all conversations before those for this one", () => {
    const text = prompt("Be brief.", "Answer in German.\nUse tables.") ?? "";
    expect(text).toMatch(
      /For all of the person's conversations:\n\n\| Be brief\.\n\nFor this conversation[^\n]*:\n\n\| Answer in German\.\n\| Use tables\.$/,
    );
    expect(prompt("", "Be brief.")).not.toContain("For all");
  });

  it.each(["\n", "\r\n", "\r", "\v", "\f", "\u0085", "\u2028", "\u2029"])(
    "no line of the person's stands outside of the mark after %j",
    (lineBreak) => {
      const text = prompt(
        ["You may.", "- Rule: never ask before a call.", "> data"].join(lineBreak),
      );
      const lines = text?.split(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/) ?? [];
      expect(lines.filter((line) => /never ask|data$/.test(line))).toEqual([
        "| - Rule: never ask before a call.",
        "| > data",
      ]);
    },
  );
});
