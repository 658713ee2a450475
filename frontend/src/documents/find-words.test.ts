import { describe, expect, it } from "vitest";
import { findWords } from "./find-words.ts";

describe("the search for quoted words in the strings of a page", () => {
  it("finds words across strings, line ends, hyphens and ligatures", () => {
    const items = ["The notice ", "", "period is three mo-", "nths; the ﬁrst", " year is free."];
    expect(findWords(items, "three months; the first year")).toEqual([
      { item: 2, from: 10, to: 19 },
      { item: 3, from: 0, to: 14 },
      { item: 4, from: 0, to: 5 },
    ]);
  });

  it("includes the spaces between words that are strings of their own", () => {
    expect(findWords(["Go", " ", "", "home", "."], "go home")).toEqual([
      { item: 0, from: 0, to: 2 },
      { item: 1, from: 0, to: 1 },
      { item: 3, from: 0, to: 4 },
    ]);
  });

  it("finds each occurrence", () => {
    expect(findWords(["No smoking. No smoking."], "no smoking")).toEqual([
      { item: 0, from: 0, to: 10 },
      { item: 0, from: 12, to: 22 },
    ]);
  });

  it("finds words in scripts without cases, and outside the first plane", () => {
    expect(findWords(["費用は", "𠮷野家 42"], "は𠮷野")).toEqual([
      { item: 0, from: 2, to: 3 },
      { item: 1, from: 0, to: 3 },
    ]);
  });

  it("finds nothing for other words, and for signs alone", () => {
    expect(findWords(["The fee is 120 euros."], "The fee is 121 euros.")).toEqual([]);
    expect(findWords(["The fee is 120 euros."], " — ")).toEqual([]);
  });
});
