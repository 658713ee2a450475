import { glob, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { expect, it } from "vitest";

it("AGENTS.md, the map, names every source file", async () => {
  const root = join(import.meta.dirname, "..");
  const map = await readFile(`${root}/AGENTS.md`, "utf8");
  const files = await Array.fromAsync(
    glob("{functions,lib,local,scripts}/**/*.{ts,mjs}", { cwd: root }),
  );
  const sources = files.filter((file) => !file.endsWith(".test.ts"));
  expect(sources.length).toBeGreaterThan(100);
  expect(sources.filter((file) => !map.includes(basename(file)))).toEqual([]);
});
