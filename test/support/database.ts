import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { inject } from "vitest";
import type { TestProject } from "vitest/node";
import { type NeonServer, startNeon } from "#local/neon/start-neon.ts";
import { isLocked } from "#local/postgres/folder-lock.ts";
import { type PostgresServer, startPostgres } from "#local/postgres/start-postgres.ts";
import { migrate } from "#migrations/migrate.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The PostgreSQL server of the run: the owner's URL of the template database, and the role of the functions. */
    postgres: { templateUrl: string; role: string; password: string };
  }
}

export interface TestDatabase {
  /** The URL for the functions' role. Its host is named like Neon's, so only `sqlEndpoint` accepts it. */
  readonly url: string;
  /** The URL of Neon's `/sql`, the same for every database of a test file. */
  readonly sqlEndpoint: string;
  /** The owner's URL, for plain `pg`. */
  readonly ownerUrl: string;
  /** The Neon server, for its faults. */
  readonly neon: NeonServer;
  /** Returns the number of HTTP requests for this database so far. */
  requests(): number;
  close(): Promise<void>;
}

const template = "migrated";
const folderPrefix = "agentic-chat-test-postgres-";

/** Starts PostgreSQL for the run, with a migrated database that tests copy. Vitest calls the function once. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeLeftovers();
  const folder = mkdtempSync(join(tmpdir(), folderPrefix));
  const postgres = await startPostgres({ dataDirectory: folder, fsync: false });
  await postgres.createDatabase(template);
  const role = { name: "app", password: randomUUID() };
  const templateUrl = postgres.ownerUrl(template);
  await migrate({ url: templateUrl, runtimeRole: role });
  project.provide("postgres", { templateUrl, role: role.name, password: role.password });
  return () => remove(folder, postgres);
}

/** Creates a migrated database behind this test file's Neon server. The copy takes about 20 ms. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const { templateUrl, role, password } = inject("postgres");
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await asOwner(`create database ${name} template ${template} strategy file_copy`);
  const neon = await shareNeon(Number(new URL(templateUrl).port));
  return {
    neon,
    url: `postgresql://${role}:${password}@ep-test-123456.eu-central-1.aws.neon.tech/${name}?sslmode=require`,
    sqlEndpoint: neon.sqlEndpoint,
    ownerUrl: urlOf(name),
    requests: () => neon.requests(name),
    async close() {
      await releaseNeon();
      await asOwner(`drop database ${name} with (force)`);
    },
  };
}

/** The driver knows one endpoint per process, so the databases of a test file share one server. */
let shared: Promise<NeonServer> | undefined;
let sharers = 0;

function shareNeon(postgresPort: number): Promise<NeonServer> {
  sharers += 1;
  shared ??= startNeon({ postgresPort });
  return shared;
}

async function releaseNeon(): Promise<void> {
  sharers -= 1;
  if (sharers > 0) return;
  const neon = await shared;
  shared = undefined;
  await neon?.close();
}

async function asOwner(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf("postgres") });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function urlOf(database: string): string {
  const url = new URL(inject("postgres").templateUrl);
  url.pathname = `/${database}`;
  return url.href;
}

/** A killed run leaves a folder and a running server. This run takes over the server to stop it. */
async function removeLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const folder = join(tmpdir(), name);
    // A younger folder may belong to a run that is just starting.
    const isOld = name.startsWith(folderPrefix) && Date.now() - statSync(folder).mtimeMs > 60_000;
    if (isOld && !isLocked(folder))
      await remove(folder, await startPostgres({ dataDirectory: folder }));
  }
}

async function remove(folder: string, postgres: PostgresServer): Promise<void> {
  await postgres.stop();
  rmSync(postgres.dataDirectory, { recursive: true });
  // For root the data may be in another folder.
  rmSync(folder, { recursive: true, force: true });
}
