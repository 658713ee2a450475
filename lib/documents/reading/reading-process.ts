import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { ChunkedDocument } from "#lib/documents/chunking/chunk-document.ts";
import { DocumentFault, type DocumentFile, type ReadLimits } from "./document-file.ts";

/** What the process receives. It sends one outcome back and ends. */
export interface Reading {
  file: DocumentFile;
  limits: ReadLimits;
}

/** `fault` is a sentence for the person; `error` is what a library threw. */
export type Outcome = { document: ChunkedDocument } | { fault: string; error?: Error };

/** The file of this program. Only the file itself knows the name that the bundler gives it. */
export const readingProgram = fileURLToPath(import.meta.url);

/** The function that starts the process imports this file for its name, and must not load readers for that. */
async function outcomeOf({ file, limits }: Reading): Promise<Outcome> {
  try {
    const { readFile } = await import("./read-file.ts");
    const { chunkDocument } = await import("#lib/documents/chunking/chunk-document.ts");
    return { document: chunkDocument(await readFile(file, limits)) };
  } catch (error) {
    if (error instanceof DocumentFault) return { fault: error.message };
    return { fault: unreadable, error: error instanceof Error ? error : new Error(String(error)) };
  }
}

export const unreadable = "The file could not be read. It may be damaged.";

if (import.meta.main) {
  const [reading] = (await once(process, "message")) as [Reading];
  process.send?.(await outcomeOf(reading), () => process.exit());
}
