import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { answeringPaths, repositoryRoot } from "#local/documentation/read-document.ts";
import { parseSections, readSections } from "./read-sections.ts";

it("lets the other parts of the twin work after each page", async () => {
  let turns = 0;
  let isParsing = true;
  const countTurns = () => {
    turns += 1;
    if (isParsing) setImmediate(countTurns);
  };
  countTurns();
  await parseSections();
  isParsing = false;
  expect(turns).toBeGreaterThanOrEqual(answeringPaths().length);
});

it("returns the same sections from the pages and from what a process has kept", async () => {
  const parsed = await parseSections();
  expect(await readSections()).toEqual(parsed);
  expect(existsSync(join(repositoryRoot, "dist/documentation-sections.json"))).toBe(true);
  expect(await readSections()).toEqual(parsed);
});
