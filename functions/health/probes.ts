import { BedrockClient, GetInferenceProfileCommand } from "@aws-sdk/client-bedrock";
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import type { HealthReport } from "#lib/contract/health.ts";
import { createHealth } from "#lib/health/report-health.ts";
import type { Config } from "#lib/platform/config.ts";
import { createDynamoDb } from "#lib/platform/dynamodb.ts";
import { createDatabase, type Database } from "#lib/platform/postgres.ts";
import { createSecrets } from "#lib/platform/secrets.ts";

type Identity = Pick<HealthReport, "environment" | "version" | "model">;

/** The cheapest question to each dependency that only a working one can answer. */
export function createReport(config: Config, identity: Identity): () => Promise<HealthReport> {
  const database = createDatabase({
    url: createSecrets(config).databaseUrl,
    endpoint: config.endpoints.neon,
  });
  const dynamodb = createDynamoDb(config);
  const bedrock = new BedrockClient({
    region: config.region,
    maxAttempts: 1,
    ...(config.endpoints.bedrock && { endpoint: config.endpoints.bedrock }),
  });
  return createHealth({
    identity,
    probes: {
      database: () => probeDatabase(database),
      // Asks for the model's profile: proves credentials, region and model without paying for a token.
      bedrock: async (abortSignal) => {
        const inferenceProfileIdentifier = config.modelId;
        await bedrock.send(new GetInferenceProfileCommand({ inferenceProfileIdentifier }), {
          abortSignal,
        });
      },
      rate_limiter: async (abortSignal) => {
        const Key = { pk: { S: "health" } };
        await dynamodb.send(new GetItemCommand({ TableName: config.rateLimitTable, Key }), {
          abortSignal,
        });
      },
    },
  });
}

/** The last file of migrations/; this version needs it, and a newer database has it, too. */
export const newestMigration = "0005_lease-holder";

/** @throws Error named NotMigrated or SqlError when the tables are not there, or are an older version's */
export async function probeDatabase(database: Database): Promise<void> {
  const text = "select from migrations where name = $1";
  const rows = await database.query({ text, params: [newestMigration] });
  if (rows.length > 0) return;
  throw Object.assign(new Error(`${newestMigration} is missing`), { name: "NotMigrated" });
}
