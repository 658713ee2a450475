import { join } from "node:path";
import { runner } from "node-pg-migrate";
import pg from "pg";

export interface MigrateOptions {
  /** Of the role that owns the tables, over the direct host. */
  url: string;
  /** "up" applies what is missing, "down" reverts the newest migration. */
  direction?: "up" | "down";
  /** The role that the functions use: made if it is missing, and granted what they need and no more. */
  runtimeRole?: { name: string; password: string } | undefined;
}

/**
 * Brings tables, LangGraph's own tables and the run-time role up to date. Runs at the same time wait
 * for one another; on an up-to-date database nothing changes.
 * @returns the names of the migrations that were applied or reverted
 */
export async function migrate({
  url,
  direction = "up",
  runtimeRole,
}: MigrateOptions): Promise<string[]> {
  checkAddress(url);
  const client = await connect(url);
  try {
    // Ends with the connection. The migrations' own lock would leave out what comes after them.
    await client.query("select pg_advisory_lock(hashtext('enterprise-agentic-ai:migrate'))");
    const migrations = await runner({
      dbClient: client,
      dir: join(import.meta.dirname, "..", "migrations"),
      direction,
      migrationsTable: "migrations",
      noLock: true,
      log: () => {},
    });
    if (direction === "up") {
      await createThreadTables(client, url);
      if (runtimeRole) await grantRuntimeRole(client, runtimeRole);
    }
    return migrations.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

/** @throws Error in one sentence, without the address */
async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 30_000 });
  try {
    await client.connect();
    return client;
  } catch (cause) {
    throw new Error(
      `The database of DATABASE_URL_DIRECT does not let us in (${reasonOf(cause)}). Look in Neon whether the project is there, ` +
        "and whether the address and its password are still these: npm run setup-secrets -- --replace database-url-direct.",
      { cause },
    );
  }
}

/** Neon's own refusals, of a quota or a disabled endpoint, have a code that says nothing; its words do. */
function reasonOf(cause: unknown): string {
  const { code, message } = Object(cause);
  if (cause instanceof pg.DatabaseError && code !== "28P01") return `${code}: ${message}`;
  return String(code ?? message);
}

function checkAddress(url: string): void {
  const { protocol = "", hostname = "" } = URL.parse(url) ?? {};
  if (!/^postgres(ql)?:$/.test(protocol)) {
    throw new Error("DATABASE_URL_DIRECT is not a postgresql:// address.");
  }
  // A transaction pooler gives the lock to one server connection and the migrations to another.
  if (hostname.split(".")[0]?.endsWith("-pooler")) {
    throw new Error(
      "Migrations need the direct host of the database: the one without -pooler in its name.",
    );
  }
}

/** The number that the saver's setup() leaves behind; a test tells when a new version of it leaves another. */
export const threadTablesVersion = 4;

/** LangGraph's own tables. Its code takes half a second to load, so it is asked only when they are not there yet. */
async function createThreadTables(client: pg.Client, url: string): Promise<void> {
  const table = "checkpoint_migrations";
  const { rows } = await client.query("select to_regclass($1) is not null as exists", [table]);
  if (rows[0].exists) {
    const { rows: versions } = await client.query(`select max(v) as newest from ${table}`);
    if (versions[0].newest === threadTablesVersion) return;
  }
  const { PostgresSaver } = await import("@langchain/langgraph-checkpoint-postgres");
  const saver = PostgresSaver.fromConnString(url);
  try {
    await saver.setup();
  } finally {
    await saver.end();
  }
}

const tables = "conversations, turns, checkpoints, checkpoint_blobs, checkpoint_writes";

/** Reads and writes rows; makes, changes and drops nothing, not even a temporary table. */
async function grantRuntimeRole(
  client: pg.Client,
  { name, password }: { name: string; password: string },
): Promise<void> {
  if (name === client.user) {
    throw new Error(
      "DATABASE_URL names the owner of the tables. Give the functions a role of their own: a user " +
        "name and password of your choice, and this command creates it.",
    );
  }
  const role = pg.escapeIdentifier(name);
  const database = pg.escapeIdentifier(client.database ?? "");
  const { rowCount } = await client.query("select from pg_roles where rolname = $1", [name]);
  if (rowCount === 0) await client.query(`create role ${role}`);
  await client.query(`
    alter role ${role} login password ${pg.escapeLiteral(password)};
    -- What a function no longer waits for ends by itself.
    alter role ${role} set statement_timeout = '8s';
    revoke temporary on database ${database} from public;
    revoke create on schema public from public;
    grant connect on database ${database} to ${role};
    grant usage on schema public to ${role};
    grant select, insert, update, delete on ${tables} to ${role};
    -- The second is for /health, which says when a migration is missing.
    grant select on turn_states, migrations to ${role};`);
}

/** The command line: `migrate [up|down]`, with the addresses in the environment. */
async function main(): Promise<void> {
  const direction = process.argv[2] ?? "up";
  if (direction !== "up" && direction !== "down") throw new Error("Usage: migrate [up|down]");
  const url = process.env.DATABASE_URL_DIRECT;
  if (!url) throw new Error("DATABASE_URL_DIRECT is missing: the owner's address, direct host.");
  const runtimeRole = direction === "up" ? roleOf(process.env.DATABASE_URL) : undefined;
  const names = await migrate({ url, direction, runtimeRole });
  const done = direction === "up" ? "applied" : "reverted";
  console.log(names.length === 0 ? "The database is up to date." : `${done}: ${names.join(", ")}`);
}

function roleOf(url: string | undefined): { name: string; password: string } {
  const { username, password } = URL.parse(url ?? "") ?? {};
  if (!username || !password) {
    throw new Error("DATABASE_URL is missing, or names no user and password for the functions.");
  }
  return { name: decodeURIComponent(username), password: decodeURIComponent(password) };
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    console.error(`migrate: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
