import { readdirSync, readFileSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { dirname, isAbsolute, join, relative } from "node:path";
import type { Plugin } from "vite";
import { startTimeOf } from "#local/postgres/process-identity.ts";
import { openStamps } from "./stamps.ts";

const root = join(import.meta.dirname, "../..");

export const pageDirectory = join(root, "dist", "page");

/** The page of the chat comes first, because its build empties the folder. */
const configs = ["vite.config.ts", "operator.vite.config.ts", "shared.vite.config.ts"];

/** Builds the pages if a source has changed since the last build. Returns whether they were built. */
export async function buildPage(): Promise<boolean> {
  const stamps = openStamps(root);
  if (stamps.isCurrent("page")) return false;
  // Vite takes longer to load than the stamp to check.
  const { build } = await import("vite");
  const draft = await makeDraft();
  const modules = new Set<string>();
  try {
    for (const config of configs) {
      await build({
        configFile: join(root, "frontend", config),
        logLevel: "error",
        build: { outDir: draft },
        plugins: [collectModules(modules)],
      });
    }
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // The builder reports a full disk as a fault of its own.
    if (!/No space left on device|ENOSPC/.test(String(error))) throw error;
    throw new Error(`The disk is full: the page does not fit into ${draft}.`, { cause: error });
  }
  const outputs = contentsOf(draft);
  await replacePage(draft);
  stamps.write("page", { sources: ["frontend/", ...modules], outputs });
  return true;
}

/** Creates the folder that this process builds into, and removes those of killed processes. */
async function makeDraft(): Promise<string> {
  const dist = dirname(pageDirectory);
  await mkdir(dist, { recursive: true });
  for (const name of await readdir(dist)) {
    const pid = /^page\.(\d+)$/.exec(name)?.[1];
    const isLeft = pid !== undefined && startTimeOf(Number(pid)) === undefined;
    if (isLeft) await rm(join(dist, name), { recursive: true, force: true });
  }
  const draft = `${pageDirectory}.${process.pid}`;
  // Fails with one line if the folder is read-only. The builder would print a stack.
  await mkdir(draft);
  return draft;
}

/** Collects the files that the page imports: also those of packages and of lib/. */
function collectModules(modules: Set<string>): Plugin {
  return {
    name: "collect-modules",
    buildEnd() {
      // The other modules are virtual.
      const files = [...this.getModuleIds()].filter((id) => isAbsolute(id));
      for (const id of files) modules.add(relative(root, id.replace(/[?#].*/, "")));
    },
  };
}

/** Returns the built files by the path that they will have. */
function contentsOf(draft: string): Map<string, Buffer> {
  const files = readdirSync(draft, { recursive: true, withFileTypes: true });
  const paths = files
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    paths.map((path) => [
      relative(root, join(pageDirectory, relative(draft, path))),
      readFileSync(path),
    ]),
  );
}

/** The old page is served until the new page is complete. */
async function replacePage(draft: string): Promise<void> {
  await rm(pageDirectory, { recursive: true, force: true });
  try {
    await rename(draft, pageDirectory);
  } catch (error) {
    // Another process has built the same page meanwhile.
    if (!(error instanceof Error && "code" in error && error.code === "ENOTEMPTY")) throw error;
    await rm(draft, { recursive: true });
  }
}
