import { expect, it } from "vitest";
import { parseDocument } from "./read-document.ts";
import { renderHtml } from "./render-html.ts";

const render = (markdown: string) => renderHtml(parseDocument("docs/page.md", markdown)).trim();

it.each([
  [
    "**bold** _text_ ~~gone~~ `a<b`",
    "<p><strong>bold</strong> <em>text</em> <del>gone</del> <code>a&lt;b</code></p>",
  ],
  [
    "# One\n\n## A & B: c",
    '<h1 id="one">One</h1>\n<h2 id="a--b-c">A &amp; B: c <a class="anchor" href="#a--b-c" aria-label="Link to this section">#</a></h2>',
  ],
  ["[x](other.md#part)", '<p><a href="/docs/other#part">x</a></p>'],
  ["[x](../README.md)", '<p><a href="/README">x</a></p>'],
  ["[x](#part)", '<p><a href="#part">x</a></p>'],
  [
    "[x](https://a.example/?a=1&b=2)",
    '<p><a href="https://a.example/?a=1&amp;b=2" rel="noreferrer">x</a></p>',
  ],
  ["[x][y]\n\n[y]: other.md", '<p><a href="/docs/other">x</a></p>'],
  ["![alt](a.png)", '<p><img src="/docs/a.png" alt="alt"></p>'],
  [
    "- [x] done\n- [ ] open",
    '<ul>\n<li><input type="checkbox" disabled checked> done</li>\n<li><input type="checkbox" disabled> open</li>\n</ul>',
  ],
  ["3. c\n4. d", '<ol start="3">\n<li>c</li>\n<li>d</li>\n</ol>'],
  [
    "| a | b |\n|---|--:|\n| 1 | <2> |",
    '<div class="table" role="group" aria-label="Table: a" tabindex="0"><table>\n<thead><tr><th scope="col">a</th><th scope="col" class="right">b</th></tr>\n</thead>\n<tbody><tr><td>1</td><td class="right">&lt;2&gt;</td></tr>\n</tbody>\n</table></div>',
  ],
  [
    "```mermaid\na --> b\n```",
    '<figure><figcaption>A diagram, as its Mermaid source</figcaption>\n<pre tabindex="0"><code>a --&gt; b\n</code></pre>\n</figure>',
  ],
  ["<!-- note -->", ""],
  [
    '<img src="a.png" width="250" alt="A picture">',
    '<img src="/docs/a.png" alt="A picture" width="250">',
  ],
])("%j is written as HTML", (markdown, html) => {
  expect(render(markdown)).toBe(html);
});

it.each([
  "<script>alert(1)</script>",
  '<img src=x onerror="alert(1)">',
  '<img src="a.png" onerror="alert(1)" alt="a">',
  '<img src="https://evil.example/a.png" alt="a">',
  "[x](javascript:alert(1))",
  "[x](JaVaScRiPt:alert(1))",
  "[x](data:text/html,<script>alert(1)</script>)",
  "[x](//evil.example)",
  "[x](../../../etc/passwd)",
  "![x](https://evil.example/a.png)",
  '[x](https://a.example/"onmouseover="alert(1))',
  '# <b onclick="x">title</b>',
  '```"><script>\ncode\n```',
  '<iframe src="https://evil.example"></iframe>',
])("%j brings neither markup nor an address of its own", (markdown) => {
  const html = render(markdown);
  expect(html).not.toMatch(
    /<(script|iframe|b)\b|<[^>]* on\w+=|(href|src)="(?!https:\/\/a\.example|\/docs\/a\.png|#)/i,
  );
});
