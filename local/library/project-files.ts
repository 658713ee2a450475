import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { answeringPaths, repositoryRoot } from "#local/documentation/read-document.ts";

export interface LibraryFile {
  name: string;
  bytes: Uint8Array;
  sha256: string;
}

/** What people ask about first. */
const first = ["docs/questions.md", "README.md", "docs/architecture.md"];

/** Returns the paths of the pages in the order in which they become searchable. Records of decisions answer few questions. */
export function libraryPaths(): string[] {
  const rankOf = (path: string) => {
    if (first.includes(path)) return first.indexOf(path);
    return path.startsWith("docs/decisions/") ? first.length + 1 : first.length;
  };
  return answeringPaths().toSorted((one, other) => rankOf(one) - rankOf(other));
}

export function projectFiles(paths: readonly string[]): LibraryFile[] {
  return paths.map((path) => {
    const bytes = readFileSync(join(repositoryRoot, path));
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    return { name: nameOf(path), bytes, sha256 };
  });
}

/** Says in the list of documents where a page comes from. A name has no slashes. */
const nameOf = (path: string): string => ["This project", ...path.split("/")].join(" › ");
