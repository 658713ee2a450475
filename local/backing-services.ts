import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { migrate } from "#migrations/migrate.ts";
import { ensureTable, startDynamoDb } from "./dynamodb.ts";
import { startNeon } from "./neon/start-neon.ts";
import { type PostgresServer, startPostgres } from "./postgres/start-postgres.ts";
import { prepareSampleSales } from "./sales/sample-sales.ts";
import { startSecrets } from "./secrets.ts";
import { closePart, type StartPart, startTogether } from "./start-parts.ts";
import type { TwinSecrets } from "./twin-secrets.ts";

export const secretPrefix = "enterprise-agentic-ai";
export const rateLimitTable = "rate-limit";

const database = "app";
const runtimeRole = "app";

/** The file with the address of the twin's database, for programs of the same user. */
export const databaseUrlFile = (dataDirectory: string) => join(dataDirectory, "database-url");

interface DatabaseOptions {
  dataDirectory: string;
  secrets: TwinSecrets;
  /** The password of the page. */
  password: string;
  fsync?: boolean | undefined;
  log: (line: string) => void;
}

/** Starts PostgreSQL with a migrated database, Neon in front of PostgreSQL, and Secrets Manager with its address. */
export async function startDatabase(startPart: StartPart, options: DatabaseOptions) {
  const { dataDirectory, secrets, password, fsync, log } = options;
  const folder = join(dataDirectory, "postgres");
  // A new database needs the saver of LangGraph for its tables. The package loads while initdb runs.
  if (!existsSync(folder)) import("@langchain/langgraph-checkpoint-postgres").catch(() => {});
  const postgres = await startPart(
    "PostgreSQL",
    startPostgres({ dataDirectory: folder, fsync, log }),
    (server) => server.stop(),
    (server) => `127.0.0.1:${server.port}, data in ${server.dataDirectory}`,
  );
  const [sales] = await startTogether(
    startPart("Sample sales", prepareSampleSales(postgres), closeNothing, () => "database sales"),
    prepareDatabase(postgres, secrets),
  );
  const neon = await startPart(
    "Neon",
    startNeon({ postgresPort: postgres.port }),
    closePart,
    ({ sqlEndpoint }) => sqlEndpoint,
  );
  const databaseUrl = postgres.url(database, runtimeRole, secrets.databasePassword);
  await writeFile(databaseUrlFile(dataDirectory), databaseUrl, { mode: 0o600 });
  const secretsManager = await startPart(
    "Secrets Manager",
    startSecrets({
      [`${secretPrefix}/database-url`]: { url: databaseUrl },
      [`${secretPrefix}/demo-password`]: { password },
      [`${secretPrefix}/operator-password`]: { password: secrets.operatorPassword },
      [`${secretPrefix}/auth-token-secret`]: {
        keys: [{ kid: "local", key: secrets.tokenKey }],
        epoch: 1,
      },
      [`${secretPrefix}/origin-api-key`]: { key: secrets.originApiKey },
      [`${secretPrefix}/analytics-database-url`]: { url: sales.url },
    }),
    closePart,
    ({ endpoint }) => endpoint,
  );
  return { postgres, neon, secrets: secretsManager, databaseUrl };
}

async function prepareDatabase(postgres: PostgresServer, secrets: TwinSecrets): Promise<void> {
  await postgres.createDatabase(database);
  await migrate({
    url: postgres.ownerUrl(database),
    runtimeRole: { name: runtimeRole, password: secrets.databasePassword },
  });
}

const closeNothing = async () => {};

/** Starts DynamoDB with the table of the rate limits. */
export async function startRateLimitTable(
  startPart: StartPart,
  { dataDirectory, log }: { dataDirectory: string; log: (line: string) => void },
) {
  const dynamodb = await startPart(
    "DynamoDB",
    startDynamoDb({ path: join(dataDirectory, "dynamodb"), log }),
    closePart,
    ({ endpoint }) => endpoint,
  );
  await ensureTable(dynamodb.endpoint, rateLimitTable);
  return dynamodb;
}
