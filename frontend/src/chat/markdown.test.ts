import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { Markdown } from "./markdown.tsx";

const html = (text: string) => renderToStaticMarkup(createElement(Markdown, { text }));

describe("a link in an answer", () => {
  it.each([
    ["[site](https://example.com/a?b=1)", "https://example.com/a?b=1"],
    ["[site](http://example.com)", "http://example.com/"],
    ["[post](mailto:ada@example.com)", "mailto:ada@example.com"],
    ["<https://example.com>", "https://example.com/"],
    ["www.example.com", "http://www.example.com/"],
    ["[site][1]\n\n[1]: https://example.com", "https://example.com/"],
  ])("leads out in a page of its own that learns nothing of ours: %s", (text, address) => {
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
  ])("that leads anywhere else is plain text: %s", (text) => {
    expect(html(text)).not.toContain("<a ");
  });

  it("shows the host that its text hides", () => {
    expect(html("[my bank](https://evil.example/login)")).toContain("(evil.example)");
    expect(html("[bank.example](https://evil.example)")).toContain("(evil.example)");
    expect(html("<https://example.com/a>")).not.toContain("(example.com)");
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

it("draws what answers are made of", () => {
  const drawn = html(
    "# A\n\n- **b**\n- [x] c\n\n| d | e |\n|---|--:|\n| 1 | 2 |\n\n```js\nf()\n```",
  );
  for (const tag of ["h1", "li", "strong", "table", "td", "pre", "code"]) {
    expect(drawn).toContain(`<${tag}`);
  }
});

it("stays within the policy wherever the stream may be cut", () => {
  const text = "See ![a](https://evil.example/x) <img src=x> [b](javascript:alert(1)) <script>";
  for (let length = 0; length <= text.length; length += 1) {
    expect(html(text.slice(0, length))).not.toMatch(/<img|<script|javascript:[^<]*"/);
  }
});
