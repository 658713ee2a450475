import type { McpToolParts } from "./mcp-tool-source.ts";
import type { ToolSource } from "./tool-source.ts";

/** Returns the source of the tools of MCP servers. Its code and the protocol's client load with the first turn. */
export function createMcpTools(
  parts: McpToolParts,
  loadCode = () => import("./mcp-tool-source.ts"),
): ToolSource {
  let source: Promise<ToolSource> | undefined;
  return {
    async load(signal) {
      source ??= loadCode().then((code) => code.createMcpToolSource(parts));
      try {
        return await (await source).load(signal);
      } catch (error) {
        // The next turn tries again.
        source = undefined;
        parts.telemetry.error("mcp.code_not_loaded", error);
        return { tools: [], isComplete: false };
      }
    },
  };
}
