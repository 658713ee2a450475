import { statSync } from "node:fs";
import { join } from "node:path";
import { linkTarget } from "./link-target.ts";
import {
  type Document,
  documentPaths,
  nodesOf,
  readDocument,
  repositoryRoot,
} from "./read-document.ts";

let found: ReadonlySet<string> | undefined;

/**
 * Returns the files of the repository that a page of the documentation links to, or that such a Markdown file links to in
 * turn. The site serves no other file, so it can show no secret of a data folder. Read once.
 */
export function linkedFiles(): ReadonlySet<string> {
  found ??= findLinkedFiles();
  return found;
}

function findLinkedFiles(): ReadonlySet<string> {
  const files = new Set<string>();
  const waiting = documentPaths();
  const seen = new Set(waiting);
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    for (const target of targetsOf(readDocument(path))) {
      if (seen.has(target) || !isFile(target)) continue;
      seen.add(target);
      files.add(target);
      if (target.endsWith(".md")) waiting.push(target);
    }
  }
  return files;
}

function targetsOf(document: Document): string[] {
  return [...nodesOf(document.tree)].flatMap((node) => {
    const target = addressesOf(node).map((address) => linkTarget(document.path, address));
    return target.flatMap((one) => (one.kind === "local" ? [one.path] : []));
  });
}

function addressesOf(node: Parameters<typeof nodesOf>[0]): string[] {
  if (node.type === "link" || node.type === "image" || node.type === "definition")
    return [node.url];
  if (node.type !== "html") return [];
  return [...node.value.matchAll(/\ssrc="([^"]*)"/g)].map(([, address = ""]) => address);
}

function isFile(path: string): boolean {
  return statSync(join(repositoryRoot, path), { throwIfNoEntry: false })?.isFile() ?? false;
}
