import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Installation } from "./installation.ts";

/** The folders of a server's programs and data, and the account that runs the server. */
export interface ServerLayout {
  /** Contains `bin`, `lib` and `share`. */
  readonly programs: string;
  readonly dataDirectory: string;
  /** Undefined means the user of this process. */
  readonly account: Account | undefined;
}

interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Creates the data folder and returns the layout. PostgreSQL refuses to run as root, so under root it runs as an
 * unprivileged user. Folders that this user cannot reach, such as a checkout under /root, move to /var/tmp.
 */
export function prepareLayout(
  installation: Installation,
  dataDirectory: string,
  log: (line: string) => void,
): ServerLayout {
  mkdirSync(dataDirectory, { recursive: true });
  const wanted = realpathSync(dataDirectory);
  if (process.getuid?.() !== 0) {
    refuseForeignFolder(wanted);
    return { programs: installation.directory, dataDirectory: wanted, account: undefined };
  }
  const account = accountFor(wanted);
  return {
    account,
    programs: reachablePrograms(installation, account, log),
    dataDirectory: reachableData(wanted, account, log),
  };
}

const checkout = resolve(import.meta.dirname, "../..");

/** Returns the owner of existing data, else nobody (65534), which needs no entry in the user database. */
function accountFor(dataDirectory: string): Account {
  const { uid, gid } = statSync(dataDirectory);
  return uid === 0 ? { uid: 65_534, gid: 65_534 } : { uid, gid };
}

function reachableData(wanted: string, account: Account, log: (line: string) => void): string {
  if (canReach(dirname(wanted), account)) return handOver(wanted, account);
  const sheltered = join(shelter(), `data-${shortHash(wanted)}`);
  log(
    `Postgres keeps its data in ${sheltered}, because user ${account.uid} cannot reach ${wanted}`,
  );
  mkdirSync(sheltered, { recursive: true });
  return handOver(sheltered, account);
}

function handOver(directory: string, { uid, gid }: Account): string {
  try {
    chownSync(directory, uid, gid);
  } catch (cause) {
    throw new Error(
      `PostgreSQL does not run as root, and this root may not change the owner of ${directory}. Start as a normal user.`,
      { cause },
    );
  }
  chmodSync(directory, 0o700);
  return directory;
}

function reachablePrograms(
  { directory, version }: Installation,
  account: Account,
  log: (line: string) => void,
): string {
  if (canReach(join(directory, "bin", "postgres"), account)) return directory;
  const copy = join(shelter(), `postgres-${version}`);
  if (existsSync(copy)) return copy;
  log(`Postgres is copied to ${copy}, because user ${account.uid} cannot reach ${directory}`);
  // Copies into a draft and renames it, so that an interrupted copy is never used.
  const draft = mkdtempSync(`${copy}-`);
  cpSync(directory, draft, { recursive: true, verbatimSymlinks: true });
  makeReadable(draft);
  try {
    renameSync(draft, copy);
  } catch (error) {
    // Another start has made the same copy meanwhile.
    if (!existsSync(copy)) throw error;
    rmSync(draft, { recursive: true });
  }
  return copy;
}

/** Gives everybody the owner's rights to read and enter. An install under umask 077 gives them only to root. */
function makeReadable(directory: string): void {
  const inside = readdirSync(directory, { recursive: true, encoding: "utf8" });
  for (const path of [directory, ...inside.map((name) => join(directory, name))]) {
    const stats = lstatSync(path);
    const owners = stats.mode & 0o500;
    if (!stats.isSymbolicLink()) chmodSync(path, stats.mode | (owners >> 3) | (owners >> 6));
  }
}

/** Returns root's folder under /var/tmp. Anybody can create folders there, so another owner's folder is refused. */
function shelter(): string {
  const path = join("/var/tmp", `enterprise-agentic-ai-${shortHash(checkout)}`);
  mkdirSync(path, { recursive: true });
  const stats = lstatSync(path);
  if (!stats.isDirectory() || stats.uid !== 0)
    throw new Error(`${path} belongs to another user. Remove it and start again.`);
  chmodSync(path, 0o755);
  return path;
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

/** Whether the account may enter every folder of the path, and enter or run the last element. */
function canReach(path: string, { uid, gid }: Account): boolean {
  const stats = statSync(path);
  const shift = stats.uid === uid ? 6 : stats.gid === gid ? 3 : 0;
  const mayEnter = ((stats.mode >> shift) & 1) === 1;
  return mayEnter && (dirname(path) === path || canReach(dirname(path), { uid, gid }));
}

function refuseForeignFolder(directory: string): void {
  const { uid } = statSync(directory);
  if (uid !== process.getuid?.())
    throw new Error(
      `The data in ${directory} belong to another user (${uid}). Start as that user or as root, or set LOCAL_DATA_DIR to another folder.`,
    );
}
