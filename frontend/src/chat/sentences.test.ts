import { describe, expect, it } from "vitest";
import { nextSentences } from "./sentences.ts";

describe("what is spoken of an answer", () => {
  it("is whole sentences, each once", () => {
    const first = nextSentences("Hello there. It is 3.5 deg", 0, false);
    expect(first).toEqual({ spoken: "Hello there.", to: 12 });
    expect(nextSentences("Hello there. It is 3.5 degrees.", first.to, false).spoken).toBe("");
    expect(nextSentences("Hello there. It is 3.5 degrees.", first.to, true)).toEqual({
      spoken: "It is 3.5 degrees.",
      to: 31,
    });
  });

  it("is free of Markdown's signs", () => {
    const text = "## Sum\n\n**60** is `12.5%` of [480](https://example.com).\n";
    expect(nextSentences(text, 0, true).spoken).toBe("Sum 60 is 12.5% of 480.");
  });
});
