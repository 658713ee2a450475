import { runner } from "node-pg-migrate";
import pg from "pg";

export interface MigrateOptions {
  /** Address of the role that owns the tables, on the direct host. */
  url: string;
  /** "up" applies all missing migrations, "down" reverts the newest one. */
  direction?: "up" | "down";
  /** The role of the functions: created if missing, and granted only what the functions need. */
  runtimeRole?: { name: string; password: string } | undefined;
}

/** The version of LangGraph's tables after the saver's `setup()`. A contract test fails when a new saver leaves another. */
export const threadTablesVersion = 4;

/**
 * Brings our tables, LangGraph's tables and the runtime role up to date. Concurrent runs wait for
 * each other. Changes nothing in a database that is up to date.
 * @returns the names of the migrations that were applied or reverted
 * @throws Error with one sentence for the operator if the address is wrong or the database refuses
 */
export async function migrate({
  url,
  direction = "up",
  runtimeRole,
}: MigrateOptions): Promise<string[]> {
  checkAddress(url);
  const client = await connect(url);
  try {
    // Covers the thread tables and the grants too, which node-pg-migrate's own lock does not.
    // PostgreSQL releases the lock when the connection ends.
    await client.query("select pg_advisory_lock(hashtext('enterprise-agentic-ai:migrate'))");
    const migrations = await runner({
      dbClient: client,
      dir: import.meta.dirname,
      ignorePattern: String.raw`(?!\d{4}_).*`,
      direction,
      migrationsTable: "migrations",
      noLock: true,
      log: () => {},
    });
    if (direction === "up") {
      await createThreadTables(client);
      if (runtimeRole) await grantRuntimeRole(client, runtimeRole);
    }
    return migrations.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

function checkAddress(url: string): void {
  const { protocol = "", hostname = "" } = URL.parse(url) ?? {};
  if (!/^postgres(ql)?:$/.test(protocol)) {
    throw new Error("DATABASE_URL_DIRECT is not a postgresql:// address.");
  }
  // A transaction pooler may take the lock on one server connection and migrate on another.
  if (hostname.split(".")[0]?.endsWith("-pooler")) {
    throw new Error(
      "Migrations need the direct host of the database: the one without -pooler in its name.",
    );
  }
}

/** @throws Error with one sentence that does not contain the address */
async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 30_000 });
  // A broken connection fails the running query. Without a listener it would also end the process.
  client.on("error", () => {});
  try {
    await client.connect();
    return client;
  } catch (cause) {
    throw new Error(
      `The database of DATABASE_URL_DIRECT refuses the connection (${reasonOf(cause)}). Check in Neon that the project exists. ` +
        "If its address or password has changed, run: npm run setup-secrets -- --replace database-url-direct.",
      { cause },
    );
  }
}

/** Neon refuses over quota, or for a disabled endpoint, with a generic code; only its message names the reason. */
function reasonOf(cause: unknown): string {
  const { code, message } = Object(cause);
  if (cause instanceof pg.DatabaseError && code !== "28P01") return `${code}: ${message}`;
  return String(code ?? message);
}

/** Creates LangGraph's tables. The saver's package takes half a second to load, so it loads only if they are out of date. */
async function createThreadTables(client: pg.Client): Promise<void> {
  const table = "checkpoint_migrations";
  const { rows } = await client.query("select to_regclass($1) is not null as exists", [table]);
  if (rows[0].exists) {
    const { rows: versions } = await client.query(`select max(v) as newest from ${table}`);
    if (versions[0].newest === threadTablesVersion) return;
  }
  const { PostgresSaver } = await import("@langchain/langgraph-checkpoint-postgres");
  // `setup` needs a pool for one connection only: it uses this one.
  const pool = {
    connect: async () => ({
      query: (text: string, values?: unknown[]) => client.query(text, values),
      release() {},
    }),
  };
  await new PostgresSaver(pool as unknown as pg.Pool).setup();
}

const tables =
  "conversations, turns, budgets, bookings, api_keys, approvals, receipts, notes, owner_settings, shares, " +
  "deleted_owners, " +
  "documents, document_versions, document_parts, document_chunks, " +
  "indexed_versions, document_postings, document_vectors, embedding_means, " +
  "checkpoints, checkpoint_blobs, checkpoint_writes";

/** Lets the role read and write rows. The role cannot create, change or drop anything, not even a temporary table. */
async function grantRuntimeRole(
  client: pg.Client,
  { name, password }: { name: string; password: string },
): Promise<void> {
  if (name === client.user) {
    throw new Error(
      "DATABASE_URL names the owner of the tables. Give the functions a role of their own: choose a user " +
        "name and a password, and this command creates the role.",
    );
  }
  const role = pg.escapeIdentifier(name);
  const database = pg.escapeIdentifier(client.database ?? "");
  const { rowCount } = await client.query("select from pg_roles where rolname = $1", [name]);
  if (rowCount === 0) await client.query(`create role ${role}`);
  await client.query(`
    alter role ${role} login password ${pg.escapeLiteral(password)};
    -- PostgreSQL cancels a statement for which no function waits any more.
    alter role ${role} set statement_timeout = '8s';
    revoke temporary on database ${database} from public;
    revoke create on schema public from public;
    grant connect on database ${database} to ${role};
    grant usage on schema public to ${role};
    grant select, insert, update, delete on ${tables} to ${role};
    -- /health reads the table migrations to report a missing one.
    grant select on turn_states, migrations to ${role};`);
}
