import type { McpServer } from "#lib/platform/mcp-servers.ts";
import { listTools } from "./list-tools.ts";
import { offerTools } from "./offered-tools.ts";

/** Just below the 5 s of a health check, so that the servers that answered are known. */
const checkMs = 4_500;

/** Asks every server for its tools, side by side. */
export async function checkServers(
  servers: readonly McpServer[],
  version: string,
): Promise<{ down: string[]; leftOut: number }> {
  const signal = AbortSignal.timeout(checkMs);
  const results = await Promise.allSettled(
    servers.map(async (server) => ({ server, list: await listTools(server, { version, signal }) })),
  );
  const listed = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const down = servers.filter((server) => listed.every((one) => one.server !== server));
  return {
    down: down.map(({ name }) => name),
    leftOut: offerTools(listed, new Set()).leftOut,
  };
}
