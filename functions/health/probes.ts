import { BedrockClient, GetInferenceProfileCommand } from "@aws-sdk/client-bedrock";
import type { HealthReport } from "#lib/contract/health.ts";
import { createHealthChecker } from "#lib/health/check-health.ts";
import type { Config } from "#lib/platform/config.ts";
import { DatabaseUnavailable, type UnavailableReason } from "#lib/platform/database-errors.ts";
import { databaseSize, toDatabaseSize } from "#lib/platform/database-size.ts";
import { createDynamoDb } from "#lib/platform/dynamodb.ts";
import { createDatabase, type Database, type Statement } from "#lib/platform/postgres.ts";
import { createSecrets, type Secrets } from "#lib/platform/secrets.ts";

type Identity = Pick<HealthReport, "environment" | "version" | "model">;

/** Returns the function that checks every dependency with the cheapest request that only a working dependency serves. */
export function createChecker(config: Config, identity: Identity): () => Promise<HealthReport> {
  const secrets = createSecrets(config);
  const database = createDatabase({
    url: secrets.databaseUrl,
    endpoint: config.endpoints.neon,
  });
  const dynamodb = createDynamoDb(config);
  const bedrock = new BedrockClient({
    region: config.region,
    maxAttempts: 1,
    ...(config.endpoints.bedrock && { endpoint: config.endpoints.bedrock }),
  });
  return createHealthChecker({
    identity,
    probes: {
      database: () => probeDatabase(database, config.databaseLimitMegabytes),
      // Reading the model's profile proves credentials, region and model, and costs no token.
      bedrock: async (abortSignal) => {
        const inferenceProfileIdentifier = config.modelId;
        await bedrock.send(new GetInferenceProfileCommand({ inferenceProfileIdentifier }), {
          abortSignal,
        });
      },
      rate_limiter: async (abortSignal) => {
        const Key = { pk: { S: "health" } };
        const input = { TableName: config.rateLimitTable, Key };
        await dynamodb.call("GetItem", input, { signal: abortSignal });
      },
      mcp: config.isMcpOn ? () => probeMcp(secrets, config.version) : undefined,
    },
  });
}

/** Asks every server for its tools. Loads the protocol's client, which no other route needs. */
async function probeMcp({ mcpServers }: Secrets, version: string) {
  const { checkServers } = await import("#lib/mcp/check-servers.ts");
  const { down, leftOut } = await checkServers(await mcpServers(), version);
  return {
    ...(down.length > 0
      ? ({ status: "error", error: "unavailable", down } as const)
      : ({ status: "ok" } as const)),
    ...(leftOut > 0 && { tools_left_out: leftOut }),
  };
}

/** The last file of migrations/. This version needs it, and the database of a newer version has it too. */
export const newestMigration = "0034_walks-by-key";

/**
 * Checks whether the database could store a message, without a write.
 * @throws DatabaseUnavailable with the reason: unreachable, read-only, full or not migrated
 */
export async function probeDatabase(database: Database, limitMegabytes: number): Promise<void> {
  const [[state] = [], sizeRows = []] = await database.transaction([databaseState, databaseSize]);
  const { bytes, limitBytes } = toDatabaseSize(sizeRows, limitMegabytes);
  if (state?.migrated !== true) throw unavailable("not_migrated", `${newestMigration} is missing.`);
  if (state.read_only === "on") throw unavailable("read_only", "The database takes no writes.");
  if (bytes >= limitBytes) throw unavailable("full", `It has ${bytes} of ${limitBytes} bytes.`);
}

/** On a replica `transaction_read_only` is on, too. */
const databaseState: Statement = {
  text: `
    select current_setting('transaction_read_only') as read_only,
      exists (select from migrations where name = $1) as migrated`,
  params: [newestMigration],
};

const unavailable = (reason: UnavailableReason, message: string) =>
  new DatabaseUnavailable(new Error(message), reason);
