import { Client, type CustomTypesConfig } from "pg";
import type { PostgresServer } from "#local/postgres/start-postgres.ts";
import type { Rows } from "./same-rows.ts";

export interface SampleDatabase {
  /** Runs one query, and returns its rows. An answer's queries have passed the tool's own walls before. */
  query: (sql: string) => Promise<Rows>;
  close: () => Promise<void>;
}

/** Opens the sample database of a twin, for reading only. */
export async function connectSampleDatabase({ ownerUrl }: PostgresServer): Promise<SampleDatabase> {
  const client = new Client({
    connectionString: ownerUrl("sales"),
    options: "-c default_transaction_read_only=on -c search_path=sales -c statement_timeout=10000",
    // A date at midnight of this machine could be the day before in UTC.
    types: { getTypeParser: () => (text: string) => text } as CustomTypesConfig,
  });
  await client.connect();
  return {
    query: async (sql) => (await client.query<unknown[]>({ text: sql, rowMode: "array" })).rows,
    close: () => client.end(),
  };
}
