import { existsSync, readdirSync, statSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
/** Files from which the page is built. */
const sources = ["frontend", "lib/contract", "package-lock.json"];

export const pageDirectory = join(root, "dist", "page");

/** Builds the page if a source is newer than the last build. Returns whether the page was built. */
export async function buildPage(): Promise<boolean> {
  if (isFresh()) return false;
  // Loading Vite takes longer than the check of the sources.
  const { build } = await import("vite");
  const draft = `${pageDirectory}.${process.pid}`;
  await build({
    configFile: join(root, "frontend", "vite.config.ts"),
    logLevel: "error",
    build: { outDir: draft, emptyOutDir: true },
  });
  await replacePage(draft);
  return true;
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

function isFresh(): boolean {
  const built = join(pageDirectory, "index.html");
  if (!existsSync(built)) return false;
  const builtAt = statSync(built).mtimeMs;
  return sources.every((source) => newestChange(join(root, source)) < builtAt);
}

function newestChange(path: string): number {
  const inside = statSync(path).isDirectory()
    ? readdirSync(path, { recursive: true, encoding: "utf8" }).map((name) => join(path, name))
    : [];
  return Math.max(...[path, ...inside].map((each) => statSync(each).mtimeMs));
}
