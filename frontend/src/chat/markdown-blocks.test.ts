import { expect, it } from "vitest";
import { splitBlocks } from "./markdown-blocks.ts";

it("cuts an answer between its parts, and never inside of one", () => {
  const list = "- a\n\n- b\n  - c";
  const code = "```js\nf()\n\ng()\n```";
  const table = "| a | b |\n|---|---|\n| 1 | 2 |";
  const parts = splitBlocks(`# A\n\n${list}\n\n${code}\n\n${table}\n\nlast`);
  expect(parts.map((part) => part.trim())).toEqual(["# A", list, code, table, "last"]);
});

it("leaves all but the last part as they were while the answer grows", () => {
  const text = "One.\n\n- two\n- three\n\n```\nfour\n\nfive\n```\n\nSix **seven**.\n";
  for (let length = 1; length < text.length; length += 1) {
    const before = splitBlocks(text.slice(0, length));
    const after = splitBlocks(text.slice(0, length + 1));
    const kept = before.slice(0, -1).map((part) => part.trimEnd());
    expect(after.slice(0, kept.length).map((part) => part.trimEnd())).toEqual(kept);
  }
});

it("keeps an answer whole whose links are defined apart from it", () => {
  const text = "See [it][1].\n\nMore.\n\n[1]: https://example.com";
  expect(splitBlocks(text)).toEqual([text]);
});
