import { build } from "esbuild";
import temml from "temml";
import { beforeAll, describe, expect, it } from "vitest";
import { type MathElement, typeset } from "./typeset.ts";

/** A command in the tables of Temml 0.13.5. */
interface Command {
  numArgs: number;
  numOptionalArgs: number;
  argTypes?: string[];
}

interface Tables {
  functions: Record<string, Command>;
  environments: Record<string, Command>;
  symbols: { math: object; text: object };
  macros: object;
}

/** Commands that work only together with others, each in a complete formula. */
const companions: Record<string, string> = {
  "\\hline": String.raw`\begin{array}{c}\hline a\\\hline\end{array}`,
  "\\hdashline": String.raw`\begin{array}{c}\hdashline a\\\end{array}`,
  "\\bordermatrix": String.raw`\bordermatrix{a & b \cr c & d}`,
  "\\matrix": String.raw`\matrix{a & b \cr c & d}`,
  "\\middle": String.raw`\left( a \middle| b \right)`,
  "\\left": String.raw`\left( a \right]`,
  "\\right": String.raw`\left. a \right\rangle`,
  "\\(": String.raw`\text{a \(b\) c}`,
  "\\)": String.raw`\text{a \(b\) c}`,
  $: "\\text{a $b$ c}",
  "\\begin": String.raw`\begin{cases} a & b \end{cases}`,
  "\\end": String.raw`\begin{cases} a & b \end{cases}`,
  "\\sideset": String.raw`\sideset{_a^b}{_c^d}\sum`,
  "\\sfrac": String.raw`\sfrac{a}{b}`,
  "\\verb": String.raw`\verb|a|`,
  bordermatrix: String.raw`\bordermatrix{a & b \cr c & d}`,
  subarray: String.raw`\sum_{\begin{subarray}{l} a \\ b \end{subarray}}`,
  CD: String.raw`\begin{CD} A @>a>> B \\ @VbVV @AAcA \\ C @= D \end{CD}`,
};
for (const size of ["big", "Big", "bigg", "Bigg"]) {
  for (const side of ["", "l", "r", "m"]) companions[`\\${size}${side}`] = `\\${size}${side}( a`;
}

/** Commands without a test: Temml refuses them in untrusted text, or they define, or they work only inside others. */
const without = new Set(
  "\\class \\id \\style \\data \\includegraphics \\href \\url \\ref \\eqref \\def \\gdef \\edef \\xdef \\global \\long \\let \\futurelet \\newcommand \\renewcommand \\providecommand \\definecolor \\@char \\pres@cript \\]".split(
    " ",
  ),
);

let tables: Tables;

beforeAll(async () => {
  // Temml's sources import files without extensions, so that only a bundler can read them.
  const { outputFiles } = await build({
    stdin: {
      contents: ["functions", "environments", "symbols", "macros"]
        .map((name) => `export { default as ${name} } from "temml/src/${name}.js";`)
        .join("\n"),
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    write: false,
    format: "esm",
  });
  const code = Buffer.from(outputFiles[0]?.contents ?? "").toString("base64");
  tables = await import(/* @vite-ignore */ `data:text/javascript;base64,${code}`);
});

describe("the page keeps all of Temml's", () => {
  it("environments", () => {
    const names = Object.keys(tables.environments);
    expect(names.length).toBeGreaterThan(30);
    expect(names.filter((name) => compareAll(environmentTexts(name)) === 0)).toEqual([]);
  });

  it("commands", () => {
    const names = Object.keys(tables.functions).filter((name) => !without.has(name));
    expect(names.length).toBeGreaterThan(380);
    const undrawn = names.filter((name) => {
      const command = tables.functions[name];
      return command !== undefined && compareAll(commandTexts(name, command)) === 0;
    });
    expect(undrawn).toEqual([]);
  });

  it("symbols and macros", () => {
    const { symbols, macros } = tables;
    const names = [
      ...Object.keys(symbols.math),
      ...Object.keys(symbols.text),
      ...Object.keys(macros),
    ];
    expect(names.length).toBeGreaterThan(2_000);
    for (const name of names) {
      compareAll([
        `a ${name} b`,
        `${name}{x}`,
        `${name}{x}{y}`,
        `\\text{a ${name} b}`,
        `${name}_a^b`,
      ]);
    }
  });
});

it.each([
  String.raw`\begin{align} a &= b \\ &= c \end{align}`,
  String.raw`\begin{equation} E = mc^2 \tag{7} \end{equation}`,
  String.raw`\begin{gather} a \\ b \label{x} \end{gather}`,
  String.raw`\begin{alignat}{2} a &= b & c &= d \end{alignat}`,
  String.raw`\begin{multline} a \\ b \end{multline}`,
  String.raw`\begin{vmatrix} a & b \\ c & d \end{vmatrix}`,
  String.raw`\genfrac(]{2pt}{0}{a}{b} \big( \Bigg\|`,
  String.raw`\color{red}{x} \textcolor{#f00}{y} \colorbox{yellow}{z}`,
])("typeset renders %s", (tex) => {
  expect(compareAll([tex])).toBeGreaterThan(0);
  // Also within a paragraph, where Temml itself refuses some.
  expect(typeset(tex, false)).not.toBeNull();
});

function environmentTexts(name: string): string[] {
  const bodies = [
    "a & b \\\\ c & d",
    "a \\\\ b",
    "a \\tag{1} \\\\ b \\notag",
    "\\hline a",
    "a \\label{x}",
  ];
  const begins = ["", "{cc}", "{c|c}", "{2}", "[t]", "[r]"];
  return [
    companions[name] ?? "",
    ...begins.flatMap((begin) =>
      bodies.map((body) => `\\begin{${name}}${begin}${body}\\end{${name}}`),
    ),
  ];
}

function commandTexts(
  name: string,
  { numArgs, numOptionalArgs, argTypes = [] }: Command,
): string[] {
  const samples: Record<string, string> = { color: "red", size: "1em", url: "https://example.com" };
  const types = Array.from({ length: numArgs }, (_, index) => argTypes[index + numOptionalArgs]);
  const given = ["x", "red", "1em", "0"].map((plain) =>
    types.map((type) => `{${samples[type ?? ""] ?? plain}}`).join(""),
  );
  return [
    companions[name] ?? "",
    ...given.flatMap((each) => [
      `${name}${each}`,
      `x ${name}${each} y`,
      `{${name}${each} x}`,
      `${name}${each}_a^b`,
      `\\text{${name}${each}}`,
    ]),
    `${name}[1em]{x}{y}`,
    `\\left${name} x \\right${name}`,
  ];
}

/** Returns how many of the texts Temml accepts. Fails if the page renders one of them differently. */
function compareAll(texts: string[]): number {
  let drawn = 0;
  for (const tex of texts.filter((text) => text !== "")) {
    for (const isDisplay of [true, false]) {
      const markup = renderToString(tex, isDisplay);
      if (markup === null || /<a[ >]/.test(markup)) continue;
      drawn += 1;
      const math = typeset(tex, isDisplay);
      const tags = [...markup.matchAll(/<([a-z]+)((?: [a-z-]+="[^"]*")*)>/g)];
      const emitted = tags.map(([, name = "", given = ""]) => describeTag(name, namesOf(given)));
      expect({ tex, elements: math && elementsOf(math) }).toEqual({ tex, elements: emitted });
    }
  }
  return drawn;
}

function renderToString(tex: string, displayMode: boolean): string | null {
  try {
    return temml.renderToString(tex, {
      displayMode,
      throwOnError: true,
      wrap: "tex",
      maxSize: [20, 240],
      maxExpand: 300,
    });
  } catch {
    return null;
  }
}

const namesOf = (given: string) => [...given.matchAll(/ ([a-z-]+)=/g)].map(([, name = ""]) => name);

/** Returns a tag as the page renders it: without `id`, and with `mtext` for `span`. */
function describeTag(name: string, attributes: string[]): string {
  const kept = attributes.filter((each) => each !== "id").toSorted();
  return [name === "span" ? "mtext" : name, ...kept].join(" ");
}

function elementsOf({ name, props, children }: MathElement): string[] {
  const attributes = Object.keys(props).map((each) => (each === "className" ? "class" : each));
  const inner = children.flatMap((child) => (typeof child === "string" ? [] : elementsOf(child)));
  return [describeTag(name, attributes), ...inner];
}
