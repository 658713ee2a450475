import { describe, expect, it } from "vitest";
import { messageParts } from "./message-parts.ts";

const shapeOf = (text: string) =>
  messageParts(text).map((part) => (part.kind === "text" ? part.text : [part.language, part.text]));

describe("a message", () => {
  it.each([
    ["without fences is one text", "a *b* <c>\n\n# d", ["a *b* <c>\n\n# d"]],
    [
      "has its fences in separate parts",
      "Why?\n```js\n  f();\n```\nThanks",
      ["Why?", ["js", "  f();"], "Thanks"],
    ],
    ["keeps blank lines within code", "```\na\n\nb\n```", [["", "a\n\nb"]]],
    [
      "may have tildes, and longer fences around shorter ones",
      "~~~~md\n~~~\na\n~~~\n~~~~",
      [["md", "~~~\na\n~~~"]],
    ],
    ["has an open fence to its end", "See\n```py\nx = 1", ["See", ["py", "x = 1"]]],
    [
      "may have a fence in a list and a quotation",
      "> ```\n> a\n> ```\n\n- ```\n  b\n  ```",
      [">", ["", "a"], "\n-", ["", "b"]],
    ],
    [
      "keeps indented lines and backticks in a line as text",
      "    a\n`b` and ```c```",
      ["    a\n`b` and ```c```"],
    ],
  ])("%s", (_what, text, parts) => {
    const trimmed = shapeOf(text).map((part) => (typeof part === "string" ? part.trimEnd() : part));
    expect(trimmed).toEqual(parts);
  });
});
