import { randomUUID } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import { startNeon } from "#local/neon/start-neon.ts";
import { prepareSampleSales } from "#local/sales/sample-sales.ts";

/** Makes a sample sales database of its own on the server of the run, behind a Neon of its own. */
export async function openSalesDatabase() {
  const name = `sales_${randomUUID().slice(0, 8)}`;
  const { templateUrl } = inject("postgres");
  const ownerUrl = (database: string) => withParts(templateUrl, { pathname: `/${database}` });
  const { url } = await prepareSampleSales(
    {
      createDatabase: (database) =>
        run(ownerUrl("postgres"), `create database ${database}`, "42P04"),
      ownerUrl,
      url: (database, username, password) =>
        withParts(templateUrl, { pathname: `/${database}`, username, password }),
    },
    name,
  );
  const neon = await startNeon({ postgresPort: Number(new URL(templateUrl).port) });
  return {
    name,
    /** For the role that only reads. */
    url,
    /** For the superuser. */
    ownerUrl: ownerUrl(name),
    neonEndpoint: neon.sqlEndpoint,
    webSocketProxy: `http://${neon.websocketProxy}`,
    neon,
    async close() {
      await neon.close();
      await run(ownerUrl("postgres"), `drop database ${name} with (force)`);
      await run(ownerUrl("postgres"), `drop role ${name}_reader, ${name}_owner`);
    },
  };
}

export type SalesDatabase = Awaited<ReturnType<typeof openSalesDatabase>>;

function withParts(url: string, parts: Partial<Pick<URL, "pathname" | "username" | "password">>) {
  return Object.assign(new URL(url), parts).href;
}

async function run(url: string, statement: string, expectedCode?: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError && error.code === expectedCode)) throw error;
  } finally {
    await client.end();
  }
}
