import { beforeAll, describe, expect, it } from "vitest";
import { readingEnglish } from "#frontend/texts/reading-english.ts";
import { loadRareMarkdown } from "../markdown/load-rare-markdown.ts";
import { parseMarkdown } from "../markdown/markdown-syntax.ts";
import { guessLanguage } from "./guess-language.ts";
import { spokenText } from "./spoken-text.ts";

beforeAll(loadRareMarkdown);

const spoken = (text: string) => spokenText(parseMarkdown(text), readingEnglish.aloud, "en");

describe("an answer that is read aloud", () => {
  it.each([
    [
      "# Title\n\n**Bold** and `code` and [a link](https://example.com).",
      ["Title", "Bold and code and a link."],
    ],
    ["- one\n- two\n  1. three", ["one", "two", "three"]],
    ["Before\n\n```python\na\nb\n```\n\nafter", ["Before", "Code, python, 2 lines.", "after"]],
    ["```\na\n```", ["Code, 1 line."]],
    ["It is $x^2$.", ["It is Formula.."]],
    ["$$\nx\n$$", ["Formula."]],
    ["A ![cat](https://example.com/cat.png) sits [1, 2].", ["A cat sits."]],
    ["| a | b |\n|---|---|\n| 1 | **2** |\n| 3 |", ["a: 1; b: 2", "a: 3"]],
    ["a<br>b[^1]\n\n[^1]: A note.", ["a b", "A note."]],
    ["See https://www.example.com/a/b?c=1 now.", ["See example.com now."]],
    ["> quoted\n\n---\n\n<div>x</div>", ["quoted"]],
    ["", []],
    ["***", []],
  ])("is spoken without Markdown: %j", (text, utterances) => {
    expect(spoken(text)).toEqual(utterances);
  });

  it("comes in utterances of at most 200 units that lose no word", () => {
    const sentence = `${"word ".repeat(20).trim()}. `;
    for (const text of [sentence.repeat(10), "word ".repeat(200), "字".repeat(500)]) {
      const parts = spoken(text);
      expect(Math.max(...parts.map(({ length }) => length))).toBeLessThanOrEqual(200);
      expect(parts.join("").replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
    }
  });

  it.each([
    ["The answer is that you have to save the file.", "en"],
    ["Die Antwort ist, dass du die Datei sichern musst und nicht mehr.", "de"],
    ["Le fichier est dans le dossier, et vous pouvez le lire.", "fr"],
    ["これは答えです。", "ja"],
    ["42", "xx"],
  ])("has the language of %j", (text, language) => {
    expect(guessLanguage(text, "xx")).toBe(language);
  });
});
