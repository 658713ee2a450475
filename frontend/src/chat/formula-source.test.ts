import { describe, expect, it } from "vitest";
import { hideFormulas, readFormula, restoreFormulas } from "./formula-source.ts";

/** The formulas that are found in a text. */
function found(markdown: string) {
  return [...hideFormulas(markdown).matchAll(/(`+)(\ue0f0[\s\S]*?)\1(?!`)/g)].map(
    ([, , code = ""]) => readFormula(code)?.text,
  );
}

describe("a formula", () => {
  it.each([
    [String.raw`so \(x^2\) is`, [String.raw`\(x^2\)`]],
    [String.raw`\[ x \]`, [String.raw`\[ x \]`]],
    ["so $x^2$, and $y$.", ["$x^2$", "$y$"]],
    ["($x$)", ["$x$"]],
    ["$$x$$", ["$$x$$"]],
    ["so $$x$$ is", ["$$x$$"]],
    ["$$\na\n- b\n$$", ["$$ a - b $$"]],
    [
      "$$\\begin{aligned}\na &= b\n\\end{aligned}$$",
      ["$$\\begin{aligned} a &= b \\end{aligned}$$"],
    ],
    ["> $$\n> a\n> = b\n> $$", ["$$ a = b $$"]],
    ["$$\na\n> b\n$$", ["$$ a > b $$"]],
    ["1. so\n   \\[\n   x\n   \\]", ["\\[ x \\]"]],
    [
      String.raw`\[ \begin{matrix} a \\[2pt] b \end{matrix} \]`,
      [String.raw`\[ \begin{matrix} a \\[2pt] b \end{matrix} \]`],
    ],
    ["| a | b |\n|---|---|\n| $|x|$ | $y$ |", [String.raw`$\vert x\vert $`, "$y$"]],
    ["a ` b $x$", ["$x$"]],
    [String.raw`costs \$5, and $x$`, ["$x$"]],
  ])("is found in %j", (markdown, formulas) => {
    expect(found(markdown)).toEqual(formulas);
  });

  it.each([
    "from $5 and $6",
    "$5-$6, $5–$6, $5/$6, ($5)/($6), US$5 or A$6",
    "| $5 | $6 |",
    "$PATH:$HOME, $HOME/$USER, $a and $b",
    String.raw`\$x\$ and \\(x\\)`,
    "`$x$` and ``a ` $x$``",
    "```sh\necho $a$ $$\n```",
    "- ~~~\n  $$x$$\n  ~~~",
    "```tex\n$$x$$",
    "[a](https://example.com/$a$)",
    "<https://example.com/?$a$>",
    "$$ is the number of the shell",
    "$$$$",
    "$",
  ])("is not found in %j", (markdown) => {
    expect(hideFormulas(markdown)).toBe(markdown);
  });

  it("is known without its delimiters", () => {
    for (const text of ["$x$", "$$x$$", "\\(x\\)", "\\[x\\]"]) {
      const [code = ""] = hideFormulas(text).match(/\ue0f0[^`]*/) ?? [];
      expect(readFormula(code)).toEqual({ text, tex: "x", isDisplay: /^(\$\$|\\\[)/.test(text) });
    }
    expect(readFormula("x")).toBeNull();
  });

  it("that is being written is one already when it stands on a line of its own", () => {
    const text = "$$\n\\frac{a}{b}\n- c";
    for (let length = 4; length <= text.length; length += 1) {
      const [source] = found(text.slice(0, length));
      expect(source?.startsWith("$$ ")).toBe(true);
    }
    expect(readFormula("\ue0f0$$ x")).toEqual({ text: "$$ x", tex: null, isDisplay: true });
    expect(readFormula("\ue0f0\\[ x")).toEqual({ text: "\\[ x", tex: null, isDisplay: true });
  });

  it("is what it was where Markdown makes code or a name of it", () => {
    expect(restoreFormulas(hideFormulas("    echo $a$ $$b$$"))).toBe("    echo $a$ $$b$$");
    expect(restoreFormulas("\ue0f0$a$")).toBe("$a$");
  });
});

it.each(["\\(", "\\[", "$$", "$a", "`$", "<a$", "](", "```\n"])(
  "16 KB of %j are read in a moment",
  (piece) => {
    const text = piece.repeat(16_000 / piece.length);
    const began = performance.now();
    hideFormulas(text);
    expect(performance.now() - began).toBeLessThan(300);
  },
);
