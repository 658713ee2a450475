import { hash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type pg from "pg";
import type { PostgresServer } from "#local/postgres/start-postgres.ts";
import { withClient } from "#local/postgres/with-client.ts";

/** The sample database of the tool `sql_query`. */
export interface SampleSales {
  /** For the role that only reads the views. Its password is new in each start. */
  url: string;
}

/**
 * Makes the database `sales` if it is missing or was made by another version of sales.sql. Takes about one second the
 * first time. One role owns the data and cannot log in; the other can only read the views.
 */
export async function prepareSampleSales(
  postgres: Pick<PostgresServer, "createDatabase" | "ownerUrl" | "url">,
  database = "sales",
): Promise<SampleSales> {
  const { owner, reader, roles, grants } = rolesOf(database);
  const script = await readFile(join(import.meta.dirname, "sales.sql"), "utf8");
  const version = hash("sha256", script + roles);
  await postgres.createDatabase(database);
  if ((await asOwner(postgres, database, readVersion)) !== version) {
    await asOwner(postgres, "postgres", (client) =>
      client.query(`drop database ${database} with (force)`),
    );
    await postgres.createDatabase(database);
    await asOwner(postgres, database, (client) =>
      client.query(
        `begin; ${roles} set local role ${owner}; ${script}; reset role; ${grants} comment on database ${database} is '${version}'; commit;`,
      ),
    );
  }
  const password = randomBytes(24).toString("base64url");
  await asOwner(postgres, database, (client) =>
    client.query(`alter role ${reader} password '${password}'`),
  );
  return { url: postgres.url(database, reader, password) };
}

async function readVersion(client: pg.Client): Promise<unknown> {
  const { rows } = await client.query(
    "select shobj_description(oid, 'pg_database') as version from pg_database where datname = current_database()",
  );
  return rows[0]?.version;
}

/** Roles belong to the whole server, so they outlive the database. */
function rolesOf(database: string) {
  const owner = `${database}_owner`;
  const reader = `${database}_reader`;
  const roles = `
do $$ begin
  if to_regrole('${owner}') is null then create role ${owner} nologin; end if;
  if to_regrole('${reader}') is null then create role ${reader} login connection limit 20; end if;
end $$;
grant create on database ${database} to ${owner};`;
  const grants = `
revoke create on database ${database} from ${owner};
revoke all on database ${database} from public;
grant connect on database ${database} to ${reader};
grant usage on schema sales to ${reader};
grant select on all tables in schema sales to ${reader};
alter role ${reader} set default_transaction_read_only = on;
alter role ${reader} set statement_timeout = '5s';`;
  return { owner, reader, roles, grants };
}

const asOwner = <Result>(
  postgres: Pick<PostgresServer, "ownerUrl">,
  name: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> => withClient({ connectionString: postgres.ownerUrl(name) }, work);
