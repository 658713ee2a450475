import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { beforeAll, describe, expect, it } from "vitest";
import { loadRareMarkdown } from "./load-rare-markdown.ts";
import { Markdown } from "./markdown.tsx";

beforeAll(loadRareMarkdown);

const html = (text: string) => renderToStaticMarkup(createElement(Markdown, { text }));

describe("a link in an answer", () => {
  it.each([
    ["[site](https://example.com/a?b=1)", "https://example.com/a?b=1"],
    ["[site](http://example.com)", "http://example.com/"],
    ["[post](mailto:ada@example.com)", "mailto:ada@example.com"],
    ["<https://example.com>", "https://example.com/"],
    ["www.example.com", "http://www.example.com/"],
    ["[site][1]\n\n[1]: https://example.com", "https://example.com/"],
  ])("opens a new page without opener and referrer: %s", (text, address) => {
    expect(html(text)).toContain(
      `<a href="${address}" target="_blank" rel="noopener noreferrer nofollow">`,
    );
  });

  it.each([
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](vbscript:x)",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](file:///etc/passwd)",
    "[x](blob:https://example.com/1)",
    "[x](/api/logout)",
    "[x](//example.com)",
    "[x](#top)",
    "[x]()",
    "[x][1]\n\n[1]: javascript:alert(1)",
    "<javascript:alert(1)>",
    "x[^1]\n\n[^1]: note",
  ])("with any other address is plain text: %s", (text) => {
    expect(html(text)).not.toContain("<a ");
  });

  it("shows a host that its text hides", () => {
    expect(html("[my bank](https://evil.example/login)")).toContain("(evil.example)");
    expect(html("[bank.example](https://evil.example)")).toContain("(evil.example)");
    expect(html("<https://example.com/a>")).not.toContain("(example.com)");
    expect(html("[**example.com**](https://example.com/a)")).not.toContain("(example.com)");
    expect(html("[example.com$x$](https://example.com)")).toContain("(example.com)");
  });

  it.each([
    ["请访问https://example.com。谢谢", "https://example.com/"],
    ["（https://example.com/a）", "https://example.com/a"],
    ["**网址：https://example.com/a。**后文", "https://example.com/a"],
    ["见https://example.com，以及", "https://example.com/"],
    ["访问https://example.com查看", "https://example.com/"],
    ["देखें https://example.com। धन्यवाद", "https://example.com/"],
    ["انظر https://example.com، شكرا", "https://example.com/"],
    ["“https://example.com” – ok", "https://example.com/"],
    ["[see https://example.com。x]", "https://example.com/"],
    ["https://zh.wikipedia.org/wiki/北京", "https://zh.wikipedia.org/wiki/%E5%8C%97%E4%BA%AC"],
    ["https://例え.jp/a", "https://xn--r8jz45g.jp/a"],
    ["https://en.wikipedia.org/wiki/A_(b)_c!", "https://en.wikipedia.org/wiki/A_(b)_c"],
  ])("ends with the address: %s", (text, address) => {
    expect(html(text)).toContain(`<a href="${address}"`);
    expect(html(text)).not.toContain("**");
  });

  it("contains no other link", () => {
    expect(html("[![a](https://a.example)](https://b.example)").match(/<a /g)).toHaveLength(1);
  });
});

describe("an image in an answer", () => {
  it.each([
    "![secret](https://evil.example/?q=1)",
    "![secret][1]\n\n[1]: https://evil.example/?q=1",
    "[![secret](https://evil.example/?q=1)](https://example.com)",
    "![secret](data:image/svg+xml,<svg/>)",
    "![secret](/api/logout)",
  ])("is never loaded: %s", (text) => {
    expect(html(text)).not.toMatch(/<img|src=|srcset=|background/);
    expect(html(text)).toContain("secret");
  });
});

describe("HTML in an answer", () => {
  it.each([
    "<script>alert(1)</script>",
    '<img src="https://evil.example" onerror="alert(1)">',
    "<iframe src='https://evil.example'></iframe>",
    "<svg onload=alert(1)>",
    "text <b onclick=alert(1)>bold</b>",
    "<style>*{background:url(https://evil.example)}</style>",
    "<form action=https://evil.example><button>",
  ])("stays text: %s", (text) => {
    expect(html(text)).not.toMatch(/<(script|img|iframe|svg|b|style|form|button)\b/);
    expect(html(text)).toContain("&lt;");
  });
});

it("Markdown renders headings, lists, tables and code", () => {
  const rendered = html(
    "# A\n\n- **b**\n- [x] c\n\n| d | e |\n|---|--:|\n| 1 | 2 |\n\n```js\nf()\n```",
  );
  for (const tag of ["h3", "li", "strong", "table", "td", "pre", "code"]) {
    expect(rendered).toContain(`<${tag}`);
  }
});

describe("emphasis", () => {
  it.each([
    "**注意：**正文",
    "这是**“重点”**内容",
    "これは**「重要」**です",
    "**强调。**后文",
    "前文**（重点）**后文",
    "한국어**(강조)**는",
    "**หมายเหตุ:**ข้อความ",
    "**ध्यान दें।**यह",
    "**ملاحظة:**نص",
    "**注意：**text",
    "前文**https://example.com**后文",
  ])("works in scripts without spaces: %s", (text) => {
    expect(html(text)).toContain("<strong>");
    expect(html(text)).not.toContain("*");
  });

  it.each([
    "2**(3)**4",
    "a * b * c",
    "snake_case_name",
    "测试_文件_名",
    "**Note:**text",
    "2 * 3（4）* 5",
  ])("is not found in other uses of stars and underscores: %s", (text) => {
    expect(html(text)).not.toMatch(/<(em|strong)>/);
  });

  it("needs two tildes to strike out", () => {
    expect(html("age(1~3), height(80~100)")).toContain("age(1~3), height(80~100)");
    expect(html("~~gone~~ and ~~注意：~~正文").match(/<del>/g)).toHaveLength(2);
  });
});

describe("the Markdown of models", () => {
  it.each([
    ["a line\nand another", "a line<br/>and another"],
    ["a line\n---\nrest", "<p>a line</p><hr/><p>rest</p>"],
    ["a list:\n-", "<p>a list:<br/>-</p>"],
    ["Title\n===", '<h3 data-depth="1">Title</h3>'],
    ["#### Deep", '<h6 data-depth="4">Deep</h6>'],
    ["3. c\n4. d", '<ol start="3"><li>c</li><li>d</li></ol>'],
    ["| a |\n|---|\n| b<br>c | d |", "<td>b<br/>c</td><td>d</td>"],
    ["[Ada]: hello\n\n[Bob]: hi", "<p>[Ada]: hello</p><p>[Bob]: hi</p>"],
    [":smile: C:\\temp #1 1~2", "<p>:smile: C:\\temp #1 1~2</p>"],
    ["<!-- kept -->", "&lt;!-- kept --&gt;"],
    ["- a\n\n```js\nf()\n```\n\n- b", "<ul><li>b</li></ul>"],
  ])("renders as a reader expects: %j", (text, rendered) => {
    expect(html(text)).toContain(rendered);
  });

  it("may contain a fence in a list before another fence", () => {
    const rendered = html("- ```js\n  f()\n  ```\n\n```\na\n\nb\n```");
    expect(rendered).toContain("<code>f()</code>");
    expect(rendered).toContain("<code>a\n\nb</code>");
  });
});

describe("a footnote", () => {
  const text = "One[^b], two[^a], one again[^b].\n\n[^a]: **A**\n[^b]: B\n[^c]: C";

  it("is numbered in the order of its calls, and shown without a call", () => {
    const rendered = html(text);
    expect(rendered.match(/aria-label="Footnote \d"/g)?.join()).toBe(
      'aria-label="Footnote 1",aria-label="Footnote 2",aria-label="Footnote 1"',
    );
    expect(rendered).toMatch(/<p>B<\/p>.*<strong>A<\/strong>.*<p>C<\/p>/);
    expect(rendered).toContain('<h3 class="spoken"');
  });

  it("has an id that no other answer has", () => {
    const two = renderToStaticMarkup(
      createElement(
        "main",
        {},
        createElement(Markdown, { text }),
        createElement(Markdown, { text }),
      ),
    );
    const ids = [...two.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(ids.length).toBeGreaterThan(8);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

it("the text of a task labels its check box", () => {
  const [, label, id, words] =
    html("- [x] **Buy** ink\n- [ ] b").match(
      /<input[^>]*aria-labelledby="([^"]+)"[^>]*checked=""\/> <span id="([^"]+)">(.*?)<\/span>/,
    ) ?? [];
  expect(words).toBe("<strong>Buy</strong> ink");
  expect(label).toBe(id);
});

it("an answer cut at any length creates no image, script or link to a script", () => {
  const text = "See ![a](https://evil.example/x) <img src=x> [b](javascript:alert(1)) <script>";
  for (let length = 0; length <= text.length; length += 1) {
    expect(html(text.slice(0, length))).not.toMatch(/<img|<script|javascript:[^<]*"/);
  }
});
