import type { NewSource } from "#lib/contract/source.ts";
import type { ToolContext } from "#lib/tools/tool.ts";

/** Returns what a tool knows about its call, and what the tool has cited and reported. */
export function toolContext(changes: Partial<ToolContext> = {}) {
  const cited: NewSource[] = [];
  const reported: string[] = [];
  return {
    ...{ signal: new AbortController().signal, owner: "ada", conversationId: "c" },
    ...{ cited, reported },
    cite: (source: NewSource) => cited.push(source),
    report(progress: string) {
      reported.push(progress);
    },
    ...changes,
  };
}
