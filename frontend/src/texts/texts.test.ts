import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type ESTree, parseSync, Visitor } from "vite";
import { describe, expect, it } from "vitest";
import { ToolCall, TurnStatus } from "#lib/contract/chat.ts";
import { problemTitles } from "#lib/contract/problem-titles.ts";
import { english } from "./english.ts";
import { german } from "./german.ts";

const spokenAttributes =
  /^(aria-(label|description|placeholder|roledescription|valuetext)|alt|label|placeholder|title)$/;

describe("the page", () => {
  it("holds no text of its own: all that a person can see or hear comes from the catalogue", async () => {
    const root = join(import.meta.dirname, "..");
    const found: string[] = [];
    for await (const file of glob("**/*.tsx", { cwd: root })) {
      for (const text of visibleTexts(await readFile(join(root, file), "utf8"))) {
        found.push(`${file}: ${text}`);
      }
    }
    expect(found).toEqual([]);
  });

  it.each([
    ["<p>Hello</p>", "Hello"],
    ['<p>{isOpen && "Hello"}</p>', "Hello"],
    ['<p>{isOpen ? "Hello" : text}</p>', "Hello"],
    ["<p>{`Hello`}</p>", "Hello"],
    ['<p aria-label="Hello" />', "Hello"],
    ['<input placeholder={isOpen ? "Hello" : ""} />', "Hello"],
    ['<p>{names.map((name) => <b title="Hello">{name}</b>)}</p>', "Hello"],
  ])("would be caught with %s", (source, text) => {
    expect(visibleTexts(source)).toEqual([text]);
  });

  it("may hold names, signs and what is given to it", () => {
    const source =
      '<p className="aside" role="status"> · {text} {words[state === "done" ? 0 : 1]}</p>';
    expect(visibleTexts(source)).toEqual([]);
  });
});

describe("the catalogue", () => {
  it("has no text that nobody asks for", async () => {
    const root = join(import.meta.dirname, "..");
    const files = await Array.fromAsync(glob("**/*.{ts,tsx}", { cwd: root }));
    const askers = files.filter((file) => !/^texts\/(english|german)|\.test\./.test(file));
    const sources = await Promise.all(askers.map((file) => readFile(join(root, file), "utf8")));
    // Looked up by names that come over the wire.
    const byWire: Record<string, string[]> = {
      problems: [...Object.keys(problemTitles), "unreachable", "unreadable"],
      "tools.names": ["calculator", "current_time"],
      "tools.states": ToolCall.entries.state.options.slice(),
      "export.states": TurnStatus.options.slice(),
    };
    const isAsked = (path: string) => {
      const [, group = "", name = ""] = path.match(/^(?:(.*)\.)?(.*)$/) ?? [];
      const asked = byWire[group]?.includes(name);
      return asked ?? sources.some((source) => new RegExp(`\\b${name}\\b`).test(source));
    };
    expect(leaves(english).filter(([path]) => !/\d$/.test(path) && !isAsked(path))).toEqual([]);
  });
});

describe("German", () => {
  it("is nowhere English left as it was", () => {
    const inEnglish = new Map(leaves(english));
    const same = leaves(german).filter(
      ([path, text]) => text === inEnglish.get(path) && /\p{L}/u.test(text),
    );
    const mayBeSame = /^(product|.*\.(system|code|milliseconds|seconds|minutes))$/;
    expect(same.map(([path]) => path).filter((path) => !mayBeSame.test(path))).toEqual([]);
  });
});

/** The literal texts that JSX puts on the page: between tags, and in attributes that are shown or spoken. */
function visibleTexts(source: string): string[] {
  const { program, errors } = parseSync("component.tsx", source);
  expect(errors).toEqual([]);
  const texts: string[] = [];
  const keepChildren = ({ children }: { children: ESTree.JSXChild[] }) => {
    texts.push(...children.flatMap(literalsOf));
  };
  new Visitor({
    JSXElement: keepChildren,
    JSXFragment: keepChildren,
    JSXAttribute({ name, value }) {
      const isSpoken = name.type === "JSXIdentifier" && spokenAttributes.test(name.name);
      if (isSpoken && value !== null) texts.push(...literalsOf(value));
    },
  }).visit(program);
  return texts.map((text) => text.trim()).filter((text) => /\p{L}/u.test(text));
}

/** What an expression may come to, as far as that stands in it; what only chooses is not shown. */
function literalsOf(node: ESTree.Node): string[] {
  switch (node.type) {
    case "JSXText":
      return [node.value];
    case "Literal":
      return typeof node.value === "string" ? [node.value] : [];
    case "TemplateLiteral":
      return node.quasis.map(({ value }) => value.raw);
    case "JSXExpressionContainer":
      return literalsOf(node.expression);
    case "ConditionalExpression":
      return [...literalsOf(node.consequent), ...literalsOf(node.alternate)];
    case "LogicalExpression":
      return [...literalsOf(node.left), ...literalsOf(node.right)];
    default:
      return [];
  }
}

/** Every text of a catalogue with the way to it; those with values are called with some. */
function leaves(texts: object, way = ""): [string, string][] {
  return Object.entries(texts).flatMap(([name, value]): [string, string][] => {
    const path = way === "" ? name : `${way}.${name}`;
    if (typeof value === "string") return [[path, value]];
    if (typeof value === "function") return [[path, String(value(7, 7))]];
    return leaves(value, path);
  });
}
