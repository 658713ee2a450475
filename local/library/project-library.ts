import { Worker } from "node:worker_threads";
import type { LibraryInput, LibraryReport } from "./library-thread.ts";

/** This project's documentation in the site's documents, so that answers can quote it from the first day on. */
export interface ProjectLibrary {
  /** Adds what is missing or has changed. Returns the names of the documents that it has added or removed. */
  fill(input: LibraryInput): Promise<string[]>;
  /** May come while the library is filled: the next start adds the rest. */
  close(): Promise<void>;
}

/** The work is done in a thread of its own, because loading the S3 client would keep the page waiting for half a second. */
export function createProjectLibrary(): ProjectLibrary {
  let worker: Worker | undefined;
  let isClosed = false;
  return {
    async fill(input) {
      if (isClosed || input.pages.length === 0) return [];
      worker = new Worker(new URL("./library-thread.ts", import.meta.url), { workerData: input });
      const { promise, resolve, reject } = Promise.withResolvers<string[]>();
      worker.once("message", ({ changed }: LibraryReport) => resolve(changed));
      worker.once("error", reject);
      worker.once("exit", () => resolve([]));
      return await promise;
    },
    async close() {
      isClosed = true;
      await worker?.terminate();
    },
  };
}
