import type { Tool } from "@modelcontextprotocol/client";
import type { McpServer } from "#lib/platform/mcp-servers.ts";
import { type PriorDiscovery, withSession } from "./session.ts";

/** A tool as its server describes it. All its texts are foreign. */
export type ListedTool = Tool;

export interface ToolList {
  /** In the order of their names: a server may list them in any. */
  tools: readonly ListedTool[];
  /** How long the list may be used. */
  freshMs: number;
  prior: PriorDiscovery;
}

const defaultFreshMs = 5 * 60_000;
const leastFreshMs = 10_000;
const mostFreshMs = 60 * 60_000;

/** Asks a server which tools it has. @throws McpFailure */
export function listTools(
  server: McpServer,
  parts: { version: string; signal: AbortSignal },
): Promise<ToolList> {
  return withSession(server, parts, async (client) => {
    const discover = client.getDiscoverResult();
    const prior: PriorDiscovery = discover ? { kind: "modern", discover } : { kind: "legacy" };
    // A server may have no tools.
    const list = client.getServerCapabilities()?.tools
      ? await client.listTools(undefined, { signal: parts.signal, timeout: 10_000 })
      : { tools: [] };
    const { ttlMs } = list as { ttlMs?: unknown };
    const freshMs = typeof ttlMs === "number" ? ttlMs : defaultFreshMs;
    return {
      tools: list.tools.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      freshMs: Math.min(Math.max(freshMs, leastFreshMs), mostFreshMs),
      prior,
    };
  });
}
