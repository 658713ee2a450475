import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import type { Source } from "#lib/contract/source.ts";
import { SourcesContext } from "./cited-text.tsx";
import { Markdown } from "./markdown.tsx";

const source = (index: number, url?: string): Source => ({
  index,
  title: `Title ${index}`,
  ...(url === undefined ? {} : { url }),
  quote: "",
});
const sources = [
  source(1, "https://one.example/a"),
  source(2, "http://two.example"),
  source(4),
  source(5, "javascript:alert(1)"),
  source(12, "https://twelve.example"),
];
const html = (text: string, known = sources) =>
  renderToStaticMarkup(
    createElement(SourcesContext, { value: known }, createElement(Markdown, { text })),
  );
const linksIn = (rendered: string) =>
  [...rendered.matchAll(/<a [^>]*href="([^"]+)"[^>]*>(.*?)<\/a>/g)].map(
    ([, url, text]) => `${text} ${url}`,
  );
/** What a person reads, and what copying gives. */
const textIn = (rendered: string) => rendered.replace(/<[^>]*>/g, "");

describe("a number in brackets", () => {
  it.each([
    ["So it is [1].", ["[1] https://one.example/a"]],
    ["So it is[1][2].", ["[1] https://one.example/a", "[2] http://two.example/"]],
    [
      "So [1, 2] and [1,2] and [2; 12]",
      [
        "1 https://one.example/a",
        "2 http://two.example/",
        "1 https://one.example/a",
        "2 http://two.example/",
        "2 http://two.example/",
        "12 https://twelve.example/",
      ],
    ],
    ["| a [1] |\n|---|\n| **b [2]** |", ["[1] https://one.example/a", "[2] http://two.example/"]],
    ["# Head [1]\n\n> - line\n>   [2]", ["[1] https://one.example/a", "[2] http://two.example/"]],
    ["[1, 3]", ["1 https://one.example/a"]],
  ])("leads to its source: %s", (text, links) => {
    expect(linksIn(html(text))).toEqual(links);
  });

  it.each(["[3]", "[0]", "[01x]", "[1", "1]", "[1-2]", "[ 1 ]", "[4]", "[5]", "[1234]", "[1,]"])(
    "without a source that has a web address stays text: %s",
    (text) => {
      expect(html(text)).not.toContain("<a ");
      expect(textIn(html(text))).toBe(text);
    },
  );

  it("stays text in code and in the text of a link", () => {
    expect(linksIn(html("`a[1]`\n\n```\nb[1]\n```"))).toEqual([]);
    expect(linksIn(html("[see [1]](https://three.example)"))).toEqual([
      "see [1] https://three.example/",
    ]);
    expect(linksIn(html("[1](https://three.example)"))).toEqual(["1 https://three.example/"]);
  });

  it("leads to the source, not to an address that the answer defines for the number", () => {
    const rendered = html(
      "So it is [1] and [3].\n\n[1]: https://evil.example\n[3]: https://three.example",
    );
    expect(linksIn(rendered)).toEqual(["[1] https://one.example/a", "3 https://three.example/"]);
    expect(rendered).not.toContain("evil.example");
  });

  it("keeps its characters, so that a copy has them", () => {
    const text = "a[1] b [1, 2, 3] c [2][9] d";
    expect(textIn(html(text))).toBe(text);
  });

  it("has the name of its source, and opens a new page without opener and referrer", () => {
    const rendered = html("[1]");
    expect(rendered).toContain('aria-label="Source 1: Title 1"');
    expect(rendered).toContain('target="_blank" rel="noopener noreferrer nofollow"');
  });
});
