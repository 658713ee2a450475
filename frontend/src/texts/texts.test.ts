import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type ESTree, parseSync, Visitor } from "vite";
import { describe, expect, it } from "vitest";
import { Scope } from "#lib/contract/api-key.ts";
import { ToolCall, TurnStatus } from "#lib/contract/chat.ts";
import { Effort } from "#lib/contract/model-choice.ts";
import { problemTitles } from "#lib/contract/problem-titles.ts";
import { uploadProblemTypes } from "../documents/upload-problems.ts";
import { approvalEnglish } from "./approval-english.ts";
import { approvalGerman } from "./approval-german.ts";
import { codeLoginEnglish } from "./code-login-english.ts";
import { codeLoginGerman } from "./code-login-german.ts";
import { commandEnglish } from "./command-english.ts";
import { commandGerman } from "./command-german.ts";
import { demoEnglish } from "./demo-english.ts";
import { demoGerman } from "./demo-german.ts";
import { deviceEnglish } from "./device-english.ts";
import { deviceGerman } from "./device-german.ts";
import { diagramEnglish } from "./diagram-english.ts";
import { diagramGerman } from "./diagram-german.ts";
import { documentEnglish } from "./document-english.ts";
import { documentGerman } from "./document-german.ts";
import { editEnglish } from "./edit-english.ts";
import { editGerman } from "./edit-german.ts";
import { english } from "./english.ts";
import { german } from "./german.ts";
import { noteEnglish } from "./note-english.ts";
import { noteGerman } from "./note-german.ts";
import { operatorEnglish } from "./operator-english.ts";
import { operatorGerman } from "./operator-german.ts";
import { pageSettingsEnglish } from "./page-settings-english.ts";
import { pageSettingsGerman } from "./page-settings-german.ts";
import { programEnglish } from "./program-english.ts";
import { programGerman } from "./program-german.ts";
import { readingEnglish } from "./reading-english.ts";
import { readingGerman } from "./reading-german.ts";
import { resultEnglish } from "./result-english.ts";
import { resultGerman } from "./result-german.ts";
import { rowMenuEnglish } from "./row-menu-english.ts";
import { rowMenuGerman } from "./row-menu-german.ts";
import { settingsEnglish } from "./settings-english.ts";
import { settingsGerman } from "./settings-german.ts";
import { shareEnglish } from "./share-english.ts";
import { shareGerman } from "./share-german.ts";
import { traceEnglish } from "./trace-english.ts";
import { traceGerman } from "./trace-german.ts";
import { usageEnglish } from "./usage-english.ts";
import { usageGerman } from "./usage-german.ts";
import { welcomeEnglish } from "./welcome-english.ts";
import { welcomeGerman } from "./welcome-german.ts";

const spokenAttributes =
  /^(aria-(label|description|placeholder|roledescription|valuetext)|alt|label|placeholder|title)$/;

describe("the page", () => {
  it("takes every visible or spoken text from the catalogue", async () => {
    const root = join(import.meta.dirname, "..");
    const found: string[] = [];
    for await (const file of glob("**/*.{ts,tsx}", { cwd: root })) {
      if (file.endsWith(".test.ts")) continue;
      for (const text of visibleTexts(await readFile(join(root, file), "utf8"), file)) {
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
    ['element("p", {}, "Hello")', "Hello"],
    ['element("p", { role: "status" }, isOpen ? "Hello" : text)', "Hello"],
    ['element("input", { "aria-label": "Hello" })', "Hello"],
    ['line.append("Hello")', "Hello"],
    ['line.textContent = isOpen ? "Hello" : ""', "Hello"],
  ])("is caught with the literal text in %s", (source, text) => {
    expect(visibleTexts(source)).toEqual([text]);
  });

  it("may contain names, signs and values", () => {
    const source =
      '<p className="aside" role="status"> · {text} {words[state === "done" ? 0 : 1]}</p>';
    expect(visibleTexts(source)).toEqual([]);
  });
});

describe("the catalogue", () => {
  it("has no unused text", async () => {
    const root = join(import.meta.dirname, "..");
    const files = await Array.fromAsync(glob("**/*.{ts,tsx}", { cwd: root }));
    const catalogues = /^texts\/(\w+-)?(english|german)|\.test\./;
    const users = files.filter((file) => !catalogues.test(file));
    const sources = await Promise.all(users.map((file) => readFile(join(root, file), "utf8")));
    // The page looks these texts up by names from the wire.
    const byWire: Record<string, string[]> = {
      problems: [
        ...Object.keys(problemTitles),
        ...uploadProblemTypes,
        "branch_not_shown",
        "cookies_blocked",
        "unreachable",
        "unreadable",
      ],
      toolNames: Object.keys(english.tools.names),
      before: ["done", "failed", "unknown"],
      decided: ["approved", "denied", "expired", "void"],
      "link.over": ["approved", "denied", "expired", "void"],
      "tools.names": Object.keys(english.tools.names),
      "tools.states": [...ToolCall.entries.state.options, "approved", "expired", "void", "client"],
      errors: Object.keys(traceEnglish.errors),
      scopes: Scope.options.slice(),
      scopeNames: Scope.options.slice(),
      statuses: Object.keys(operatorEnglish.statuses),
      steps: Object.keys(traceEnglish.steps),
      // The names of the Web Speech API.
      "dictation.failed": Object.keys(readingEnglish.dictation.failed),
      "modelButton.efforts": Effort.options.slice(),
      efforts: Effort.options.slice(),
      "export.states": TurnStatus.options.slice(),
    };
    const isUsed = (path: string) => {
      const [, group = "", name = ""] = path.match(/^(?:(.*)\.)?(.*)$/) ?? [];
      const isByWire = byWire[group]?.includes(name);
      return isByWire ?? sources.some((source) => new RegExp(`\\b${name}\\b`).test(source));
    };
    const all = [
      english,
      approvalEnglish,
      usageEnglish,
      noteEnglish,
      documentEnglish,
      readingEnglish,
      resultEnglish,
      demoEnglish,
      editEnglish,
      traceEnglish,
      operatorEnglish,
      settingsEnglish,
      pageSettingsEnglish,
      programEnglish,
    ].flatMap((texts) => textsOf(texts));
    expect(all.filter(([path]) => !/\d$/.test(path) && !isUsed(path))).toEqual([]);
  });
});

describe("German", () => {
  const catalogues = [
    ["the page", english, german],
    ["the welcome", welcomeEnglish, welcomeGerman],
    ["decisions", approvalEnglish, approvalGerman],
    ["commands", commandEnglish, commandGerman],
    ["notes", noteEnglish, noteGerman],
    ["documents", documentEnglish, documentGerman],
    ["devices", deviceEnglish, deviceGerman],
    ["a login with a code", codeLoginEnglish, codeLoginGerman],
    ["links to conversations", shareEnglish, shareGerman],
    ["usage", usageEnglish, usageGerman],
    ["what a reader does", readingEnglish, readingGerman],
    ["tables, plots and sources", resultEnglish, resultGerman],
    ["diagrams", diagramEnglish, diagramGerman],
    ["the demo", demoEnglish, demoGerman],
    ["edited messages", editEnglish, editGerman],
    ["the menu of a row", rowMenuEnglish, rowMenuGerman],
    ["the waterfall", traceEnglish, traceGerman],
    ["the operators' page", operatorEnglish, operatorGerman],
    ["the settings of a conversation", settingsEnglish, settingsGerman],
    ["the settings", pageSettingsEnglish, pageSettingsGerman],
    ["programs", programEnglish, programGerman],
  ] as const;

  it.each(catalogues)("calls the reader of %s “du”", (_, __, germanTexts) => {
    // At the start of a sentence "Sie" also means "she" or "they".
    const formal = /(?<!^|[.:?!] )\b(?:Sie|Ihnen|Ihr\w*)\b/;
    expect(textsOf(germanTexts).filter(([, text]) => formal.test(text))).toEqual([]);
  });

  it.each(catalogues)("leaves no text of %s in English", (_, englishTexts, germanTexts) => {
    const inEnglish = new Map(textsOf(englishTexts));
    const same = textsOf(germanTexts).filter(
      ([path, text]) => text === inEnglish.get(path) && /\p{L}/u.test(text),
    );
    const mayBeSame =
      /^(product|sql|chats|code|list|.*\.(system|code|bytes|megabytes|seconds|minutes|Escape))$/;
    expect(same.map(([path]) => path).filter((path) => !mayBeSame.test(path))).toEqual([]);
  });
});

/** Returns the literal texts in elements, of React or of the DOM, and in attributes that browsers show or speak. */
function visibleTexts(source: string, file = "component.tsx"): string[] {
  const { program, errors } = parseSync(file, source);
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
    CallExpression({ callee, arguments: given }) {
      if (callee.type === "Identifier" && callee.name === "element") {
        const [, attributes, ...children] = given;
        texts.push(...children.flatMap(literalsOf));
        if (attributes?.type === "ObjectExpression") texts.push(...spokenProperties(attributes));
      }
      if (/^(append|replaceChildren)$/.test(memberName(callee)))
        texts.push(...given.flatMap(literalsOf));
    },
    AssignmentExpression({ left, right }) {
      if (memberName(left) === "textContent") texts.push(...literalsOf(right));
    },
  }).visit(program);
  return texts.map((text) => text.trim()).filter((text) => /\p{L}/u.test(text));
}

function spokenProperties({ properties }: ESTree.ObjectExpression): string[] {
  return properties.flatMap((property) => {
    if (property.type !== "Property") return [];
    const { key, value } = property;
    const name = key.type === "Identifier" ? key.name : literalsOf(key).join();
    return spokenAttributes.test(name) ? literalsOf(value) : [];
  });
}

/** Returns "b" for `a.b`, and "" for any other expression. */
function memberName(node: ESTree.Node): string {
  if (node.type !== "MemberExpression" || node.property.type !== "Identifier") return "";
  return node.property.name;
}

/** Returns the literals that an expression may evaluate to, without those of a condition. */
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

/** Returns each text of a catalogue with its path. Calls the functions with sample values. */
function textsOf(texts: object, parent = ""): [string, string][] {
  return Object.entries(texts).flatMap(([name, value]): [string, string][] => {
    const path = parent === "" ? name : `${parent}.${name}`;
    if (typeof value === "string") return [[path, value]];
    if (typeof value === "function") return [[path, String(value(7, 7))]];
    return textsOf(value, path);
  });
}
