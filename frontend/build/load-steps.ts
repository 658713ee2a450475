import { join } from "node:path";
import type { Rolldown } from "vite";

const sources = join(import.meta.dirname, "..", "src");

/** The scripts that the page loads one after another. The page of an approval link needs some modules of the chat, but not React. */
const steps = [
  { name: "index", sharedBy: ["main.ts"] },
  { name: "wire", sharedBy: ["chat/mount-chat.tsx", "approvals/link/mount-approval.ts"] },
  {
    name: "wire",
    sharedBy: ["chat/transcript/transcript.tsx", "approvals/link/mount-approval.ts"],
  },
  { name: "mount-chat", sharedBy: ["chat/mount-chat.tsx"] },
  { name: "transcript", sharedBy: ["chat/transcript/transcript.tsx"] },
];

/** Shared by later parts, and too small for scripts of their own. */
const besideTranscript =
  /src\/(ui\/(late-icon|undo-line|use-loaded|use-requests)|texts\/isolated|chat\/answer\/language-of)\./;

/**
 * Makes one script of each step. By itself Rolldown makes a script of each set of modules that the same later parts share: a
 * dozen small ones, whose headers, imports and compression cost 3 KB. No step imports a later one, so the order of execution stays.
 */
export function loadSteps(): Rolldown.CodeSplittingGroup {
  const closures = new Map<string, Set<string>>();
  const closureOf = (source: string, graph: Rolldown.ChunkingContext) => {
    const known = closures.get(source) ?? collectImports(join(sources, source), graph);
    closures.set(source, known);
    return known;
  };
  return {
    // Null for a module that loads later.
    name: (id, graph) =>
      steps.find(({ sharedBy }) => sharedBy.every((source) => closureOf(source, graph).has(id)))
        ?.name ?? (besideTranscript.test(id) ? "transcript" : null),
    includeDependenciesRecursively: false,
  };
}

/** Returns the module and all that it imports, without what it imports later (`import()`). */
function collectImports(module: string, graph: Rolldown.ChunkingContext): Set<string> {
  const found = new Set([module]);
  // A loop over a set also visits what the loop adds.
  for (const id of found) {
    for (const imported of graph.getModuleInfo(id)?.importedIds ?? []) found.add(imported);
  }
  return found;
}
