import pg from "pg";
import { type Cluster, openCluster } from "./cluster.ts";
import { lockFolder } from "./folder-lock.ts";
import { findInstallation } from "./installation.ts";
import { type KeptServer, keepRunning } from "./keep-running.ts";
import { findOrphan, launch, logPathOf, type Postmaster, shutDown } from "./postmaster.ts";
import { prepareLayout } from "./server-layout.ts";
import { withClient } from "./with-client.ts";

/** A real PostgreSQL server on loopback. The role `owner` is its superuser. */
export interface PostgresServer {
  readonly port: number;
  /** The actual data folder. Under root it can differ from the requested folder. */
  readonly dataDirectory: string;
  ownerUrl(database: string): string;
  url(database: string, role: string, password: string): string;
  /** Creates the database if it is missing, as a copy of `template` if given. */
  createDatabase(name: string, template?: string): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL on a folder that only one process may use at a time. Takes over a server that a `kill -9` left
 * running. Restarts the server when it ends, until `stop`.
 * `fsync: false` is for data that a power cut may destroy.
 * @throws Error with one sentence if the folder is in use, or belongs to another user or version
 */
export async function startPostgres(options: {
  dataDirectory: string;
  log?: (line: string) => void;
  fsync?: boolean | undefined;
}): Promise<PostgresServer> {
  const { fsync = true, log = () => {} } = options;
  const installation = findInstallation();
  const layout = prepareLayout(installation, options.dataDirectory, log);
  const lock = lockFolder(layout.dataDirectory);
  try {
    const cluster = await openCluster(layout, installation.version);
    const postmaster =
      (await adoptOrphan(cluster, log)) ?? (await launch(layout, cluster, { fsync }));
    const { port } = postmaster;
    const kept = keepRunning(postmaster, {
      restart: async () => findOrphan(cluster) ?? launch(layout, cluster, { fsync, port }),
      logPath: logPathOf(layout),
      log,
    });
    return toPostgresServer(port, cluster, layout.dataDirectory, { kept, lock });
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Returns the server that a killed process left running if it responds, else ends it. */
async function adoptOrphan(
  cluster: Cluster,
  log: (line: string) => void,
): Promise<Postmaster | undefined> {
  const orphan = findOrphan(cluster);
  if (orphan === undefined) return undefined;
  try {
    await asOwner(orphan.port, cluster, "postgres", (client) => client.query("select 1"));
    log(`Postgres was still running (process ${orphan.pid}): using it`);
    return orphan;
  } catch {
    log(`Postgres was still running (process ${orphan.pid}) but did not respond: restarting`);
    await shutDown(orphan);
    return undefined;
  }
}

function toPostgresServer(
  port: number,
  cluster: Cluster,
  dataDirectory: string,
  { kept, lock }: { kept: KeptServer; lock: { release(): void } },
): PostgresServer {
  return {
    port,
    dataDirectory,
    ownerUrl: (database) => urlOf(port, database, "owner", cluster.ownerPassword),
    url: (database, role, password) => urlOf(port, database, role, password),
    async createDatabase(name, template = "template1") {
      const copy = `create database ${pg.escapeIdentifier(name)} template ${pg.escapeIdentifier(template)}`;
      try {
        await asOwner(port, cluster, "postgres", (client) => client.query(copy));
      } catch (error) {
        if (!(error instanceof pg.DatabaseError && error.code === "42P04")) throw error;
      }
    },
    async stop() {
      await kept.stop();
      lock.release();
    },
  };
}

const asOwner = <Result>(
  port: number,
  cluster: Cluster,
  database: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> =>
  withClient(
    {
      connectionString: urlOf(port, database, "owner", cluster.ownerPassword),
      connectionTimeoutMillis: 2_000,
    },
    work,
  );

function urlOf(port: number, database: string, role: string, password: string): string {
  const credentials = `${encodeURIComponent(role)}:${encodeURIComponent(password)}`;
  return `postgresql://${credentials}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
}
