import pg from "pg";
import type { Database, Statement } from "#lib/platform/postgres.ts";

/** Opens a connection that lasts until it is disposed of. @throws Error with one sentence that does not hold the address */
export async function openDatabase(url: string): Promise<Database & AsyncDisposable> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  // A broken connection fails the running query. Without a listener it would also end the process.
  client.on("error", () => {});
  try {
    await client.connect();
  } catch (cause) {
    throw new Error("The database does not respond. The twin's runs while npm start does.", {
      cause,
    });
  }
  const query = async ({ text, params }: Statement) => (await client.query(text, params)).rows;
  return {
    query,
    async transaction(statements) {
      const results = [];
      try {
        await client.query("begin");
        for (const statement of statements) results.push(await query(statement));
        await client.query("commit");
        return results;
      } catch (error) {
        await client.query("rollback");
        throw error;
      }
    },
    [Symbol.asyncDispose]: () => client.end(),
  };
}
