import { NeonDbError, type NeonQueryFunction, neon, neonConfig } from "@neondatabase/serverless";
import { classifyRefusal } from "./classify-refusal.ts";
import { DatabaseUnavailable, SqlError } from "./database-errors.ts";
import { fetchAnswer, NeonRefusal } from "./neon-request.ts";

export { DatabaseUnavailable, SqlError } from "./database-errors.ts";

export interface Statement {
  text: string;
  params: unknown[];
}
export type Row = Record<string, unknown>;

/**
 * Postgres over Neon's HTTP endpoint: one request per call and no connection to keep, so a function
 * may be frozen at any time. Both calls throw `DatabaseUnavailable` or `SqlError`.
 */
export interface Database {
  query(statement: Statement): Promise<Row[]>;
  /** All or nothing, READ COMMITTED. It cannot branch: conditions live in the statements. */
  transaction(statements: Statement[]): Promise<Row[][]>;
}

interface DatabaseOptions {
  /** Asked before each request: a rotated secret takes effect without a new process. */
  url: () => Promise<string>;
  /** The twin's `/sql`. The driver keeps it for the whole process. */
  endpoint?: string | undefined;
  timeoutMs?: number;
}

export function createDatabase({ url, endpoint, timeoutMs = 4_000 }: DatabaseOptions): Database {
  if (endpoint !== undefined) neonConfig.fetchEndpoint = endpoint;
  neonConfig.fetchFunction = fetchAnswer;

  async function send<T>(request: (sql: Sql, limit: Limit) => PromiseLike<T>): Promise<T> {
    const sql = neon(await addressOf(url));
    const limit = { fetchOptions: { signal: AbortSignal.timeout(timeoutMs) } };
    try {
      return await request(sql, limit);
    } catch (error) {
      throw translated(error);
    }
  }

  return {
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

type Sql = NeonQueryFunction<false, false>;
type Limit = { fetchOptions: { signal: AbortSignal } };

/** Without an address nobody is let in, whether the secret cannot be read or holds something else. */
async function addressOf(url: () => Promise<string>): Promise<string> {
  try {
    return checkedUrl(await url());
  } catch (error) {
    throw new DatabaseUnavailable(error, "access_denied");
  }
}

/** The driver reads an address as one of HTTP and would quote a malformed one, password included, in its error. */
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

/** The driver wraps what its `fetch` throws. What it throws by itself is a fault of ours: a parameter that is no JSON. Then the code is PostgreSQL's for bad data. */
function translated(error: unknown): DatabaseUnavailable | SqlError {
  const cause = error instanceof NeonDbError ? error.sourceError : undefined;
  if (cause === undefined) return new SqlError(String(error), "22000");
  if (cause instanceof NeonRefusal) return classifyRefusal(cause);
  return new DatabaseUnavailable(cause, cause.name === "TimeoutError" ? "timeout" : "unavailable");
}
