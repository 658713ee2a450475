import * as fc from "fast-check";
import type { Nodes } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import type { Construct, Extension } from "micromark-util-types";
import { beforeAll, describe, expect, it } from "vitest";
import { readFormula } from "./formula-source.ts";
import { formulaSyntax } from "./formula-syntax.ts";
import { loadRareMarkdown } from "./load-rare-markdown.ts";
import { parseMarkdown } from "./markdown-syntax.ts";

beforeAll(loadRareMarkdown);

/** Returns the formulas that the parser finds, each in one line. */
function found(markdown: string): string[] {
  return formulasIn(parseMarkdown(markdown)).map((text) => text.replace(/\s*\n\s*/g, " "));
}

function formulasIn(node: Nodes): string[] {
  if (node.type === "formula" || node.type === "formulaBlock") return [node.value];
  return "children" in node ? node.children.flatMap(formulasIn) : [];
}

describe("a formula", () => {
  it.each([
    [String.raw`so \(x^2\) is`, [String.raw`\(x^2\)`]],
    [String.raw`\[ x \]`, [String.raw`\[ x \]`]],
    ["so $x^2$, and $y$.", ["$x^2$", "$y$"]],
    ["($x$)", ["$x$"]],
    ["$$x$$", ["$$x$$"]],
    ["so $$x$$ is", ["$$x$$"]],
    ["$$x$$, and", ["$$x$$"]],
    ["so $$ x^2 $$ is", ["$$ x^2 $$"]],
    ["$$ ab $$", ["$$ ab $$"]],
    ["$$ x = 1 $$", ["$$ x = 1 $$"]],
    ["$2xy + 3ab = cd$ and $5x + y$", ["$2xy + 3ab = cd$", "$5x + y$"]],
    ["$$\na\n- b\n$$", ["$$ a - b $$"]],
    ["so\n$$\na\n=\nb\n$$\nand", ["$$ a = b $$"]],
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
    ["| a | b |\n|---|---|\n| $|x|$ | $y$ |", ["$|x|$", "$y$"]],
    ["| a | b |\n|---|---|\n| \\(P(A|B)\\) | $P(A|B)$ |", ["\\(P(A|B)\\)", "$P(A|B)$"]],
    ["a ` b $x$", ["$x$"]],
    [String.raw`costs \$5, and $x$`, ["$x$"]],
    ["costs $5 if $x$ holds", ["$x$"]],
    ["设$x$为正数，则$x^2>0$。", ["$x$", "$x^2>0$"]],
    ["$5$ and $0.5$ and $.5$ and $2 \\sin x$", ["$5$", "$0.5$", "$.5$", "$2 \\sin x$"]],
    ["$3 \\text{ apples}$, $100\\,\\mathrm{km}$", ["$3 \\text{ apples}$", "$100\\,\\mathrm{km}$"]],
    ["$[0, 1)$ **$x$** [$y$](https://example.com)", ["$[0, 1)$", "$x$", "$y$"]],
    [String.raw`\(n \log n\) and \(abc\)`, [String.raw`\(n \log n\)`, String.raw`\(abc\)`]],
  ])("is found in %j", (markdown, formulas) => {
    expect(found(markdown)).toEqual(formulas);
  });

  it.each([
    "from $5 and $6",
    "$5-$6, $5–$6, $5/$6, ($5)/($6), US$5 or A$6",
    "from $5 to 10$ a month, $20 in US$ only",
    "5$ and 10$, $1M–$2M, $1,000.00–$2,000.00",
    "| $5 | $6 |",
    "$PATH:$HOME, $HOME/$USER, $a and $b",
    "$(pwd)/$(date)",
    String.raw`$\{HOME}/$\{USER} and $\{a}$`.replaceAll("\\", ""),
    "echo $((1+2)) $? $! $1,$2 $@ $#",
    '$(this).hide(); $(".a").on($(".b")); $.ajax/$.get',
    "$this->foo($bar), [$a,$b], $A$1:$B$2",
    "make: $@:$< and sed -n '$p;$!d' and s/$a/$b/",
    "^foo$|^bar$ and [a-z]$|^[0-9]$",
    "kill $$; echo $$",
    "from $$ to $$$",
    "the $$ sign and the $$ sign",
    String.raw`\$x\$ and \\(x\\)`,
    String.raw`\[citation needed\] and \(see below\)`,
    "`$x$` and ``a ` $x$``",
    "```sh\necho $a$ $$\n```",
    "- ~~~\n  $$x$$\n  ~~~",
    "```tex\n$$x$$",
    "    echo $a$ $$b$$",
    "[a](https://example.com/$a$)",
    "<https://example.com/?$a$>",
    "https://example.com/$a$",
    '<a title="$x$">',
    "$$ is the number of the shell",
    "$$$$",
    "$",
    "$a\nb$",
    "$a `$` b",
  ])("is not found in %j", (markdown) => {
    expect(found(markdown)).toEqual([]);
  });

  it("is found between any words, unlike money and variables of a shell", () => {
    const word = fc.constantFrom(
      "so",
      "(and",
      "the sum,",
      "price:",
      "是",
      "mit",
      "5 %",
      "a_b",
      "—",
    );
    const money = fc.oneof(
      fc.integer({ min: 1, max: 99_999 }).map((amount) => `$${amount.toLocaleString("en")}`),
      fc.constantFrom(
        "$5k",
        "$1.50",
        "US$7",
        "$3–$4",
        "$2/$3",
        "$HOME",
        "$(ls)",
        "$".concat("{a}/$", "{b}"),
      ),
    );
    const formula = fc
      .array(fc.constantFrom("x", "2", "^2", "_i", "+", "\\frac{a}{b}", " = y", "\\$", "|z|"), {
        minLength: 1,
      })
      .map((parts) => `$x${parts.join("")}y$`);
    const part = fc.oneof(
      word,
      money,
      formula.map((text) => ({ text })),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const text = parts.map((each) => (typeof each === "string" ? each : each.text)).join(" ");
        const formulas = parts.flatMap((each) => (typeof each === "string" ? [] : each.text));
        expect(found(`Text: ${text}`)).toEqual(formulas);
      }),
    );
  });

  it.each(["$x$", "$$x$$", "\\(x\\)", "\\[x\\]"])("%s is read without its delimiters", (text) => {
    const isDisplay = /^(\$\$|\\\[)/.test(text);
    expect(readFormula(`${text}, so`)).toEqual({
      formula: { text, tex: "x", isDisplay },
      rest: ", so",
    });
  });

  it("is found before its closing delimiter arrives, if it has its own line", () => {
    const text = "$$\n\\frac{a}{b}\n- c";
    for (let length = 2; length <= text.length; length += 1) {
      const [source = ""] = formulasIn(parseMarkdown(text.slice(0, length)));
      expect(readFormula(source).formula).toMatchObject({ tex: null, isDisplay: true });
    }
    expect(found("\\[ x")).toEqual(["\\[ x"]);
  });

  it("without a closing delimiter ends before the next paragraph or code", () => {
    expect(found("$$\na\n\nb")).toEqual(["$$ a"]);
    expect(found("\\[\na\n```\n$x$\n```")).toEqual(["\\[ a"]);
  });
});

it.each([
  "\\(",
  "\\[",
  "\\[\n",
  "$$",
  "$$\n",
  "$a",
  "$a ",
  "`$`",
  "<a$",
  "](",
  "\\",
  "| $a \\( |\n",
])("the parser's steps for %j grow linearly with the text", (piece) => {
  const short = steps(piece.repeat(400 / piece.length));
  const long = steps(piece.repeat(4_000 / piece.length));
  expect(long).toBeLessThanOrEqual(10.5 * short + 100);
});

it("the parser's steps for 32,000 backticks grow linearly with the text", () => {
  const text = (length: number) => `\`\`\`\n$x$ \ue0f0\n${"`".repeat(length)}`;
  expect(steps(text(32_000))).toBeLessThanOrEqual(10.5 * steps(text(3_200)) + 100);
});

/** Returns how many characters the formula tokenizers consume, counting repeated attempts. */
function steps(text: string): number {
  let count = 0;
  const counting = (construct: Construct): Construct => ({
    ...construct,
    tokenize(effects, ok, nok) {
      const consume: typeof effects.consume = (code) => {
        count += 1;
        effects.consume(code);
      };
      return construct.tokenize.call(this, { ...effects, consume }, ok, nok);
    },
  });
  const all = (constructs: Extension["text"]) =>
    Object.fromEntries(
      Object.entries(constructs ?? {}).map(([code, each]) => [
        code,
        [each ?? []].flat().map(counting),
      ]),
    );
  fromMarkdown(text, {
    extensions: [{ flow: all(formulaSyntax.flow), text: all(formulaSyntax.text) }],
  });
  return count;
}
