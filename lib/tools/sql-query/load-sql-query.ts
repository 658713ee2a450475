import { createDatabase } from "#lib/platform/postgres.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import type { LoadedTools } from "#lib/tools/tool-source.ts";
import { readSchema } from "./read-schema.ts";
import { createSqlQuery } from "./sql-query.ts";

interface LoadParts {
  /** The address of the analytics database, for the role that only reads. */
  url: () => Promise<string>;
  neonEndpoint: string | undefined;
  webSocketProxy: string | undefined;
  telemetry: Telemetry;
}

/**
 * Reads the schema and returns the tool, the same as before if nothing has changed.
 * @throws Error if the database cannot be reached
 */
export async function loadSqlQuery(
  { url, neonEndpoint, webSocketProxy, telemetry }: LoadParts,
  before: LoadedTools,
): Promise<LoadedTools> {
  const database = createDatabase({ url, endpoint: neonEndpoint });
  const read = await readSchema(database);
  if ("fault" in read) {
    telemetry.error("sql_query.role_refused", new Error(read.fault));
    return { tools: [], isComplete: false };
  }
  const { schema } = read;
  const tool = createSqlQuery({
    schema,
    address: async () => ({ url: await url(), webSocketProxy, schema: schema.name }),
    telemetry,
  });
  const [known] = before.tools;
  return known?.description === tool.description ? before : { tools: [tool], isComplete: true };
}
