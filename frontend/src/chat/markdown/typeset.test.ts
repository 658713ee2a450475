import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { processorMsOf } from "#test/support/processor-time.ts";
import { renderMath } from "./formula.tsx";
import { typeset } from "./typeset.ts";

function html(tex: string): string {
  const math = typeset(tex, true);
  return math === null ? "" : renderToStaticMarkup(renderMath(math));
}

describe("a formula", () => {
  it.each([
    "E = mc^2",
    String.raw`\frac{a}{b} + \sqrt[3]{x} \le \int_0^\infty e^{-x^2}\,dx = \frac{\sqrt{\pi}}{2}`,
    String.raw`\begin{aligned} a &= b + c \\ &= d \end{aligned}`,
    String.raw`\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}`,
    String.raw`f(x) = \begin{cases} 1 & \text{if } x < 0 \\ 0 & \text{else} \end{cases}`,
    String.raw`\boxed{\cancel{x}} \vec{v} \hat{y} \mathbb{R} \mathcal{L} \pmb{b} \color{red}{r} \tag{1}`,
    String.raw`\sum_{i=1}^{n} i = \frac{n(n+1)}{2} \implies \lim_{n \to \infty} \dots`,
    String.raw`\left\| x \right\| \operatorname{argmax}_x \overbrace{a+b}^{c} \binom{n}{k} \pmod 5`,
  ])("is typeset: %s", (tex) => {
    expect(html(tex)).toMatch(/^<math[ >].*<\/math>$/);
  });

  it.each([
    [String.raw`\text{total_cost} = \text{50% of R&D #1}`, ["total_cost", "50% of R&amp;D #1"]],
    [String.raw`\texttt{1_2} + \textrm{a\_b} + \text{c\%}`, ["_", "a_b", "c%"]],
    [String.raw`\textcolor{#f00}{x_1}`, ["x1"]],
  ])("shows the words of a \\text unchanged: %s", (tex, words) => {
    const text = html(tex)
      .replaceAll("\u00a0", " ")
      .replaceAll(/<[^>]*>/g, "");
    for (const each of words) expect(text).toContain(each);
  });

  it.each([String.raw`\frac{a}{`, String.raw`\notacommand`, "a & b", String.raw`\left( x`])(
    "is rejected if it is invalid: %j",
    (tex) => {
      expect(html(tex)).toBe("");
    },
  );

  it.each([
    String.raw`\href{javascript:alert(1)}{x}`,
    String.raw`\url{https://evil.example}`,
    String.raw`\includegraphics{https://evil.example/1.png}`,
    String.raw`\htmlData{a=b}{x}`,
    String.raw`\style{background:url(https://evil.example)}{x}`,
    String.raw`\class{a}{x}`,
    String.raw`\id{page}{x}`,
    String.raw`\ref{a}`,
    String.raw`\color{url(https://evil.example)}{x}`,
    String.raw`\text{</math><script>alert(1)</script>}\href{x}{y}`,
    String.raw`\def\a{\a\a}\a`,
    String.raw`\gdef\a{xxxxxxxxxx}\a`,
    String.raw`\newcommand{\a}{x}\a`,
    String.raw`\let\a=\b`,
    String.raw`\csname def\endcsname\a{x}`,
  ])("is rejected if it loads, links or defines: %s", (tex) => {
    expect(html(tex)).toBe("");
  });

  it("is rejected within 300 ms of processor time if it is too deep or too large", () => {
    const deep = ["\\sqrt{", "\\frac{1}{", "x^{", "\\left(", "\\begin{matrix}"].map((piece) =>
      piece.repeat(2_000 / piece.length),
    );
    for (const tex of [
      ...deep,
      "x^".repeat(999),
      `${"\\sqrt{".repeat(90)}x${"}".repeat(90)}`,
      "x ".repeat(2_500),
    ]) {
      expect(processorMsOf(() => expect(html(tex)).toBe(""))).toBeLessThan(300);
    }
  });

  it("has only attributes of MathML", () => {
    const drawn = html(
      String.raw`\text{<img src=x onerror=alert(1)> "quoted"} \rule{9999em}{9999em} \label{page} \raisebox{500em}{x}`,
    );
    expect(drawn).toContain("&lt;img");
    expect(drawn).not.toMatch(/<(?!\/?m[a-z]+[ >])/);
    expect(drawn).not.toMatch(/\d{3,}em/);
    expect(drawn).not.toMatch(/ (?:id|href|src|on\w+)=/);
  });
});
