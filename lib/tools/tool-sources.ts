import type { Config } from "#lib/platform/config.ts";
import type { Secrets } from "#lib/platform/secrets.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import { createMcpTools } from "./mcp-tools.ts";
import { createSqlSource } from "./sql-query/sql-source.ts";
import type { ToolSource } from "./tool-source.ts";

interface SourceParts {
  config: Pick<Config, "hasSqlQuery" | "isMcpOn" | "version" | "endpoints">;
  secrets: Pick<Secrets, "analyticsDatabaseUrl" | "mcpServers">;
  telemetry: Telemetry;
}

/** Returns the sources of the tools that must be looked up in this deployment. */
export function toolSources({ config, secrets, telemetry }: SourceParts): readonly ToolSource[] {
  const { hasSqlQuery, isMcpOn, version, endpoints } = config;
  const sqlSource = () =>
    createSqlSource({
      telemetry,
      async loadTools(before) {
        const { loadSqlQuery } = await import("./sql-query/load-sql-query.ts");
        const database = {
          url: secrets.analyticsDatabaseUrl,
          neonEndpoint: endpoints.neon,
          webSocketProxy: endpoints.neonWebSocket,
        };
        return loadSqlQuery({ ...database, telemetry }, before);
      },
    });
  return [
    ...(hasSqlQuery ? [sqlSource()] : []),
    ...(isMcpOn ? [createMcpTools({ servers: secrets.mcpServers, version, telemetry })] : []),
  ];
}
