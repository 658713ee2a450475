import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { documentPaths, repositoryRoot } from "#local/documentation/read-document.ts";

export interface LibraryFile {
  name: string;
  bytes: Uint8Array;
  sha256: string;
}

/** What people ask about first. The rest follows by its depth. */
const first = ["docs/questions.md", "README.md", "docs/architecture.md"];

/** Its tables list names and results of test cases: words of questions, and no answers to them. */
const withoutAnswers = "docs/evaluation.md";

/** Returns the paths of the pages in the order in which they become searchable. */
export function libraryPaths(): string[] {
  const rest = documentPaths()
    .filter((path) => !first.includes(path) && path !== withoutAnswers)
    .toSorted((one, other) => rankOf(one) - rankOf(other));
  return [...first, ...rest];
}

/** Records of decisions and generated lists answer few questions. */
const rankOf = (path: string): number => (path.startsWith("docs/decisions/") ? 1 : 0);

export function projectFiles(paths: readonly string[]): LibraryFile[] {
  return paths.map((path) => {
    const bytes = readFileSync(join(repositoryRoot, path));
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    return { name: nameOf(path), bytes, sha256 };
  });
}

/** Says in the list of documents where a page comes from. A name has no slashes. */
const nameOf = (path: string): string => ["This project", ...path.split("/")].join(" › ");
