import * as fc from "fast-check";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { beforeAll, describe, expect, it } from "vitest";
import { isFullRun } from "#test/support/full-properties.ts";
import { loadRareMarkdown } from "./load-rare-markdown.ts";
import { RenderedBlocks } from "./markdown.tsx";
import { type Blocks, readBlocks } from "./markdown-blocks.ts";

beforeAll(loadRareMarkdown);

const rendered = (read: Blocks) => renderToStaticMarkup(createElement(RenderedBlocks, { read }));

/** Parses an answer that arrives in pieces; `ends` are the offsets at which the pieces end. */
function stream(text: string, ends: number[]): Blocks {
  let read: Blocks | undefined;
  for (const end of [...ends, text.length]) read = readBlocks(text.slice(0, end), read);
  return read ?? readBlocks(text);
}

const inline = fc.constantFrom(
  "word",
  "**bold**",
  "*so* ~~gone~~",
  "`code | $x$`",
  "[link](https://example.com)",
  "[site][1]",
  "[2]",
  "note[^1] and[^b]",
  "$x^2$",
  String.raw`\(a|b\)`,
  "**注意：**正文",
  "见https://example.com。谢谢",
  "age 1~3",
  "<b>html</b>",
  "<br>",
  "a\nb",
  "two  \nlines",
  "&amp; \\* _x_",
  "$(pwd)/$(date)",
  "# not a heading",
  "1986\\. year",
  "",
);
const line = fc.array(inline, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(" "));
const leaf = fc.oneof(
  line,
  line.map((text) => `## ${text.replaceAll("\n", " ")}`),
  line.map((text) => `${text}\n===`),
  line.map((text) => `${text}\n---`),
  fc.constantFrom(
    "```js\nf()\n\ng()\n```",
    "~~~\n```\na\n\n~~~",
    "```\nopen",
    "    indented\n\n    code",
    "| a | b |\n|---|--:|\n| $|x|$ | 2 | 3 |\n| 1",
    "$$\na\n- b\n= c\n$$",
    "\\[\n\\begin{align}\na\n\\end{align}\n\\]",
    "$$\nopen",
    "$$x$$",
    "<div>\n\n**x**\n\n</div>",
    "<!-- a\n\nb -->",
    "<pre>\n\n- a\n</pre>",
    "---",
    "***",
    "[1]: https://example.com/1",
    "[2]:\n  https://example.com/2\n  'title'",
    "[2]: https://example.com/3\n'a title\nin lines'",
    "[1]: https://example.com/4\n    indented",
    "[1]: /again\n'not\n\na title",
    "[^1]: A note.\n\n    More of it.",
    "[^b]: - list\n\n      [3]: https://example.com/3",
    "+",
    "1.",
    "#",
  ),
);
const indent = (text: string, by: string) => text.replace(/\n(?!\n)/g, `\n${by}`);
const { answer } = fc.letrec<{ block: string; answer: string }>((tie) => ({
  block: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    { arbitrary: leaf, weight: 3 },
    {
      arbitrary: fc
        .tuple(fc.constantFrom("- ", "* ", "1. ", "7) ", "- [x] "), tie("answer"))
        .map(([mark, text]) => mark + indent(text, "   ")),
      weight: 1,
    },
    {
      arbitrary: tie("answer").map((text) => `> ${text.replaceAll("\n", "\n> ")}`),
      weight: 1,
    },
  ),
  answer: fc
    .array(fc.tuple(tie("block"), fc.constantFrom("\n", "\n\n", "\n\n", "\n \n\n", "\r\n\r\n")), {
      minLength: 1,
      maxLength: 4,
    })
    .map((parts) => parts.flat().join("")),
}));

describe("an answer in pieces", () => {
  it("renders like the whole answer", () => {
    fc.assert(
      fc.property(answer, fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (text, shares) => {
        const ends = shares.map((share) => Math.floor(share * text.length)).sort((a, b) => a - b);
        expect(rendered(stream(text, ends))).toBe(rendered(readBlocks(text)));
      }),
      { numRuns: isFullRun ? 2_000 : 300 },
    );
  }, 60_000);

  it.each([
    "word\n\n[2]:\n  https://example.com/2\n  'title'\nword\n===\n",
    "word\n\n[1]: /one\n[2]: /two\nword\n---\n\n[3]: /three\nword\n===\n\nend\n",
  ])("shows a definition before a heading once: %j", (text) => {
    for (let end = 0; end < text.length; end += 1) {
      expect(rendered(stream(text, [end]))).toBe(rendered(readBlocks(text)));
    }
  });

  it("renders like the whole answer after every character", () => {
    fc.assert(
      fc.property(
        answer.filter(({ length }) => length < 400),
        (text) => {
          let read: Blocks | undefined;
          for (let end = 0; end <= text.length; end += 1) {
            read = readBlocks(text.slice(0, end), read);
            if (end % 7 === 0)
              expect(rendered(read)).toBe(rendered(readBlocks(text.slice(0, end))));
          }
          expect(read && rendered(read)).toBe(rendered(readBlocks(text)));
        },
      ),
      { numRuns: 30 },
    );
  }, 60_000);

  it.each([
    "# A\n[x]: https://example.com\n'a title\nin lines'\n\nrest",
    "# A\n[x]: https://example.com\n    indented\n\nrest",
    "1. a\n\n1\n. b\n\n1. c\n",
    "    indented\n\n    code\n\n1.\nword\n",
    "    indented\n\n2. second\n\n- a\n\n      code\n\n-\n",
    "word\n1.\n\n    indented\nword\n1.\nword\n",
    "- a\n\n+\n\n- b\n",
    "[^1]: a\n\n    b\n\n[1][^1]\n\n[1]: https://example.com\n",
    "```\n\na\n```\n\n~~~\n\nb\n\n",
    "> a\n\n> [1]: https://example.com/a\n\n[1]\n\n[1]: https://example.com/b\n",
    "| a |\n|---|\n| 1 |\n\n| b |\n|---|\n",
    "\ufeffa\r\n\r\nb\r\rc\r\n\r\nd\u00a0\n\u00a0\ne\n",
    "<div>\n\na\n\n</div>\n\n<!--\n\nb\n\n-->\n\nc\n",
  ])("renders like the whole answer at every length: %j", (text) => {
    let read: Blocks | undefined;
    for (let end = 0; end <= text.length; end += 1) {
      read = readBlocks(text.slice(0, end), read);
      expect(rendered(read)).toBe(rendered(readBlocks(text.slice(0, end))));
    }
  });

  it("keeps the identity of settled blocks and parses only the rest", () => {
    const paragraph = "A paragraph of plain words.\n\n";
    const before = readBlocks(paragraph.repeat(100));
    const after = readBlocks(`${before.text}More`, before);
    expect(after.blocks).toHaveLength(101);
    expect(after.blocks.slice(0, 99)).toEqual(before.blocks.slice(0, 99));
    for (const [index, block] of after.blocks.slice(0, 99).entries()) {
      expect(block).toBe(before.blocks[index]);
    }
    expect(after.settled.length).toBe(paragraph.length * 99);
  });

  it.each(["> ", ">", "- ", "1. ", "> - "])("stays text if it repeats %j too often", (mark) => {
    const [block, ...others] = readBlocks(`a\n\n${mark.repeat(20_000)}`).blocks;
    expect(block?.type).toBe("paragraph");
    expect(others).toEqual([]);
  });

  it("is parsed from the start if it does not continue the previous text", () => {
    const before = readBlocks("# A\n\nb\n\nc\n");
    expect(rendered(readBlocks("# B\n\nc", before))).toBe(rendered(readBlocks("# B\n\nc")));
  });
});
