import type { McpToolParts } from "./mcp-tool-source.ts";
import type { ToolSource } from "./tool-source.ts";

/** Returns the source of the tools of MCP servers. Its code and the protocol's client load with the first turn. */
export function createMcpTools(parts: McpToolParts): ToolSource {
  let source: Promise<ToolSource> | undefined;
  return {
    async load(signal) {
      source ??= import("./mcp-tool-source.ts").then((module) => module.createMcpToolSource(parts));
      return (await source).load(signal);
    },
  };
}
