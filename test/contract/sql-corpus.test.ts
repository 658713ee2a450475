import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDatabase } from "#lib/platform/postgres.ts";
import {
  allowedFunctions,
  allowedOperators,
  allowedTypes,
} from "#lib/tools/sql-query/guard/allowed-names.ts";
import { checkQuery } from "#lib/tools/sql-query/guard/check-query.ts";
import { openQuerySession } from "#lib/tools/sql-query/query-session.ts";
import { readSchema } from "#lib/tools/sql-query/read-schema.ts";
import { runStatement } from "#lib/tools/sql-query/run-statement.ts";
import type { SqlSchema } from "#lib/tools/sql-query/schema.ts";
import { ToolRefusal } from "#lib/tools/tool.ts";
import { harmlessQueries } from "#test/sql/harmless-queries.ts";
import { refusedQueries, refusedScopes, refusedVariants } from "#test/sql/refused-queries.ts";
import { openSalesDatabase, type SalesDatabase } from "#test/support/sales-database.ts";

let sales: SalesDatabase;
let schema: SqlSchema;
/** A session of the superuser, which also listens. */
let owner: pg.Client;
/** Another session of the role that reads. */
let neighbour: pg.Client;
const heard: string[] = [];

beforeAll(async () => {
  sales = await openSalesDatabase();
  const read = await readSchema(
    createDatabase({ url: async () => sales.url, endpoint: sales.neonEndpoint }),
  );
  if (!("schema" in read)) throw new Error(read.fault);
  schema = read.schema;
  owner = new pg.Client({ connectionString: sales.ownerUrl });
  neighbour = new pg.Client({ connectionString: sales.url });
  for (const client of [owner, neighbour]) {
    client.on("notification", ({ channel }) => heard.push(channel));
    await client.connect();
    await client.query("listen sales_news");
  }
});
afterAll(async () => {
  await neighbour.end();
  await owner.end();
  await sales.close();
});

const openSession = () =>
  openQuerySession(
    { url: sales.url, webSocketProxy: sales.webSocketProxy, schema: schema.name },
    AbortSignal.timeout(20_000),
  );

/** Runs a text behind wall 2 only. Returns how it ended. */
async function behindWallTwo(work: (session: Awaited<ReturnType<typeof openSession>>) => unknown) {
  const session = await openSession();
  try {
    await work(session);
    return "ran";
  } catch (error) {
    return `refused: ${error instanceof Error ? error.message : error}`;
  } finally {
    session.close();
  }
}

/** Everything that a query might change: rows, objects, rights, defaults, locks, and the sessions of others. */
async function digest() {
  const { rows } = await owner.query(`select
    (select sum(hashtextextended(r::text, 0)) from sales_data.customers r) as customers,
    (select sum(hashtextextended(r::text, 0)) from sales_data.products r) as products,
    (select sum(hashtextextended(r::text, 0)) from sales_data.orders r) as orders,
    (select sum(hashtextextended(r::text, 0)) from sales_data.order_lines r) as order_lines,
    (select md5(string_agg(concat_ws('|', oid, relname, relkind, relacl, relowner), ';' order by oid)) from pg_class where relkind <> 'i') as relations,
    (select md5(string_agg(concat_ws('|', oid, proname, proacl), ';' order by oid)) from pg_proc) as functions,
    (select md5(string_agg(concat_ws('|', oid, nspname, nspacl), ';' order by oid)) from pg_namespace where nspname !~ '^pg_t') as schemas,
    (select md5(string_agg(concat_ws('|', objoid, objsubid, description), ';' order by objoid, objsubid)) from pg_description) as comments,
    (select md5(string_agg(r::text, ';' order by r::text)) from pg_roles r where rolname like '${sales.name}%') as roles,
    (select md5(string_agg(r::text, ';' order by r::text)) from pg_db_role_setting r join pg_roles on pg_roles.oid = r.setrole where rolname like '${sales.name}%') as defaults,
    (select count(*)::int from pg_largeobject_metadata) as large_objects,
    (select count(*)::int from pg_prepared_xacts) as prepared,
    (select datacl::text from pg_database where datname = current_database()) as rights`);
  const { rows: sessions } = await neighbour.query(
    `select pg_backend_pid() as pid, md5(string_agg(name || setting, ';' order by name)) as settings,
      (select count(*)::int from pg_prepared_statements) as statements from pg_settings`,
  );
  return { ...rows[0], neighbour: sessions[0], heard: heard.length };
}

/** Locks of other sessions, once the sessions of the queries have ended. */
async function foreignLocks(): Promise<number> {
  const { rows } = await owner.query(
    // Also advisory locks, which belong to a database. Those of other databases are other tests'.
    `select count(*)::int as locks from pg_locks where pid <> pg_backend_pid()
      and database = (select oid from pg_database where datname = current_database())`,
  );
  return rows[0].locks;
}

describe("a harmless query", () => {
  it.each(harmlessQueries)("%s passes both walls: %j", async (_kind, sql) => {
    const statement = await checkQuery(sql, schema);
    const session = await openSession();
    try {
      const { table } = await runStatement(session, statement);
      expect(table.rows.length).toBeGreaterThan(0);
      expect(table.rows.every((row) => row.length === table.columns.length)).toBe(true);
    } finally {
      session.close();
    }
  });

  it("changes nothing together with all others", async () => {
    const before = await digest();
    for (const [, sql] of harmlessQueries) {
      await behindWallTwo((session) => runStatement(session, sql.replace(/;\s*$/, "")));
    }
    expect(await digest()).toEqual(before);
  });
});

const everyRefused = [...refusedQueries, ...refusedScopes, ...refusedVariants];

describe("a refused query", () => {
  it.each(everyRefused)("%s does not pass wall 1: %j", async (_kind, sql, sentence) => {
    const refusal = await checkQuery(sql, schema).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ToolRefusal);
    expect((refusal as ToolRefusal).message).toMatch(sentence);
    expect((refusal as ToolRefusal).message.length).toBeLessThan(2_000);
  });

  it("changes nothing without wall 1, whether inside our statement or as a statement of its own", async () => {
    const before = await digest();
    const locksBefore = await foreignLocks();
    const changed: string[] = [];
    for (const [, sql] of everyRefused) {
      await behindWallTwo((session) => runStatement(session, sql));
      await behindWallTwo((session) => session.query(sql));
      const after = await digest();
      if (JSON.stringify(after) !== JSON.stringify(before)) changed.push(sql);
    }
    expect(changed).toEqual([]);
    await expect.poll(foreignLocks).toBe(locksBefore);
  }, 120_000);

  it("the digest sees each kind of change", async () => {
    const before = await digest();
    const changes = [
      "update sales_data.products set list_price = 1 where product_id = 1",
      "create table public.t (a int)",
      "create function public.f() returns int language sql as 'select 1'",
      "comment on view sales.customers is 'changed'",
      `alter role ${sales.name}_reader set work_mem = '64MB'`,
      "grant select on sales_data.products to public",
      "select lo_creat(-1)",
    ];
    for (const change of changes) {
      await owner.query("begin");
      await owner.query(change);
      expect([change, JSON.stringify(await digest()) === JSON.stringify(before)]).toEqual([
        change,
        false,
      ]);
      await owner.query("rollback");
    }
    expect(await digest()).toEqual(before);
  });
});

describe("the lists of wall 1", () => {
  it("hold no function that PostgreSQL calls volatile, or that reads a name of the catalog", async () => {
    const { rows } = await owner.query(
      `select proname, bool_or(provolatile = 'v') as is_volatile,
        bool_or(exists (select from unnest(proargtypes) as argument where argument in
          ('regclass'::regtype, 'regproc'::regtype, 'regtype'::regtype, 'regrole'::regtype, 'regnamespace'::regtype))) as reads_catalog
      from pg_proc where pronamespace = 'pg_catalog'::regnamespace and proname = any($1) group by proname`,
      [[...allowedFunctions]],
    );
    const faulty = rows.filter((row) => row.is_volatile || row.reads_catalog);
    expect(faulty).toEqual([]);
    const known = new Set(rows.map(({ proname }) => proname));
    const unknown = [...allowedFunctions].filter((name) => !known.has(name));
    expect(unknown).toEqual([]);
  });

  it("hold no operator with a volatile function", async () => {
    const { rows } = await owner.query(
      `select distinct oprname from pg_operator join pg_proc on pg_proc.oid = oprcode
      where oprname = any($1) and provolatile = 'v'`,
      [[...allowedOperators]],
    );
    expect(rows).toEqual([]);
  });

  it("hold types that exist", async () => {
    const { rows } = await owner.query(
      "select name from unnest($1::text[]) as name where to_regtype(name) is null",
      [[...allowedTypes].map((name) => (name === "char" ? '"char"' : name))],
    );
    expect(rows).toEqual([]);
  });
});

describe("wall 2", () => {
  it("is a READ ONLY transaction with a timeout, on a session of its own that ends", async () => {
    const session = await openSession();
    const { rows } = await session.query(
      "select current_setting('transaction_read_only'), current_setting('statement_timeout'), current_setting('search_path'), pg_backend_pid()::text, current_user::text",
    );
    const [readOnly, timeout, path, pid, user] = rows[0] ?? [];
    expect([readOnly, timeout, path, user]).toEqual([
      "on",
      "5s",
      "sales, pg_temp",
      `${sales.name}_reader`,
    ]);
    const other = await openSession();
    const { rows: others } = await other.query("select pg_backend_pid()::text");
    expect(others[0]?.[0]).not.toBe(pid);
    session.close();
    other.close();
    await expect
      .poll(
        async () =>
          (await owner.query("select from pg_stat_activity where pid = $1", [pid])).rowCount,
      )
      .toBe(0);
  });

  it("keeps a lock and a setting of a query for no one", async () => {
    const first = await openSession();
    await first.query("select pg_advisory_lock(42)");
    await first.query("select set_config('sales.note', 'left', false)");
    first.close();
    await expect
      .poll(
        async () =>
          (await owner.query("select from pg_locks where locktype = 'advisory'")).rowCount,
      )
      .toBe(0);
    const second = await openSession();
    const { rows } = await second.query("select current_setting('sales.note', true)");
    expect(rows[0]?.[0] ?? "").toBe("");
    second.close();
  });

  it("refuses a write even where the role may write", async () => {
    await owner.query(`grant update on sales.products to ${sales.name}_reader`);
    const session = await openSession();
    await expect(session.query("update sales.products set list_price = 0")).rejects.toThrow(
      "read-only transaction",
    );
    session.close();
    await owner.query(`revoke update on sales.products from ${sales.name}_reader`);
  });

  it("refuses two statements in one text", async () => {
    const session = await openSession();
    await expect(session.query("select 1; select 2")).rejects.toThrow("multiple commands");
    session.close();
  });
});
