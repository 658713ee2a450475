import { randomUUID } from "node:crypto";
import { type AddressInfo, connect as connectSocket, createServer, type Socket } from "node:net";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrate, threadTablesVersion } from "#migrations/migrate.ts";
import { openTestDatabase } from "#test/support/database.ts";

let test: Awaited<ReturnType<typeof openTestDatabase>>;
let admin: pg.Client;
beforeAll(async () => {
  test = await openTestDatabase();
  admin = await connect(test.ownerUrl);
});
afterAll(async () => {
  for (const name of made) await admin.query(`drop database ${name} with (force)`);
  await admin.query(`drop role if exists ${runtimeRole.name}`);
  await admin.end();
  await test.close();
});

const made: string[] = [];
const runtimeRole = { name: `role_${randomUUID().slice(0, 8)}`, password: "it's\\secret" };

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

async function emptyDatabase(): Promise<string> {
  const name = `empty_${randomUUID().replaceAll("-", "")}`;
  await admin.query(`create database ${name}`);
  made.push(name);
  return Object.assign(new URL(test.ownerUrl), { pathname: name }).href;
}

/** Returns one line for each column, index, constraint and function. */
async function schemaOf(url: string): Promise<string[]> {
  const client = await connect(url);
  const { rows } = await client.query(`
    select concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default) as line
      from information_schema.columns where table_schema = 'public'
    union all select indexdef from pg_indexes where schemaname = 'public'
    union all select conrelid::regclass || ' ' || pg_get_constraintdef(oid) from pg_constraint
      where connamespace = 'public'::regnamespace
    union all select proname from pg_proc where pronamespace = 'public'::regnamespace
    order by 1`);
  await client.end();
  return rows.map(({ line }) => line);
}

describe("migrate", () => {
  it("applies each migration once when eight runs start at the same time", async () => {
    const url = await emptyDatabase();
    const runs = await Promise.all(Array.from({ length: 8 }, () => migrate({ url, runtimeRole })));
    const applied = runs.flat();
    expect(applied).toContain("0001_conversations-and-turns");
    expect(new Set(applied).size).toBe(applied.length);
    expect(await migrate({ url, runtimeRole })).toEqual([]);
  });

  it("reverts every migration and applies all again with the same result", async () => {
    const url = await emptyDatabase();
    const applied = await migrate({ url });
    const before = await schemaOf(url);
    for (const name of applied.toReversed()) {
      expect(await migrate({ url, direction: "down" })).toEqual([name]);
    }
    const without = await schemaOf(url);
    expect(without.filter((line) => /conversations|turn|assert_fence/.test(line))).toEqual([]);
    expect(await migrate({ url })).toEqual(applied);
    expect(await schemaOf(url)).toEqual(before);
  });

  it("keeps the runtime role's read permission when it reverts", async () => {
    const url = await emptyDatabase();
    const applied = await migrate({ url, runtimeRole });
    const client = await connect(url);
    const mayRead = "select has_table_privilege($1, 'turn_states', 'select') as yes";
    for (const name of applied.slice(1).toReversed()) {
      await migrate({ url, direction: "down" });
      const { rows } = await client.query(mayRead, [runtimeRole.name]);
      expect(rows, `without ${name}`).toEqual([{ yes: true }]);
    }
    await client.end();
  });

  it("counts and folds the turns that existed before a migration", async () => {
    const url = await emptyDatabase();
    const applied = await migrate({ url });
    const before = "0005_lease-holder";
    for (const name of applied.toReversed()) {
      if (name === before) break;
      await migrate({ url, direction: "down" });
    }
    const client = await connect(url);
    await client.query(`
      with begun as (
        insert into conversations (id, owner, title) values (gen_random_uuid(), 'o', 't') returning id
      )
      insert into turns (id, conversation_id, owner, body_hash, input, status, result, finished_at)
      select gen_random_uuid(), id, 'o', 'x', input, 'done', 'abc', now()
      from begun, unnest(array['Kündigung', 'plain']) input`);
    await migrate({ url });
    const { rows } = await client.query(`
      select folded, stored_bytes::int from turns join conversations on conversations.id = conversation_id
      order by input`);
    await client.end();
    const stored_bytes = 2 * 1024 + 2 * (10 + 5 + 2 * (3 + 2));
    expect(rows).toEqual([
      { folded: "kundigung\u001fabc", stored_bytes },
      { folded: null, stored_bytes },
    ]);
  });

  it("makes versions of the turns that replaced each other, and a chain again of the versions", async () => {
    const url = await emptyDatabase();
    const applied = await migrate({ url });
    const goDown = async () => {
      for (const name of applied.toReversed()) {
        if (name === "0017_reads-by-key") break;
        await migrate({ url, direction: "down" });
      }
    };
    await goDown();
    const client = await connect(url);
    const id = (name: string) => `md5('${name}')::uuid`;
    await client.query(
      `insert into conversations (id, owner, title) values (${id("c")}, 'o', 't'), (${id("empty")}, 'o', 't')`,
    );
    // 1, then 2 which was edited twice, then 3, then 4 which is regenerated and still open.
    const old = [["1"], ["2"], ["2a", "2"], ["2b", "2a"], ["3"], ["4"], ["4a", "4"]] as const;
    for (const [name, replaces] of old) {
      await client.query(
        `insert into turns (id, conversation_id, owner, input, status, result, finished_at, replaces)
        values (${id(name)}, ${id("c")}, 'o', $1, $2, $3, case when $3::text is not null then now() end,
          ${replaces ? id(replaces) : "null"})`,
        [name, name === "4a" ? "queued" : "done", name === "4a" ? null : "x"],
      );
    }
    await migrate({ url });
    const tree = await client.query(
      `select turns.input, parent.input as parent from turns left join turns as parent on parent.id = turns.parent
      order by turns.seq`,
    );
    expect(tree.rows.map(({ input, parent }) => [input, parent])).toEqual([
      ...[
        ["1", null],
        ["2", "1"],
        ["2a", "1"],
        ["2b", "1"],
      ],
      ...[
        ["3", "2b"],
        ["4", "3"],
        ["4a", "3"],
      ],
    ]);
    const heads = await client.query(
      "select input from conversations left join turns on turns.id = head order by input",
    );
    expect(heads.rows).toEqual([{ input: "4a" }, { input: null }]);

    // The person shows the branch of the first version of 2, and goes on there.
    await client.query(
      `insert into turns (id, conversation_id, owner, input, parent) values (${id("5")}, ${id("c")}, 'o', '5', ${id("2")})`,
    );
    await client.query(`update conversations set head = ${id("5")} where id = ${id("c")}`);
    await goDown();
    const shown = await client.query(
      `select input from turns where not exists (select from turns as later where later.replaces = turns.id) order by seq`,
    );
    expect(shown.rows.map(({ input }) => input)).toEqual(["1", "2", "5"]);
    await migrate({ url });
    await client.end();
  });

  it("expects the table version that LangGraph's setup creates", async () => {
    const url = await emptyDatabase();
    await migrate({ url });
    const client = await connect(url);
    const { rows } = await client.query("select max(v) as newest from checkpoint_migrations");
    await client.end();
    expect(rows).toEqual([{ newest: threadTablesVersion }]);
  });

  it.each([
    "postgresql://owner:canary@ep-cool-name-123-pooler.eu-central-1.aws.neon.tech/app",
    "mysql://owner:canary@localhost/app",
    "canary",
  ])("refuses an unusable address without repeating it", async (url) => {
    const error = await migrate({ url }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).toMatch(/without -pooler|postgresql:\/\//);
    expect(String(error)).not.toContain("canary");
  });

  it("reports in one sentence that a database does not respond, or refuses the connection", async () => {
    const wrongPassword = Object.assign(new URL(test.ownerUrl), { password: "canary" }).href;
    for (const url of ["postgresql://owner:canary@127.0.0.1:1/app", wrongPassword]) {
      const error = await migrate({ url }).then(
        () => "it connected",
        (thrown: unknown) => String(thrown),
      );
      expect(error).toMatch(/refuses the connection \((ECONNREFUSED|28P01)\)\. Check in Neon/);
      expect(error).not.toContain("canary");
    }
  });

  it("includes the message of a refusal whose code is generic", async () => {
    const url = Object.assign(new URL(test.ownerUrl), { pathname: "/nowhere" }).href;
    await expect(migrate({ url })).rejects.toThrow('(3D000: database "nowhere" does not exist)');
  });

  it("refuses the owner of the tables as the functions' role", async () => {
    const { username: name } = new URL(test.ownerUrl);
    const grant = migrate({ url: test.ownerUrl, runtimeRole: { name, password: "x" } });
    await expect(grant).rejects.toThrow("a role of their own");
  });
});

describe("the runtime role", () => {
  it("may read and write rows and change nothing else", async () => {
    const url = await emptyDatabase();
    await migrate({ url, runtimeRole });
    const { pathname, host } = new URL(url);
    const { name, password } = runtimeRole;
    const client = await connect(
      `postgresql://${name}:${encodeURIComponent(password)}@${host}${pathname}`,
    );
    await client.query("select from turn_states");
    await client.query("delete from checkpoint_writes");
    for (const forbidden of [
      "create table mine (id int)",
      "create temporary table mine (id int)",
      "create schema mine",
      "create function mine() returns int language sql as 'select 1'",
      "alter table turns add column mine int",
      "alter role current_user createdb",
      "drop table turns",
      "truncate turns",
      "create index on turns (input)",
      "delete from migrations",
      "delete from checkpoint_migrations",
    ]) {
      await expect(client.query(forbidden), forbidden).rejects.toMatchObject({ code: "42501" });
    }
    await client.end();
  });
});

it("a PostgreSQL that stops while migrate says goodbye does not end the process", async () => {
  const address = new URL(await emptyDatabase());
  const proxy = createServer((incoming) => stopAtGoodbye(incoming, address));
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const { port } = proxy.address() as AddressInfo;
  await migrate({ url: Object.assign(new URL(address), { port: String(port) }).href });
  proxy.close();
});

const goodbye = Buffer.from([0x58, 0, 0, 0, 4]);
const shutdown = "SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0";

/** Forwards a connection, and responds to its end as a PostgreSQL that shuts down at that moment does. */
function stopAtGoodbye(incoming: Socket, { hostname, port }: URL): void {
  const outgoing = connectSocket(Number(port), hostname);
  outgoing.pipe(incoming, { end: false });
  incoming.on("error", () => {});
  incoming.on("data", (bytes) => {
    if (!bytes.subarray(-goodbye.length).equals(goodbye)) {
      outgoing.write(bytes);
      return;
    }
    const length = Buffer.alloc(4);
    length.writeInt32BE(shutdown.length + 4);
    incoming.end(Buffer.concat([Buffer.from("E"), length, Buffer.from(shutdown)]));
    outgoing.destroy();
  });
}
