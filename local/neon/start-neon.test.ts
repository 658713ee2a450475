import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  NeonDbError,
  type NeonQueryFunction,
  neon,
  neonConfig,
  Pool,
} from "@neondatabase/serverless";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type PostgresServer, startPostgres } from "#local/postgres/start-postgres.ts";
import { type NeonServer, startNeon } from "./start-neon.ts";

const dataDirectory = mkdtempSync(join(tmpdir(), "start-neon-"));
let postgres: PostgresServer;
let server: NeonServer;
/** Has a host name of Neon, which does not resolve here. */
let url: URL;
let sql: NeonQueryFunction<false, false>;
let direct: pg.Client;

const start = () => startPostgres({ dataDirectory, fsync: false });

beforeAll(async () => {
  postgres = await start();
  server = await startNeon({ postgresPort: postgres.port });
  await postgres.createDatabase("app");
  url = new URL(postgres.ownerUrl("app"));
  url.host = "ep-quiet-sun-123456-pooler.eu-central-1.aws.neon.tech";
  neonConfig.fetchEndpoint = server.sqlEndpoint;
  neonConfig.wsProxy = () => server.websocketProxy;
  neonConfig.useSecureWebSocket = false;
  sql = neon(url.href);
  direct = new pg.Client({ connectionString: postgres.ownerUrl("app") });
  await direct.connect();
  await direct.query(
    "create table items (id int primary key, name text not null constraint named check (name <> ''))",
  );
});
afterEach(() => {
  server.fault = undefined;
});
afterAll(async () => {
  await direct.end();
  await server.close();
  await postgres.stop();
  rmSync(dataDirectory, { recursive: true });
});

const literals = [
  ...["1::int2", "-7", "9007199254740993", "1.50::numeric", "'NaN'::float8", "0.1::float4"],
  ...["true", "null", "'it''s ö'::text", "'x'::char(3)", "''", "'{}'::text[]"],
  ...["'\\x00ff'::bytea", "'2026-02-30 25:00'::text", "'2026-02-28'::date", "'10:20'::time"],
  ...["timestamptz '2026-03-01 12:00:00.123456+02'", "timestamp '2026-03-01 12:00'"],
  ...["'{\"a\":[1,null]}'::jsonb", "'[1, 2]'::json", "gen_random_uuid() is null"],
  ...["array[1,null,3]", "array[['a','b,\"c'],['d',null]]", "int4range(1,5)", "point(1,2)"],
  ...["'127.0.0.1'::inet", "'10'::bit(2)", "row(1,'a')", "'a=>1'::text::varchar", "5::money"],
];

const parameters: [type: string, value: unknown][] = [
  ["int", 5],
  ["bigint", "9007199254740993"],
  ["float8", 0.1],
  ["bool", false],
  ["text", null],
  ["text", "ö \"' \\ \n"],
  ["jsonb", { a: [1, { b: null }] }],
  ["json", "[1]"],
  ["int[]", [1, null, 3]],
  ["text[]", ['a,"b"', "{c}", "NULL"]],
  ["bytea", Buffer.from([0, 255, 10])],
  ["timestamptz", new Date("2026-03-01T10:00:00.123Z")],
  ["uuid", "0190a000-0000-7000-8000-000000000000"],
];

const faulty: [text: string, params: unknown[]][] = [
  ["select 1 as one, nope", []],
  ["selec 1", []],
  ["select 1; select 2", []],
  ["insert into items values (1, null)", []],
  ["insert into items values (1, '')", []],
  ["insert into items values (1, 'a'), (1, 'b')", []],
  ["select $1::int", ["one"]],
  ["select 1/0", []],
  ["select $1::text", ["a\0b"]],
  [
    "do $$ begin raise exception 'said' using errcode = 'TL001', detail = 'd', hint = 'h'; end $$",
    [],
  ],
];

async function failureOf(work: () => Promise<unknown>): Promise<Record<string, unknown>> {
  const error = await work().then(
    () => expect.fail("It did not fail."),
    (reason: unknown) => reason,
  );
  const { message } = error as Error;
  const { code, detail, hint, position, severity, where, schema } = error as pg.DatabaseError;
  const { table, column, dataType, constraint, routine } = error as pg.DatabaseError;
  const fields = { code, detail, hint, position, severity, where, schema, table, column };
  return { message, ...fields, dataType, constraint, routine };
}

describe("/sql gives Neon's driver what pg gives", () => {
  it.each(literals)("for the value %s", async (literal) => {
    const text = `select ${literal} as value`;
    expect(await sql.query(text)).toEqual((await direct.query(text)).rows);
  });

  it.each(parameters)("for a parameter of type %s: %j", async (type, value) => {
    const text = `select $1::${type} as value`;
    expect(await sql.query(text, [value])).toEqual((await direct.query(text, [value])).rows);
  });

  it.each(faulty)("for the failure of %s", async (text, params) => {
    const expected = await failureOf(() =>
      direct.query(Object.assign({ text, values: params }, { queryMode: "extended" })),
    );
    expect(await failureOf(() => sql.query(text, params))).toEqual(expected);
  });

  it("for fields, counts and commands", async () => {
    const insert = "insert into items values (7, 'seven') returning id, name";
    const result = await sql.query(insert, [], { fullResults: true });
    expect(result).toMatchObject({
      command: "INSERT",
      rowCount: 1,
      rows: [{ id: 7, name: "seven" }],
      fields: [{ name: "id", dataTypeID: 23 }, { name: "name" }],
    });
    const removed = await sql.query("delete from items", [], { fullResults: true });
    expect(removed).toMatchObject({ command: "DELETE", rowCount: 1, rows: [] });
    const created = await sql.query("create table empty ()", [], { fullResults: true });
    expect(created).toMatchObject({ command: "CREATE", rowCount: null });
    expect(await sql.query("select 1, 2", [], { arrayMode: true })).toEqual([[1, 2]]);
  });
});

describe("a transaction over /sql", () => {
  const settings = [
    "current_setting('transaction_isolation') as isolation",
    "current_setting('transaction_read_only') as read_only",
    "current_setting('transaction_deferrable') as deferrable",
  ].join(", ");

  it("commits all or nothing, in one request", async () => {
    const before = server.requests("app");
    const failing = sql.transaction([
      sql`insert into items values (1, 'one')`,
      sql`insert into items values (1, 'again')`,
    ]);
    await expect(failing).rejects.toMatchObject({ code: "23505", constraint: "items_pkey" });
    expect(server.requests("app") - before).toBe(1);
    expect(await sql`select * from items`).toEqual([]);
  });

  it("fails as a whole when only its commit fails", async () => {
    await direct.query(
      "create table late (id int unique deferrable initially deferred); insert into late values (1)",
    );
    const failing = sql.transaction([sql`insert into late values (1)`, sql`select 1`]);
    await expect(failing).rejects.toMatchObject({ code: "23505" });
    expect(await sql`select count(*)::int as rows from late`).toEqual([{ rows: 1 }]);
  });

  it("is read committed unless the headers ask for more", async () => {
    const [[plain] = []] = await sql.transaction([sql.query(`select ${settings}`)]);
    expect(plain).toEqual({ isolation: "read committed", read_only: "off", deferrable: "off" });
    const [[asked] = []] = await sql.transaction([sql.query(`select ${settings}`)], {
      isolationLevel: "Serializable",
      readOnly: true,
      deferrable: true,
    });
    expect(asked).toEqual({ isolation: "serializable", read_only: "on", deferrable: "on" });
  });
});

describe("/sql keeps requests apart", () => {
  it("in a session that it keeps for the next request, with its plans and settings", async () => {
    const session = () => sql`
      select pg_backend_pid() as id, current_setting('application_name') as name`;
    const [before] = await session();
    await sql`select set_config('application_name', 'kept', false)`;
    expect(await session()).toEqual([{ ...before, name: "kept" }]);
  });

  it("and ends a session whose transaction is open", async () => {
    await sql`select pg_advisory_lock(1)`;
    await sql`begin`;
    expect(await sql`select pg_current_xact_id_if_assigned() as transaction`).toEqual([
      { transaction: null },
    ]);
    await expect
      .poll(() => sql`select count(*)::int as locks from pg_locks where locktype = 'advisory'`)
      .toEqual([{ locks: 0 }]);
  });

  it("and checks user and password each time", async () => {
    const wrong = new URL(url);
    wrong.password = "guess";
    await expect(neon(wrong.href)`select 1`).rejects.toThrow(
      "password authentication failed for user 'owner'",
    );
    const missing = new URL(url);
    missing.pathname = "/nowhere";
    // The driver reads the code of a 400 only.
    await expect(neon(missing.href)`select 1`).rejects.toThrow(/HTTP status 500.*"code":"3D000"/);
  });

  it("and cancels the query of a client that leaves", async () => {
    await direct.query("begin; lock table items");
    const limit = { fetchOptions: { signal: AbortSignal.timeout(50) } };
    const waiting = sql.query("insert into items values (9, 'unwanted')", [], limit);
    await expect(waiting).rejects.toThrow("TimeoutError");
    const waiters = "select count(*)::int as waiters from pg_locks where not granted";
    await expect.poll(async () => (await direct.query(waiters)).rows).toEqual([{ waiters: 0 }]);
    await direct.query("commit");
    expect(await sql`select * from items`).toEqual([]);
  });
});

describe("/sql refuses", () => {
  const post = (body: string, headers: Record<string, string> = {}) =>
    fetch(server.sqlEndpoint, {
      method: "POST",
      body,
      headers: {
        "Neon-Connection-String": url.href,
        "Neon-Raw-Text-Output": "true",
        "Neon-Array-Mode": "true",
        ...headers,
      },
    });

  it("requests and responses beyond 10 MiB", async () => {
    const megabytes = 10 * 1024 * 1024;
    const tooMuch = await post(
      JSON.stringify({ query: "select $1", params: ["x".repeat(megabytes)] }),
    );
    expect(tooMuch.status).toBe(413);
    await expect(sql`select repeat('x', ${megabytes})`).rejects.toThrow("HTTP status 507");
  });

  it("an invalid query, address or isolation level", async () => {
    const query = JSON.stringify({ query: "select 1" });
    expect((await post('{"query":1}')).status).toBe(400);
    expect((await post(query, { "Neon-Connection-String": "nonsense" })).status).toBe(400);
    expect((await post(query, { "Neon-Array-Mode": "false" })).status).toBe(400);
    const batch = JSON.stringify({ queries: [{ query: "select 1" }] });
    expect((await post(batch, { "Neon-Batch-Isolation-Level": "Chaos" })).status).toBe(400);
    expect((await fetch(server.sqlEndpoint)).status).toBe(404);
  });
});

describe("a fault", () => {
  it("breaks the connection before or after the statement, or returns a 500", async () => {
    server.fault = ({ body }) => (body.includes("items") ? "cut" : undefined);
    await expect(sql`insert into items values (1, 'lost')`).rejects.toThrow("fetch failed");
    expect(await sql`select 1 as one`).toEqual([{ one: 1 }]);
    server.fault = () => "cut-answer";
    await expect(sql`insert into items values (2, 'kept')`).rejects.toThrow("fetch failed");
    server.fault = () => "cut-in-answer";
    // @neondatabase/serverless 1.2.0 throws no NeonDbError if the connection breaks inside the body.
    const cut = await sql`insert into items values (3, 'kept')`.catch((error: unknown) => error);
    expect(cut).toBeInstanceOf(TypeError);
    expect(cut).not.toBeInstanceOf(NeonDbError);
    server.fault = () => "error";
    await expect(sql`select 1`).rejects.toThrow("HTTP status 500");
    server.fault = undefined;
    expect(await sql`select id from items order by id`).toEqual([{ id: 2 }, { id: 3 }]);
  });

  it("leaves the client without a response until its timeout", async () => {
    server.fault = () => "hang";
    const limit = { fetchOptions: { signal: AbortSignal.timeout(50) } };
    await expect(sql.query("select 1", [], limit)).rejects.toThrow("TimeoutError");
  });
});

describe("the WebSocket side", () => {
  it("carries sessions and transactions of the driver's Pool", async () => {
    const pool = new Pool({ connectionString: url.href, max: 1 });
    await pool.query("set application_name = 'session'");
    const { rows } = await pool.query(
      "select current_setting('application_name') as name, $1::int as n",
      [3],
    );
    expect(rows).toEqual([{ name: "session", n: 3 }]);
    await pool.end();
  });

  it("connects to the local PostgreSQL and nowhere else", async () => {
    const [address = ""] = server.websocketProxy.split("?");
    for (const elsewhere of ["10.0.0.1:5432", `example.com:${postgres.port}`, "127.0.0.1:22", ""]) {
      const socket = new WebSocket(`ws://${address}?address=${elsewhere}`);
      const outcome = await new Promise((resolve) => {
        socket.onopen = () => resolve("open");
        socket.onerror = () => resolve("refused");
      });
      expect(outcome).toBe("refused");
    }
  });
});

it("returns a 500 while PostgreSQL is down, and works again afterwards", async () => {
  const pool = new Pool({ connectionString: url.href });
  pool.on("error", () => {});
  await Promise.all([sql`select 1`, sql`select 2`, pool.query("select 3")]);
  const running = sql`select pg_sleep(60)`.catch((error: unknown) => error);
  const sleeping = "select 1 from pg_stat_activity where query like 'select pg_sleep%'";
  await expect.poll(async () => (await direct.query(sleeping)).rowCount).toBe(1);
  await direct.end();
  await postgres.stop();
  expect(await running).toMatchObject({ code: "57P01" });
  await expect(sql`select 1`).rejects.toThrow("HTTP status 500");
  await expect(pool.query("select 1")).rejects.toThrow();
  postgres = await start();
  direct = new pg.Client({ connectionString: postgres.ownerUrl("app") });
  await direct.connect();
  expect(await sql`select 1 as one`).toEqual([{ one: 1 }]);
  expect((await pool.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
  await pool.end();
});
