import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { type PostgresServer, startPostgres } from "./start-postgres.ts";

const dataDirectory = mkdtempSync(join(tmpdir(), "start-postgres-"));
const cluster = join(dataDirectory, "cluster");
let server: PostgresServer | undefined;
const log: string[] = [];

async function start(): Promise<PostgresServer> {
  log.length = 0;
  server = await startPostgres({ dataDirectory, log: (line) => log.push(line), fsync: false });
  return server;
}

async function stop(): Promise<void> {
  await server?.stop();
  server = undefined;
}

beforeAll(async () => {
  // The folder that an interrupted initdb leaves behind.
  mkdirSync(join(dataDirectory, "unfinished-1", "base"), { recursive: true });
  const { createDatabase, ownerUrl } = await start();
  await createDatabase("app");
  await query(ownerUrl("app"), "create table kept (note text)");
  await stop();
});
afterEach(stop);
afterAll(() => rmSync(dataDirectory, { recursive: true }));

async function query(url: string, text: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query(text);
  } finally {
    await client.end();
  }
}

const notes = async (url: string) => (await query(url, "select note from kept")).rows;

/** Starts another process that runs the server, like a twin, and has committed a row. */
async function startElsewhere(note: string): Promise<{ twin: ChildProcess; postmaster: number }> {
  const module = JSON.stringify(join(import.meta.dirname, "start-postgres.ts"));
  const script = `
    import pg from "pg";
    const { startPostgres } = await import(${module});
    const server = await startPostgres({ dataDirectory: ${JSON.stringify(dataDirectory)}, fsync: false });
    const client = new pg.Client({ connectionString: server.ownerUrl("app") });
    await client.connect();
    await client.query("insert into kept values ('${note}')");
    console.log("ready");
    setInterval(() => {}, 1000);`;
  const twin = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(twin.stdout, "data");
  return { twin, postmaster: postmasterPid() };
}

function postmasterPid(): number {
  return Number(readFileSync(join(cluster, "postmaster.pid"), "utf8").split("\n")[0]);
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "exit");
}

it("keeps its data and its port across restarts", async () => {
  const { port } = await start();
  await stop();
  const again = await start();
  expect(again.port).toBe(port);
  expect(await notes(again.ownerUrl("app"))).toEqual([]);
});

it("creates a database once, and refuses a wrong password", async () => {
  const { createDatabase, ownerUrl, url } = await start();
  await createDatabase("once");
  await createDatabase("once", "app");
  await expect(query(ownerUrl("once"), "table kept")).rejects.toMatchObject({ code: "42P01" });
  await expect(query(url("once", "owner", "guess"), "select 1")).rejects.toMatchObject({
    code: "28P01",
  });
});

it("compares letters beyond ASCII as Neon does", async () => {
  const { ownerUrl } = await start();
  const { rows } = await query(
    ownerUrl("app"),
    "select 'ÄÖ' ilike 'äö' as same, lower('É') as small",
  );
  expect(rows).toEqual([{ same: true, small: "é" }]);
});

it("takes over the running server of a killed process, with all commits", async () => {
  const { twin, postmaster } = await startElsewhere("before the kill");
  await kill(twin);
  const { ownerUrl } = await start();
  expect(log).toEqual([`Postgres was still running (process ${postmaster}): using it`]);
  expect(postmasterPid()).toBe(postmaster);
  expect(await notes(ownerUrl("app"))).toContainEqual({ note: "before the kill" });
});

it("keeps all commits when every process is killed at once", async () => {
  const { twin, postmaster } = await startElsewhere("before all was killed");
  process.kill(postmaster, "SIGKILL");
  await kill(twin);
  const { ownerUrl } = await start();
  expect(postmasterPid()).not.toBe(postmaster);
  expect(await notes(ownerUrl("app"))).toContainEqual({ note: "before all was killed" });
});

it("refuses data that another running copy uses, and does not disturb that copy", async () => {
  const { twin, postmaster } = await startElsewhere("of the other copy");
  await expect(start()).rejects.toThrow(`in use by another running copy (process ${twin.pid})`);
  expect(postmasterPid()).toBe(postmaster);
  await kill(twin);
  await start();
});

it("starts despite a pid file whose pid now belongs to another program", async () => {
  const someProgram = spawn("sleep", ["60"]);
  await once(someProgram, "spawn");
  writeFileSync(join(cluster, "postmaster.pid"), `${someProgram.pid}\n${cluster}\n`);
  const { ownerUrl } = await start();
  expect(await notes(ownerUrl("app"))).not.toEqual([]);
  await kill(someProgram);
});

/** Kills the server and waits until another server has replaced it. */
async function killServer(ownerUrl: (database: string) => string): Promise<void> {
  const killed = postmasterPid();
  process.kill(killed, "SIGKILL");
  const isBack = () => query(ownerUrl("app"), "select 1").then(postmasterPid, () => killed);
  await expect.poll(isBack, { timeout: 10_000 }).not.toBe(killed);
}

it("restarts a killed server on its port, with all commits", async () => {
  const { ownerUrl } = await start();
  await query(ownerUrl("app"), "insert into kept values ('before the server was killed')");
  await killServer(ownerUrl);
  expect(await notes(ownerUrl("app"))).toContainEqual({ note: "before the server was killed" });
  expect(log).toEqual(["Postgres ended (SIGKILL): restarting"]);
});

it("restarts a server that it had taken over", async () => {
  const { twin } = await startElsewhere("before the owner was killed");
  await kill(twin);
  const { ownerUrl } = await start();
  await killServer(ownerUrl);
  expect(log.at(-1)).toBe("Postgres ended: restarting");
});

it("does not restart a stopped server, also if the stop comes during a restart", async () => {
  await start();
  process.kill(postmasterPid(), "SIGKILL");
  await expect.poll(() => log).toHaveLength(1);
  await stop();
  expect(existsSync(join(cluster, "postmaster.pid"))).toBe(false);
  await start();
  await stop();
  expect(log).toEqual([]);
});

it("gives up on a server that does not start, and logs PostgreSQL's reason", async () => {
  await start();
  const version = join(cluster, "PG_VERSION");
  const found = readFileSync(version, "utf8");
  writeFileSync(version, "16\n");
  process.kill(postmasterPid(), "SIGKILL");
  await expect.poll(() => log, { timeout: 10_000 }).toHaveLength(4);
  writeFileSync(version, found);
  expect(log[1]).toMatch(/^Postgres did not start \(.*version 16.*\): restarting$/);
  expect(log[3]).toContain(`Its log is ${join(dataDirectory, "postgres.log")}`);
  await stop();
  await start();
});

it("gives up on a server that ends repeatedly, and logs what to do", async () => {
  const { ownerUrl } = await start();
  for (let count = 0; count < 3; count += 1) await killServer(ownerUrl);
  process.kill(postmasterPid(), "SIGKILL");
  await expect.poll(() => log.at(-1)).toContain("Ctrl-C");
  expect(log).toHaveLength(4);
  expect(log[3]).toContain(join(dataDirectory, "postgres.log"));
  await stop();
  await start();
});

it("refuses the data of another major version in one sentence", async () => {
  const version = join(cluster, "PG_VERSION");
  const found = readFileSync(version, "utf8");
  writeFileSync(version, "16\n");
  await expect(start()).rejects.toThrow("PostgreSQL 16 wrote the data");
  writeFileSync(version, found);
});
