import { existsSync } from "node:fs";
import { glob, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const rooms =
  "{clients/typescript/src,functions,lib,frontend/src,local,infra,migrations,scripts,test,bench}";
const map = await readFile(`${root}/AGENTS.md`, "utf8");

describe("AGENTS.md", () => {
  it("has at most 80 lines", () => {
    expect(map.trimEnd().split("\n").length).toBeLessThanOrEqual(80);
  });

  it("names every folder that has sources, or a README above the folder does", async () => {
    const folders = await sourceFolders();
    expect(folders.length).toBeGreaterThan(40);
    const missing = [];
    for (const folder of folders) if (!(await isMapped(folder))) missing.push(folder);
    expect(missing).toEqual([]);
  });

  it("names no folder that does not exist", () => {
    const missing = foldersIn(map).filter((folder) => !existsSync(join(root, folder)));
    expect(missing).toEqual([]);
  });
});

describe.each(["local", "test", "bench"])("%s/README.md", (room) => {
  it("names no folder that does not exist", async () => {
    const readme = await readFile(join(root, room, "README.md"), "utf8");
    const missing = foldersIn(readme).filter((folder) => !existsSync(join(root, room, folder)));
    expect(missing).toEqual([]);
  });
});

/** The folders that directly hold a source file; one route of `functions/` stands for all. */
async function sourceFolders(): Promise<string[]> {
  const files = await Array.fromAsync(
    glob(`${rooms}/**/*.{ts,tsx,mjs,cjs,yml,sql}`, { cwd: root }),
  );
  const folders = files.map((file) =>
    dirname(file).replace(/^functions\/[^/]+$/, "functions/<route>"),
  );
  return [...new Set(folders)].filter((folder) => folder !== "functions").sort();
}

async function isMapped(folder: string): Promise<boolean> {
  if (map.includes(`\`${folder}/\``)) return true;
  for (let above = dirname(folder); above !== "."; above = dirname(above)) {
    const readme = join(root, above, "README.md");
    if (!existsSync(readme)) continue;
    const text = await readFile(readme, "utf8");
    if (text.includes(`\`${folder.slice(above.length + 1)}/\``)) return true;
  }
  return false;
}

/** Folders as a map writes them: in backticks, with a slash at the end. */
function foldersIn(text: string): string[] {
  const folders = [...text.matchAll(/`([a-z][\w./-]*\/)`/g)];
  return folders.map(([, folder = ""]) => folder);
}
