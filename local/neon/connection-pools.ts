import pg from "pg";
import { connectionRefusal, Refusal } from "./refusal.ts";

/** Connections to the local PostgreSQL, kept per user, password and database as Neon's proxy keeps them. */
export interface ConnectionPools {
  /**
   * Lends a connection for `work`. When the caller is gone the connection is cut, and PostgreSQL stops what it does.
   * @throws Refusal in Neon's words when PostgreSQL is away or lets nobody in, else what `work` throws
   */
  lend<Result>(
    address: URL,
    gone: AbortSignal,
    work: (client: pg.PoolClient) => Promise<Result>,
  ): Promise<Result>;
  end(): Promise<void>;
}

/** As many as Neon's proxy keeps for one endpoint. */
const connectionsPerPool = 20;

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
        throw new Refusal(500, "The caller is gone.");
      }
      const cut = () => client.release(true);
      gone.addEventListener("abort", cut);
      try {
        const result = await work(client);
        if (!gone.aborted) resetAndRelease(client);
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
    allowExitOnIdle: true,
  });
  // A server that goes away ends its connections, idle and lent ones; without listeners either would end the process.
  pool.on("error", ignore);
  pool.on("connect", (client) => client.on("error", ignore));
  return pool;
}

/** The pool drops a broken connection by itself, and a query on it fails on its own. */
function ignore(): void {}

/** Nothing of one request reaches the next. It fails inside a transaction left open: then the connection is dropped. */
function resetAndRelease(client: pg.PoolClient): void {
  client.query("discard all").then(
    () => client.release(),
    () => client.release(true),
  );
}
