// A worker thread.
import { parentPort, workerData } from "node:worker_threads";
import { createDocumentStore } from "#lib/documents/document-store.ts";
import { readConfig } from "#lib/platform/config.ts";
import { createDatabase } from "#lib/platform/postgres.ts";
import { createDocumentObjects } from "#lib/platform/s3.ts";
import { fillLibrary } from "./fill-library.ts";
import { libraryPaths, projectFiles } from "./project-files.ts";

export interface LibraryInput {
  /** The variables of the functions. */
  environment: Record<string, string>;
  databaseUrl: string;
  /** Files from the root of the repository, or all pages of the documentation. */
  pages: readonly string[] | "all";
}

export interface LibraryReport {
  changed: string[];
}

const { environment, databaseUrl, pages } = workerData as LibraryInput;
const config = readConfig(environment);
const database = createDatabase({
  url: async () => databaseUrl,
  endpoint: config.endpoints.neon,
});
const { owner, site } = config.documents;

const changed = await fillLibrary(projectFiles(pages === "all" ? libraryPaths() : pages), {
  database,
  documents: createDocumentStore(database, { own: owner, site }),
  objects: createDocumentObjects(config),
});
parentPort?.postMessage({ changed } satisfies LibraryReport);
