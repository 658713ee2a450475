import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type ESTree, parseSync, Visitor } from "vite";
import { beforeAll, describe, expect, it } from "vitest";
import { sentenceInGerman } from "./document-sentences-german.ts";

const lib = join(import.meta.dirname, "../../../lib");

/** Sentences of the API, which the page translates by the type of the problem, and of errors for the log. */
const notOfFiles = /^(refused-change|require-documents)\.ts$|^embeddings\//;

/** The sentences about files in the service's code. Each value is a `*`. */
const sentences = new Set<string>();
/** The English words that stand for a `*`, each with a sentence. */
const words = new Map<string, string>();

beforeAll(async () => {
  const folder = join(lib, "documents");
  for await (const file of glob("**/*.ts", { cwd: folder })) {
    if (file.endsWith(".test.ts") || notOfFiles.test(file)) continue;
    collect(await readFile(join(folder, file), "utf8"));
  }
  collect(await readFile(join(lib, "platform/html/parse-html.ts"), "utf8"));
});

describe("a sentence about a file", () => {
  it("has a German form, if the service can store it", () => {
    // A sentence that this test overlooks shows as a smaller number.
    expect(sentences.size).toBeGreaterThanOrEqual(53);
    expect(words.size).toBeGreaterThanOrEqual(35);
    expect([...sentences].filter((sentence) => isEnglish(sentence.replaceAll("*", "7")))).toEqual(
      [],
    );
  });

  it("has a German form of each word in it", () => {
    const untranslated = [...words].filter(([word, sentence]) =>
      sentenceInGerman(sentence).includes(word.replace(/^no /, "")),
    );
    expect(untranslated).toEqual([]);
  });

  it("leaves the table when the service no longer has it, like a word in it", async () => {
    const keys: string[] = [];
    const source = await readFile(
      join(import.meta.dirname, "document-sentences-german.ts"),
      "utf8",
    );
    new Visitor({
      Property({ key }) {
        keys.push(key.type === "Identifier" ? key.name : textOf(key));
      },
    }).visit(parseSync("table.ts", source).program);
    expect(keys.filter((key) => !sentences.has(key) && !words.has(key))).toEqual([]);
  });

  it.each([
    ["The file is protected by a password.", "Die Datei ist durch ein Passwort geschützt."],
    ["The document has more than 2,000 pages.", "Das Dokument hat mehr als 2.000 Seiten."],
    ["The document has too many elements.", "Das Dokument hat zu viele Elemente."],
    [
      "The file's name ends in .pdf, but the file is a Word document.",
      "Der Name der Datei endet auf .pdf, aber die Datei ist ein Word-Dokument.",
    ],
    [
      "The file is damaged or no Excel workbook.",
      "Die Datei ist beschädigt oder keine Excel-Arbeitsmappe.",
    ],
    [
      "The file is not a presentation, or its main part is missing.",
      "Die Datei ist keine Präsentation, oder ihr Hauptteil fehlt.",
    ],
    [
      "Page 3 holds no text. It is probably scanned.",
      "Seite 3 enthält keinen Text und ist vermutlich eingescannt.",
    ],
    [
      "Slides 1, 3 to 5 and 9 are hidden and were left out.",
      "Folien 1, 3 bis 5 und 9 sind ausgeblendet und wurden ausgelassen.",
    ],
    ["Slide 2 holds no text.", "Folie 2 enthält keinen Text."],
    [
      "Text that cannot be seen on pages 1 and 2 was left out.",
      "Text, der nicht zu sehen ist, wurde ausgelassen: Seiten 1 und 2.",
    ],
    [
      "The hidden sheets “Costs to date”, “R and D” were left out.",
      "Die ausgeblendeten Blätter „Costs to date“, „R and D“ wurden ausgelassen.",
    ],
    [
      "The file stores no result for 1 formula of the sheet “Sum”.",
      "Die Datei enthält kein Ergebnis für 1 Formel des Blatts „Sum“.",
    ],
  ])("%s", (english, german) => {
    expect(sentenceInGerman(english)).toBe(german);
  });

  it("stays as it is, if the page does not know it", () => {
    expect(sentenceInGerman("The file is blue.")).toBe("The file is blue.");
  });
});

describe("the search for sentences", () => {
  it.each([
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a source text
    ["throw new DocumentFault(`The page ${page} is blue.`)", ["The page * is blue."]],
    ['notes.push("It is blue.")', ["It is blue."]],
    ['throw new Error("It is blue.")', []],
  ])("in %s", (source, expected) => {
    const found = new Set<string>();
    collect(source, found, new Map());
    expect([...found]).toEqual(expected);
  });
});

const isEnglish = (sentence: string) => sentenceInGerman(sentence) === sentence;
const isSentence = (text: string) => /^[A-Z*].* .*\.$/s.test(text);

/** Adds the sentences of a file, and the words that the file puts into sentences. */
function collect(source: string, found = sentences, foundWords = words): void {
  const { program, errors } = parseSync("source.ts", source);
  expect(errors).toEqual([]);
  const ofTheLog = new Set<ESTree.Node>();
  const keep = (node: ESTree.Node) => {
    if (!ofTheLog.has(node) && isSentence(textOf(node))) found.add(textOf(node));
  };
  const limited = (thing: string) =>
    foundWords.set(thing, `The document has more than 2,000 ${thing}.`);
  const kind = (is: string) =>
    foundWords.set(is, `The file's name ends in .txt, but the file is ${is}.`);
  const format = (name: string) =>
    foundWords.set(`no ${name}`, `The file is damaged or no ${name}.`);
  const product = (name: string) =>
    foundWords.set(`no ${name}`, `The file is not a ${name}, or its main part is missing.`);
  const fault = (is: string) => foundWords.set(is, `The document ${is}.`);
  new Visitor({
    NewExpression({ callee, arguments: [text] }) {
      if (text === undefined || callee.type !== "Identifier") return;
      if (callee.name === "TooMuch") fault(textOf(text));
      if (callee.name.endsWith("Error")) ofTheLog.add(text);
    },
    CallExpression({ callee, arguments: [, things] }) {
      if (callee.type !== "Identifier" || callee.name !== "moreThan") return;
      if (things !== undefined) limited(textOf(things));
    },
    VariableDeclarator({ id, init }) {
      if (id.type !== "Identifier" || id.name !== "binaryFormats") return;
      if (init?.type !== "ObjectExpression") throw new Error("binaryFormats is no object.");
      for (const property of init.properties)
        if (property.type === "Property") format(textOf(property.value));
    },
    Property({ key, value }) {
      if (key.type !== "Identifier" || value.type !== "Literal") return;
      if (key.name === "is") kind(textOf(value));
      if (key.name === "product") product(textOf(value));
    },
    Literal: keep,
    TemplateLiteral: keep,
  }).visit(program);
}

/** Returns the text of a literal, or of a template with a `*` for each value. */
function textOf(node: ESTree.Node): string {
  if (node.type === "Literal") return String(node.value);
  if (node.type === "TemplateLiteral")
    return node.quasis.map(({ value }) => value.cooked).join("*");
  throw new Error(`A sentence is no literal, but a ${node.type}.`);
}
