import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chownSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ServerLayout } from "./server-layout.ts";

/** A data folder on which PostgreSQL can start. */
export interface Cluster {
  readonly directory: string;
  readonly ownerPassword: string;
}

/**
 * Returns the cluster of this layout. Creates the cluster if there is none, which takes about 0.7 s.
 * @throws Error if another major version of PostgreSQL wrote the data
 */
export async function openCluster(layout: ServerLayout, version: string): Promise<Cluster> {
  const directory = join(layout.dataDirectory, "cluster");
  const passwordFile = join(layout.dataDirectory, "owner-password");
  if (!existsSync(directory)) {
    writeFileSync(passwordFile, randomBytes(18).toString("base64url"), { mode: 0o600 });
    if (layout.account) chownSync(passwordFile, layout.account.uid, layout.account.gid);
    await initialise(layout, directory, passwordFile);
  }
  refuseOtherMajor(directory, version);
  return { directory, ownerPassword: readFileSync(passwordFile, "utf8") };
}

/** Runs initdb in a draft folder and renames it, so that an interrupted initdb leaves no half cluster. */
async function initialise(
  layout: ServerLayout,
  directory: string,
  passwordFile: string,
): Promise<void> {
  for (const name of readdirSync(layout.dataDirectory))
    if (name.startsWith("unfinished-"))
      rmSync(join(layout.dataDirectory, name), { recursive: true, force: true, maxRetries: 5 });
  const draft = join(layout.dataDirectory, `unfinished-${process.pid}`);
  await runInitdb(layout, [
    `--pgdata=${draft}`,
    "--username=owner",
    `--pwfile=${passwordFile}`,
    // Cleartext is enough on loopback. SCRAM costs the Neon driver 226 ms of JavaScript per connection.
    "--auth=password",
    "--no-sync",
    "--encoding=UTF8",
    // Neon's locale: bytes decide the sort order, but lower() and ILIKE know every letter.
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
  ]);
  renameSync(draft, directory);
}

async function runInitdb(layout: ServerLayout, options: string[]): Promise<void> {
  const initdb = join(layout.programs, "bin", "initdb");
  // initdb looks up the name of its user. In a container the user may have no name; a user namespace provides one.
  const isNamed = hasUserName(layout);
  const [program = initdb, ...words] = isNamed
    ? [initdb, ...options]
    : ["unshare", "--user", "--map-user=65534", initdb, ...options];
  try {
    const environment = { ...layout.account, cwd: "/", env: serverEnvironment };
    await promisify(execFile)(program, words, environment);
  } catch (cause) {
    const advice = isNamed ? "" : " The current user has no name: add one to /etc/passwd.";
    const failure = `PostgreSQL could not create its data folder in ${layout.dataDirectory}.${advice}`;
    throw new Error(`${failure}\n${stderrOf(cause)}`, { cause });
  }
}

function stderrOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const output = "stderr" in cause ? String(cause.stderr).trim() : "";
  return output === "" ? cause.message : output;
}

/** Excludes the caller's environment: PGDATA, PGPORT or a locale that is not installed would change the server. */
export const serverEnvironment = { LC_ALL: "C", TZ: "UTC", PATH: process.env.PATH };

function hasUserName(layout: ServerLayout): boolean {
  if (layout.account !== undefined) return true;
  try {
    return userInfo().username !== "";
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_SYSTEM_ERROR")
      return false;
    throw error;
  }
}

function refuseOtherMajor(directory: string, version: string): void {
  const found = readFileSync(join(directory, "PG_VERSION"), "utf8").trim();
  const [expected] = version.split(".");
  if (found !== expected)
    throw new Error(
      `PostgreSQL ${found} wrote the data in ${directory}; this is PostgreSQL ${expected}. Move that folder away to start empty, or set LOCAL_DATA_DIR to another folder.`,
    );
}
