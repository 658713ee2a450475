import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { buildPage, pageDirectory } from "#local/builds/page-build.ts";
import {
  gzippedBytes,
  startScripts,
  unaskedScripts,
  withImports,
} from "#test/support/page-scripts.ts";

const assets = join(pageDirectory, "assets");
let start: string[];
let chat: string[];
let transcript: string[];

beforeAll(async () => {
  await buildPage();
  start = await startScripts();
  chat = await withImports([await scriptOf("mount-chat")]);
  transcript = await withImports([await scriptOf("transcript")]);
});

/** Returns the built script of a source file, or of a group of libraries. */
async function scriptOf(source: string): Promise<string> {
  const found = (await readdir(assets)).filter((name) => sourceOf(name) === source);
  const [script] = found;
  if (script === undefined || found.length > 1) {
    throw new Error(`${source} has ${found.length} scripts.`);
  }
  return script;
}

/** Returns "mount-chat" for "mount-chat-Db4hOC5L.js". */
const sourceOf = (script: string) => script.replace(/-[\w-]{8}\.js$/, "");

const kilobytes = async (scripts: string[]) => (await gzippedBytes(scripts)) / 1_024;

it("the login page loads at most 12 KB of gzipped JavaScript", async () => {
  expect(await kilobytes(start)).toBeLessThanOrEqual(12);
});

it("the login page does not load React", async () => {
  const sources = await Promise.all(start.map((script) => readFile(join(assets, script), "utf8")));
  expect(sources.join()).not.toContain("react.");
});

it("a wide page with one finished conversation loads at most 149,000 bytes of gzipped JavaScript by itself", async () => {
  const scripts = await withImports(await Promise.all(unaskedScripts.map(scriptOf)));
  expect(scripts.map(sourceOf).sort()).toEqual([...unaskedScripts].sort());
  expect(await gzippedBytes(scripts)).toBeLessThanOrEqual(149_000);
});

it("the chat adds at most 98 KB before it paints", async () => {
  const added = chat.filter((script) => !start.includes(script));
  expect(await kilobytes(added)).toBeLessThanOrEqual(98);
});

it.each([
  ["list-content", 4.1],
  ["late-parts", 6.3],
  ["approvals", 5],
  ["german", 4],
  ["highlight", 23],
  ["typeset", 60],
  ["reading-tools", 9.4],
  ["spoken-answer", 3],
  ["dictate-button", 3.6],
  ["export-conversation", 1.25],
  ["usage-figures", 4],
  ["turn-trace", 4.3],
  ["note-list", 3],
  ["device-list", 7],
  ["settings-dialog", 4.7],
  ["key-list", 18.3],
  ["share-list", 3],
  ["table-result", 7],
  ["source-cards", 3],
  ["demo", 3],
  ["examples", 2],
  ["document-list", 17.1],
  ["document-view", 14],
  ["attachments", 14],
  ["document-sentences-german", 4],
  ["pdf-pages", 520],
  ["mark-words", 6],
  ["bind-documents", 3],
  ["document-tools", 4],
  ["diagram-view", 30],
])("%s adds at most %f KB to the chat", async (source, budget) => {
  const scripts = await withImports([await scriptOf(source)]);
  const added = scripts.filter((script) => ![...chat, ...transcript].includes(script));
  expect(added).not.toEqual([]);
  expect(await kilobytes(added)).toBeLessThanOrEqual(budget);
});

it("a plot adds at most 4 KB to its table", async () => {
  const table = await withImports([await scriptOf("table-result")]);
  const scripts = await withImports([await scriptOf("plots")]);
  const added = scripts.filter((script) => ![...chat, ...transcript, ...table].includes(script));
  expect(await kilobytes(added)).toBeLessThanOrEqual(4);
});

it("the page of an approval link adds at most 6.5 KB to the login, without React", async () => {
  const scripts = await withImports([await scriptOf("mount-approval")]);
  const added = scripts.filter((script) => !start.includes(script));
  expect(await kilobytes(added)).toBeLessThanOrEqual(6.5);
});

it("the operators' page shares no file with the chat, and loads at most 92,000 bytes of gzipped JavaScript", async () => {
  const html = await readFile(join(pageDirectory, "operator.html"), "utf8");
  const scripts = [...html.matchAll(/<script[^>]* src="\/assets\/([^"]+)"/g)].map(
    ([, name = ""]) => name,
  );
  expect(scripts).toHaveLength(2);
  expect(scripts.filter((name) => !name.startsWith("operator/"))).toEqual([]);
  for (const name of scripts) {
    // All imports of its build are relative to its folder.
    expect(await readFile(join(assets, name), "utf8")).not.toContain("../");
  }
  expect(await gzippedBytes(scripts)).toBeLessThanOrEqual(92_000);
});

it.each(["react", "markdown"])(
  "a change of our code leaves %s in the browser's cache",
  async (library) => {
    // A script's name holds the hash of its content, and the content holds the names of its imports.
    const imports = (await withImports([await scriptOf(library)])).map(sourceOf);
    expect(imports.filter((name) => name !== library)).toEqual(["rolldown-runtime"]);
  },
);
