import { rmSync } from "node:fs";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startTwin } from "#local/twin.ts";
import { readSections } from "#local/web-search/read-sections.ts";
import { makeTwinFolder } from "./twin-folder.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The data folder of a twin that has started and stopped once. Every twin of the run begins with a copy. */
    preparedTwin: string;
  }
}

/**
 * Bundles the functions, reads the documentation and prepares a twin's data once for the run: cluster, migrated database, table
 * and secrets. A copy of the data saves each test file more than a second of processor time. Vitest calls the function for each
 * project that needs a twin.
 */
export default async function setup(project: TestProject): Promise<(() => void) | undefined> {
  const run = project.vitest.getRootProject();
  if (run.getProvidedContext().preparedTwin !== undefined) return undefined;
  const folder = makeTwinFolder();
  const twin = await startTwin({
    port: 0,
    dataDirectory: folder,
    modelProvider: "demo",
    fsync: false,
  });
  const { dataDirectory } = twin.parts.postgres;
  await twin.bundled;
  // The first search of a run would parse all pages of the documentation beside four test files.
  await readSections();
  await twin.stop();
  // PostgreSQL starts on its last port again, and the copies must not all want the same one.
  rmSync(join(dataDirectory, "cluster", "postmaster.opts"));
  run.provide("preparedTwin", folder);
  return () => rmSync(folder, { recursive: true });
}
