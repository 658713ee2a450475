// The stores behind every server: one PostgreSQL, with Neon's endpoint in front of it, DynamoDB and Secrets Manager.
import { rmSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { ensureTable, startDynamoDb } from "#local/dynamodb.ts";
import { startNeon } from "#local/neon/start-neon.ts";
import { startPostgres } from "#local/postgres/start-postgres.ts";
import { startSecrets } from "#local/secrets.ts";
import { makeTwinFolder } from "#test/support/twin-folder.ts";
import { answerCalls } from "./calls.ts";

/** Where one server of the benchmark keeps its data. */
export interface Stores {
  /** Variables of the functions. */
  environment: Record<string, string>;
  /** For migrations. The role is a superuser. */
  ownerUrl: string;
  /** The role of the functions. Migrations create it. */
  appUrl: string;
  database: string;
}

const role = "app";
const rolePassword = "bench";
export const password = "bench";

const folder = makeTwinFolder();
const postgres = await startPostgres({ dataDirectory: join(folder, "postgres") });
const neon = await startNeon({ postgresPort: postgres.port });
const dynamodb = await startDynamoDb();
const secrets = await startSecrets({});

process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

answerCalls({
  /** Creates an empty database, a table of buckets, and secrets with their addresses. */
  async createStores(name: string): Promise<Stores> {
    await postgres.createDatabase(name);
    await ensureTable(dynamodb.endpoint, name);
    const appUrl = postgres.url(name, role, rolePassword);
    secrets.set(`${name}/database-url`, { url: appUrl });
    secrets.set(`${name}/demo-password`, { password });
    secrets.set(`${name}/operator-password`, { password });
    secrets.set(`${name}/auth-token-secret`, {
      keys: [{ kid: "bench", key: "bench-key-of-at-least-thirty-two-bytes" }],
      epoch: 1,
    });
    secrets.set(`${name}/origin-api-key`, { key: "bench-origin-api-key" });
    return {
      database: name,
      ownerUrl: postgres.ownerUrl(name),
      appUrl,
      environment: {
        SECRET_PREFIX: name,
        RATE_LIMIT_TABLE: name,
        LOCAL_NEON_ENDPOINT: neon.sqlEndpoint,
        LOCAL_DYNAMODB_ENDPOINT: dynamodb.endpoint,
        LOCAL_SECRETS_ENDPOINT: secrets.endpoint,
      },
    };
  },
  databaseRequests: (database: string) => neon.requests(database),
  /** What the database stores in bytes, dead rows and indexes included. */
  databaseBytes: (database: string) =>
    asOwner(database, async (client) => {
      const { rows } = await client.query<{ bytes: string }>(
        "select sum(pg_total_relation_size(oid)) as bytes from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace",
      );
      return Number(rows[0]?.bytes);
    }),
  vacuum: (database: string) =>
    asOwner(database, async (client) => void (await client.query("vacuum"))),
  setAutovacuum: (setting: "on" | "off") =>
    asOwner("postgres", async (client) => {
      await client.query(`alter system set autovacuum = ${setting}`);
      await client.query("select pg_reload_conf()");
    }),
  async close() {
    await Promise.all([neon.close(), dynamodb.close(), secrets.close()]);
    await postgres.stop();
  },
});

async function asOwner<Result>(
  database: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: postgres.ownerUrl(database) });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
