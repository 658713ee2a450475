import { NeonDbError, type NeonQueryFunction, neon, neonConfig } from "@neondatabase/serverless";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";

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

/** The database did not answer, or not in time. After a lost reply the statements may have taken effect. */
export class DatabaseUnavailable extends HttpProblem {
  override readonly name = "DatabaseUnavailable";

  constructor(cause?: unknown) {
    super(
      "service_unavailable",
      503,
      "The service is not available right now. Please try again in a few seconds.",
      { retryAfterSeconds: 5, cause },
    );
  }
}

/** Postgres refused a statement. `code` is its SQLSTATE. */
export class SqlError extends Error {
  override readonly name = "SqlError";
  readonly code: string;

  /** The driver's error is not kept as the cause: its detail may quote a whole row. */
  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
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

  async function send<T>(request: (sql: Sql, limit: Limit) => PromiseLike<T>): Promise<T> {
    const sql = neon(checkedUrl(await url()));
    const limit = { fetchOptions: { signal: AbortSignal.timeout(timeoutMs) } };
    try {
      // A thawed function may hold a socket that the other side closed long ago. The second try is
      // harmless even if the first arrived: every statement of ours may be repeated.
      return await request(sql, limit).then(undefined, (error: unknown) => {
        if (!isCutConnection(error)) throw error;
        return request(sql, limit);
      });
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

/** The driver would quote a malformed address, password included, in its error. */
function checkedUrl(url: string): string {
  if (!/^postgres(ql)?:$/.test(URL.parse(url)?.protocol ?? "")) {
    throw new Error("The database address in the secret is not a postgresql:// URL.");
  }
  return url;
}

/**
 * Classes of SQLSTATE that are about the server, not about the statement: 08 connection, 28 password
 * (rotated), 3D database missing, 40 rolled back in favour of others, 53 resources, 57 operator.
 */
const unavailable = /^(08|28|3D|40|53|57)/;

function translated(error: unknown): Error {
  if (error instanceof NeonDbError && error.code !== undefined && !unavailable.test(error.code)) {
    return new SqlError(error.message, error.code);
  }
  return new DatabaseUnavailable(error);
}

function isCutConnection(error: unknown): boolean {
  const cause = error instanceof NeonDbError ? error.sourceError?.cause : undefined;
  return (
    cause instanceof Error &&
    "code" in cause &&
    ["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"].includes(String(cause.code))
  );
}
