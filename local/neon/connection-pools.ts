import pg from "pg";
import { connectionRefusal, Refusal } from "./refusal.ts";

/** Connections to the local PostgreSQL, pooled per user, password and database like in Neon's proxy. */
export interface ConnectionPools {
  /**
   * Lends a connection to `work`. When `gone` is aborted, cuts the connection, so that PostgreSQL cancels the query.
   * @throws Refusal with Neon's message if PostgreSQL is down or refuses the user, or the error of `work`
   */
  lend<Result>(
    address: URL,
    gone: AbortSignal,
    work: (client: pg.PoolClient) => Promise<Result>,
  ): Promise<Result>;
  end(): Promise<void>;
}

/** The size of Neon's pool for one endpoint. */
const connectionsPerPool = 20;
/** Neon's pool closes a session that was idle for five minutes. */
const idleMs = 5 * 60_000;

export function createConnectionPools(postgresPort: number): ConnectionPools {
  const pools = new Map<string, pg.Pool>();

  function poolFor({ username, password, pathname }: URL): pg.Pool {
    const key = `${username}:${password}${pathname}`;
    const pool = pools.get(key) ?? createPool(postgresPort, { username, password, pathname });
    pools.set(key, pool);
    return pool;
  }

  return {
    async lend(address, gone, work) {
      const client = await poolFor(address)
        .connect()
        .catch((error: unknown) => {
          throw connectionRefusal(error, decodeURIComponent(address.username));
        });
      if (gone.aborted) {
        client.release();
        throw new Refusal(500, "The client has left.");
      }
      const cut = () => client.release(true);
      gone.addEventListener("abort", cut);
      try {
        const result = await work(client);
        if (!gone.aborted) client.release(inTransaction(client));
        return result;
      } catch (error) {
        if (!gone.aborted) cut();
        throw error;
      } finally {
        gone.removeEventListener("abort", cut);
      }
    },
    async end() {
      await Promise.all([...pools.values()].map((pool) => pool.end()));
    },
  };
}

function createPool(
  port: number,
  { username, password, pathname }: Pick<URL, "username" | "password" | "pathname">,
): pg.Pool {
  const pool = new pg.Pool({
    host: "127.0.0.1",
    port,
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    max: connectionsPerPool,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: idleMs,
    allowExitOnIdle: true,
  });
  // When the server stops, idle and lent connections emit "error". Without a listener that would exit the process.
  pool.on("error", ignore);
  pool.on("connect", (client) => client.on("error", ignore));
  return pool;
}

/** The pool removes a broken connection itself, and a query on it fails. */
function ignore(): void {}

/** Neon's pool keeps a session with its plans and settings, unless a transaction is still open. */
const inTransaction = (client: pg.PoolClient): boolean => client.getTransactionStatus() !== "I";
