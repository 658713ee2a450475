import { readFileSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { openStamps } from "#local/builds/stamps.ts";
import {
  answeringPaths,
  readDocument,
  repositoryRoot,
} from "#local/documentation/read-document.ts";
import { type Section, sectionsOf } from "./sections.ts";

const name = "documentation-sections";
const keptPath = join("dist", `${name}.json`);
const programs = ["local/documentation/", "local/web-search/"];

/** Returns the sections of README and `docs/`, as an earlier process has kept them if no page has changed since. */
export async function readSections(): Promise<Section[]> {
  const stamps = openStamps(repositoryRoot);
  if (stamps.isCurrent(name)) {
    return JSON.parse(readFileSync(join(repositoryRoot, keptPath), "utf8"));
  }
  const sections = await parseSections();
  const content = JSON.stringify(sections);
  try {
    await keep(content);
    const sources = ["README.md", "docs/"];
    stamps.write(name, { sources, programs, outputs: new Map([[keptPath, content]]) });
  } catch {
    // On a full or read-only disk each process parses the pages for itself.
  }
  return sections;
}

/**
 * Parses all pages, which takes more than a second of processor time. All parts of the twin share the thread, so each page gets a
 * turn of the event loop for itself.
 */
export async function parseSections(): Promise<Section[]> {
  const sections: Section[] = [];
  for (const path of answeringPaths()) {
    sections.push(...sectionsOf(readDocument(path)));
    await nextTurn();
  }
  return sections;
}

async function keep(content: string): Promise<void> {
  const path = join(repositoryRoot, keptPath);
  const draft = `${path}.${process.pid}`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(draft, content);
  await rename(draft, path);
}
