import { NeonDbError, type NeonQueryFunction, neon, neonConfig } from "@neondatabase/serverless";
import { classifyRefusal } from "./classify-refusal.ts";
import { DatabaseUnavailable, SqlError } from "./database-errors.ts";
import { connectToNeon, fetchRows, NeonRefusal, type RowsLimit } from "./neon-request.ts";

export { DatabaseUnavailable, SqlError } from "./database-errors.ts";

export interface Statement {
  text: string;
  params: unknown[];
}
export type Row = Record<string, unknown>;

/**
 * PostgreSQL through Neon's HTTP endpoint. Each call is one request and no connection stays open, so Lambda may freeze
 * the function at any time. Both calls throw `DatabaseUnavailable` or `SqlError`.
 */
export interface Database {
  query(statement: Statement): Promise<Row[]>;
  /** Runs all statements or none, at READ COMMITTED. Returns the rows of each statement. Conditions must be in SQL. */
  transaction(statements: Statement[]): Promise<Row[][]>;
}

interface NeonDatabase extends Database {
  /** Opens the connection of the first request. Sends nothing, so that a sleeping database sleeps on. */
  connect(): Promise<void>;
}

interface DatabaseOptions {
  /** Called before each request, so that a rotated secret takes effect without a new process. */
  url: () => Promise<string>;
  /** The address of the local twin's `/sql`. The driver keeps this setting for the whole process. */
  endpoint?: string | undefined;
  timeoutMs?: number;
}

export function createDatabase({
  url,
  endpoint,
  timeoutMs = 4_000,
}: DatabaseOptions): NeonDatabase {
  if (endpoint !== undefined) neonConfig.fetchEndpoint = endpoint;
  neonConfig.fetchFunction = fetchRows;

  let known: { address: string; sql: Sql } | undefined;

  /** Parses each address once. */
  async function currentSql(): Promise<Sql> {
    const address = await url();
    if (known?.address !== address) known = { address, sql: neon(checkedUrl(address)) };
    return known.sql;
  }

  async function send<T>(request: (sql: Sql, limit: Limit) => PromiseLike<T>): Promise<T> {
    const sql = await orAccessDenied(currentSql);
    const limit = { fetchOptions: { endsAtMs: performance.now() + timeoutMs } };
    try {
      return await request(sql, limit);
    } catch (error) {
      throw translated(error);
    }
  }

  return {
    connect: () => connectTo(url),
    query: ({ text, params }) => send((sql, limit) => sql.query(text, params, limit)),
    transaction: (statements) =>
      send((sql, limit) =>
        sql.transaction(
          statements.map(({ text, params }) => sql.query(text, params)),
          { isolationLevel: "ReadCommitted", ...limit },
        ),
      ),
  };
}

async function connectTo(url: () => Promise<string>): Promise<void> {
  const { fetchEndpoint } = neonConfig;
  const address = await orAccessDenied(async () => checkedUrl(await url()));
  const { hostname, port } = new URL(address.replace(/^\w+:/, "http:"));
  await connectToNeon(
    typeof fetchEndpoint === "string" ? fetchEndpoint : fetchEndpoint(hostname, port || 5432),
  );
}

type Sql = NeonQueryFunction<false, false>;
type Limit = { fetchOptions: RowsLimit };

/** An unreadable secret and a malformed address both count as access denied. */
async function orAccessDenied<Value>(read: () => Promise<Value>): Promise<Value> {
  try {
    return await read();
  } catch (error) {
    throw new DatabaseUnavailable(error, "access_denied");
  }
}

/** Checked here, because the driver would quote a malformed address, password included, in its error. */
function checkedUrl(url: string): string {
  const isPostgres = /^postgres(ql)?:$/.test(URL.parse(url)?.protocol ?? "");
  const address = URL.parse(url.replace(/^\w+:/, "http:"));
  if (!isPostgres || !address?.username || !address.hostname || address.pathname.length < 2) {
    throw new Error(
      "The database address in the secret is not a postgresql:// URL with a user, a host and a database.",
    );
  }
  return url;
}

/**
 * The driver wraps every error of its `fetch`. Another error is a fault of ours: a parameter that cannot be written as
 * JSON. That error gets PostgreSQL's code for invalid data.
 */
function translated(error: unknown): DatabaseUnavailable | SqlError {
  const cause = error instanceof NeonDbError ? error.sourceError : undefined;
  if (cause === undefined) return new SqlError(String(error), "22000");
  if (cause instanceof NeonRefusal) return classifyRefusal(cause);
  return new DatabaseUnavailable(cause, cause.name === "TimeoutError" ? "timeout" : "unavailable");
}
