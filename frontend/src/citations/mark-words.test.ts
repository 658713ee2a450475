import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { RenderedBlocks } from "#frontend/chat/markdown/markdown.tsx";
import type { Citation } from "#lib/contract/citation.ts";
import { markChecked } from "./mark-words.tsx";
import { marksOfPart } from "./word-marks.ts";

const documentId = "11111111-1111-4111-8111-111111111111";
const place = { document_id: documentId, part: 3, document_start: 10, document_end: 20 };

function rangeIn(text: string, words: string) {
  const start = text.indexOf(words);
  if (start === -1) throw new Error(`"${words}" is not in the text.`);
  return { start, end: start + words.length };
}

const citationOf = (text: string, words: string, more: Partial<Citation> = {}): Citation => ({
  index: 1,
  state: "verified",
  ...place,
  ...rangeIn(text, words),
  ...more,
});

/** Returns the HTML of an answer with its checked words. */
function html(text: string, citations: Citation[], numbers: string[] = []) {
  const unsourced_numbers = numbers.map((number) => rangeIn(text, number));
  const read = markChecked(text, { citations, unsourced_numbers, from: 0 });
  return renderToStaticMarkup(createElement(RenderedBlocks, { read }));
}

/** Returns the text of each link to a document. */
const linked = (markup: string) =>
  [...markup.matchAll(/<a [^>]*href="#document\/[^>]*>(.*?)<\/a>/g)].map(([, inner = ""]) =>
    inner.replace(/<br\/?>/g, "\n").replace(/<[^>]+>/g, ""),
  );

describe("verified words", () => {
  it("are one link to their place", () => {
    const text = 'It says "a lease lasts 15 s" [1].';
    const markup = html(text, [citationOf(text, "a lease lasts 15 s")]);
    expect(linked(markup)).toEqual(["a lease lasts 15 s"]);
    expect(markup).toContain(`#document/${documentId}&amp;start=10&amp;end=20&amp;part=3`);
    expect(markup).toContain("It says &quot;<a");
  });

  it.each([
    ["with emphasis inside", 'So "a **lease** lasts `15 s`" [1]', "a **lease** lasts `15 s`"],
    ["within emphasis", 'So **"a lease lasts"** [1]', "a lease lasts"],
    ["within a list", '1. one\n2. "a lease lasts" [1]', "a lease lasts"],
    ["within a table", '| a | b |\n|---|---|\n| x | "a lease lasts" [1] |', "a lease lasts"],
    ["after a definition", '[x]: https://a.example\n\n"a lease lasts" [1] [x]', "a lease lasts"],
    ["in a heading", '# On "a lease lasts" [1]', "a lease lasts"],
    ["after an escape", 'a \\* b &amp; "a lease lasts" [1]', "a lease lasts"],
    ["after a byte order mark", '\ufeff"a lease lasts" [1]', "a lease lasts"],
  ])("are found %s", (_, text, words) => {
    expect(linked(html(text, [citationOf(text, words)]))).toEqual([words.replace(/[*`]/g, "")]);
  });

  it("of several lines of a quote are one link in each paragraph, with one tick", () => {
    const text = "> first *line*\n> second line\n>\n> third line\n\n[1]";
    const words = "first *line*\n> second line\n>\n> third line";
    const markup = html(text, [citationOf(text, words)]);
    expect(linked(markup)).toEqual(["first line\nsecond line", "third line"]);
    expect(markup.match(/✓/g)).toHaveLength(1);
  });

  it("contain no second link", () => {
    const text = 'So "see [the manual](https://a.example) for more" [1]';
    const markup = html(text, [citationOf(text, "see [the manual](https://a.example) for more")]);
    expect(markup.match(/<a /g)).toHaveLength(1);
  });
});

describe("unverified words", () => {
  it("have no link, and say in words why", () => {
    const text = 'It says "a lease lasts a year" [1].';
    const markup = html(text, [
      {
        ...rangeIn(text, "a lease lasts a year"),
        index: 1,
        state: "unverified",
        longest_run: "a lease",
      },
    ]);
    expect(markup).not.toContain("<a ");
    expect(markup).toContain("Not verified");
    expect(markup).toContain("The longest match is “a lease”.");
  });
});

it.each(['"', "“”", "„“", "«»", "「」"])(
  "the result stands after the closing mark of %s",
  (marks) => {
    const text = `It says ${marks[0]}a lease lasts${marks.at(-1)} [1].`;
    const plain = html(text, [citationOf(text, "a lease lasts")]).replace(/<[^>]+>/g, "");
    expect(plain.replaceAll("&quot;", '"')).toBe(
      `It says ${marks[0]}a lease lasts${marks.at(-1)}✓ Quote checked [1].`,
    );
  },
);

describe("words of a deleted document", () => {
  it("have no link", () => {
    const text = 'It says "a lease lasts" [1].';
    const citation = { ...rangeIn(text, "a lease lasts"), index: 1, state: "removed" } as const;
    expect(html(text, [citation])).not.toContain("<a ");
    expect(html(text, [citation])).toContain("Document deleted");
  });
});

describe("a number without a source", () => {
  it("has its reason, unless it is within a quotation", () => {
    const text = 'About 42 of them: "a lease lasts 15 s" [1].';
    const markup = html(text, [citationOf(text, "a lease lasts 15 s")], ["42", "15"]);
    expect(markup.match(/<button[^>]*>42<\/button>/g)).toHaveLength(1);
    expect(markup.match(/<button/g)).toHaveLength(1);
  });
});

it("marks belong to the part of the answer in which they stand", () => {
  const text = 'First. Then "a lease lasts" [1].';
  const { start, end } = rangeIn(text, "a lease lasts");
  const checked = { citations: [citationOf(text, "a lease lasts")], unsourced_numbers: [] };
  expect(marksOfPart({ ...checked, from: 0 }, 6)).toEqual([]);
  expect(marksOfPart({ ...checked, from: 6 }, text.length - 6)).toMatchObject([
    { start: start - 6, end: end - 6 },
  ]);
});
