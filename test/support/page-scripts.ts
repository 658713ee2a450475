import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { parseSync } from "vite";
import { pageDirectory } from "#local/builds/page-build.ts";

/**
 * The sources of all scripts that a wide page with one finished conversation loads before its person does anything. The demo's banner
 * and a translation come on top. `test/browser/login.test.ts` compares the list with what a browser loads, `test/bundle/` weighs it.
 */
export const unaskedScripts = [
  ...["first-paint", "index"],
  ...["mount-chat", "react", "rolldown-runtime", "wire"],
  ...["list-content", "markdown", "transcript"],
];

/** Returns the names of the scripts that the browser loads before it runs the page: those of index.html, and all that they import. */
export async function startScripts(page = pageDirectory): Promise<string[]> {
  const html = await readFile(join(page, "index.html"), "utf8");
  const loaded = /<(?:script[^>]* src|link rel="modulepreload"[^>]* href)="([^"]+)"/g;
  return await withImports(
    [...html.matchAll(loaded)].map(([, path = ""]) => basename(path)),
    page,
  );
}

/** Returns the scripts, and all scripts that they import, without those that they import later (`import()`). */
export async function withImports(scripts: string[], page = pageDirectory): Promise<string[]> {
  const found = new Set<string>();
  const waiting = [...scripts];
  for (let script = waiting.pop(); script !== undefined; script = waiting.pop()) {
    if (found.has(script)) continue;
    found.add(script);
    waiting.push(...importsOf(await readFile(join(page, "assets", script), "utf8")));
  }
  return [...found].sort();
}

/** Returns the sum of the sizes, each script compressed alone as on the wire. */
export async function gzippedBytes(scripts: string[], page = pageDirectory): Promise<number> {
  const sizes = await Promise.all(
    scripts.map(async (script) => gzipSync(await readFile(join(page, "assets", script))).length),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function importsOf(source: string): string[] {
  const { program, errors } = parseSync("script.js", source);
  if (errors.length > 0)
    throw new Error(`The built script cannot be parsed: ${errors[0]?.message}`);
  return program.body.flatMap((statement) =>
    "source" in statement && statement.source !== null ? [basename(statement.source.value)] : [],
  );
}
