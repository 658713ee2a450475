import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { buildPage, pageDirectory } from "#local/front-door/build-page.ts";
import { gzippedBytes, startScripts, withImports } from "#test/support/page-scripts.ts";

const assets = join(pageDirectory, "assets");
let start: string[];
let chat: string[];

beforeAll(async () => {
  await buildPage();
  start = await startScripts();
  chat = await withImports([await scriptOf("mount-chat")]);
});

/** Returns the built script of a source file that the page imports later. */
async function scriptOf(source: string): Promise<string> {
  const found = (await readdir(assets)).filter(
    (name) => name.replace(/-[\w-]{8}\.js$/, "") === source,
  );
  const [script] = found;
  if (script === undefined || found.length > 1)
    throw new Error(`${source} has ${found.length} scripts`);
  return script;
}

const kilobytes = async (scripts: string[]) => (await gzippedBytes(scripts)) / 1_024;

it("the login page loads at most 11 KB of gzipped JavaScript", async () => {
  expect(await kilobytes(start)).toBeLessThanOrEqual(11);
});

it("the login page does not load React", async () => {
  const sources = await Promise.all(start.map((script) => readFile(join(assets, script), "utf8")));
  expect(sources.join()).not.toContain("react.");
});

it("the chat adds at most 120 KB", async () => {
  expect(await kilobytes(chat.filter((script) => !start.includes(script)))).toBeLessThanOrEqual(
    120,
  );
});

it.each([
  ["german", 3],
  ["highlight", 23],
  ["typeset", 60],
  ["export-conversation", 1],
])("%s adds at most %i KB to the chat", async (source, budget) => {
  const scripts = await withImports([await scriptOf(source)]);
  const added = scripts.filter((script) => ![...start, ...chat].includes(script));
  expect(added).not.toEqual([]);
  expect(await kilobytes(added)).toBeLessThanOrEqual(budget);
});
