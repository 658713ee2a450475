import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Cluster, serverEnvironment } from "./cluster.ts";
import { commandLineOf, startTimeOf } from "./process-identity.ts";
import type { ServerLayout } from "./server-layout.ts";

/** A running server: its first process, and the loopback port it listens on. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** Resolves when the server has ended, whoever ended it; with its signal or exit code, if anybody can know. */
  readonly ended: Promise<string | undefined>;
}

interface LaunchOptions {
  fsync: boolean;
  /** Of a server that is started again. Without it the one of the last start, or another if that is taken. */
  port?: number | undefined;
}

const pollMs = 10;
/** On some systems it runs a program each time. */
const orphanPollMs = 1_000;
const startMs = 30_000;
const patienceMs = { SIGINT: 10_000, SIGQUIT: 2_000, SIGKILL: 2_000 };

/** The server that still runs on this cluster although its owner was killed. */
export function findOrphan(cluster: Cluster): Postmaster | undefined {
  const found = readPidFile(cluster);
  if (found === undefined || !commandLineOf(found.pid)?.includes(cluster.directory))
    return undefined;
  return { pid: found.pid, port: found.port, ended: endOf(found.pid) };
}

/**
 * Starts the server and resolves once it accepts connections. None may run on this cluster.
 * @throws Error with what the server wrote when it ends instead.
 */
export async function launch(
  layout: ServerLayout,
  cluster: Cluster,
  options: LaunchOptions,
): Promise<Postmaster> {
  const deadline = Date.now() + startMs;
  clearStalePid(cluster);
  let port = options.port ?? (await freePort(lastPort(cluster)));
  for (;;) {
    const attempt = await launchOnce(layout, cluster, port, options);
    if ("pid" in attempt) return attempt;
    // Both pass: somebody took the port first; processes of a killed server are still going away.
    const isTaken = /Address already in use/.test(attempt.said);
    const isPassing = isTaken || /shared memory block .* still in use/.test(attempt.said);
    if (!isPassing || Date.now() > deadline)
      throw new Error(`PostgreSQL did not start on ${cluster.directory}:\n${attempt.said}`);
    await delay(pollMs * 5);
    if (isTaken && options.port === undefined) port = await freePort(undefined);
  }
}

/** Ends the server: politely, so that it writes its data out; if it takes too long at once, which the next start mends. */
export async function shutDown({ pid }: Postmaster): Promise<void> {
  const start = startTimeOf(pid);
  const hasEnded = () => start === undefined || startTimeOf(pid) !== start;
  for (const signal of ["SIGINT", "SIGQUIT", "SIGKILL"] as const) {
    if (hasEnded()) return;
    process.kill(pid, signal);
    const deadline = Date.now() + patienceMs[signal];
    while (!hasEnded() && Date.now() < deadline) await delay(pollMs);
  }
}

async function launchOnce(
  layout: ServerLayout,
  cluster: Cluster,
  port: number,
  { fsync, port: portBefore }: LaunchOptions,
): Promise<Postmaster | { said: string }> {
  const logPath = logPathOf(layout);
  // Why a server ended that is started again stands in what it wrote last.
  const log = openSync(logPath, portBefore === undefined ? "w" : "a");
  const logStart = statSync(logPath).size;
  const child = spawn(join(layout.programs, "bin", "postgres"), optionsFor(cluster, port, fsync), {
    ...layout.account,
    cwd: "/",
    env: serverEnvironment,
    // Away from the terminal's Ctrl-C: the twin ends it last, after what still uses it.
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const { promise: ended, resolve: end } = Promise.withResolvers<string>();
  child.once("exit", (code, signal) => end(signal ?? `exit code ${code}`));
  let failure: Error | undefined;
  child.on("error", (error) => {
    failure = error;
  });
  while (child.exitCode === null && child.signalCode === null && failure === undefined) {
    const found = readPidFile(cluster);
    if (found?.pid === child.pid && found?.isReady) {
      child.unref();
      return { pid: found.pid, port: found.port, ended };
    }
    await delay(pollMs);
  }
  return { said: failure?.message ?? readFileSync(logPath).subarray(logStart).toString().trim() };
}

/** What the server writes. */
export const logPathOf = (layout: ServerLayout): string =>
  join(layout.dataDirectory, "postgres.log");

/** Of a process that is no child of ours: the system tells nobody that it ends, or how. */
async function endOf(pid: number): Promise<undefined> {
  const start = startTimeOf(pid);
  while (start !== undefined && startTimeOf(pid) === start)
    await delay(orphanPollMs, undefined, { ref: false });
}

function optionsFor(cluster: Cluster, port: number, fsync: boolean): string[] {
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    timezone: "UTC",
    log_timezone: "UTC",
    // Statements and their values are people's messages: only the server's own affairs are logged.
    log_min_messages: "log",
    log_min_error_statement: "panic",
    // Without fsync a commit is in the system's cache when it is confirmed: it survives the death of every process,
    // though not of the machine. full_page_writes guards against the latter only.
    fsync: fsync ? "on" : "off",
    full_page_writes: fsync ? "on" : "off",
    // What a vanished caller waits for is given up, as Neon's proxy does.
    client_connection_check_interval: "500ms",
    wal_level: "minimal",
    max_wal_senders: "0",
    max_wal_size: "256MB",
    shared_buffers: "32MB",
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  return ["-D", cluster.directory, "-p", String(port), ...flags];
}

/** `postmaster.pid`, line by line: pid, folder, start, port, socket folder, address, memory key, status. */
function readPidFile(cluster: Cluster) {
  if (!existsSync(pidFileOf(cluster))) return undefined;
  const lines = readFileSync(pidFileOf(cluster), "utf8").split("\n");
  return {
    pid: Number(lines[0]),
    port: Number(lines[3]),
    isReady: lines[7]?.trim() === "ready",
  };
}

/**
 * PostgreSQL does not start when the pid that a dead server left is in use: by some other program, or by the dead
 * server itself where nobody collects dead processes, as in a container. Its own parent's pid it knows to be no server.
 * The file stays, for it also tells whether processes of the dead server still work on the data.
 */
function clearStalePid(cluster: Cluster): void {
  if (!existsSync(pidFileOf(cluster))) return;
  const [, ...rest] = readFileSync(pidFileOf(cluster), "utf8").split("\n");
  writeFileSync(pidFileOf(cluster), [process.pid, ...rest].join("\n"));
}

function pidFileOf(cluster: Cluster): string {
  return join(cluster.directory, "postmaster.pid");
}

/** PostgreSQL leaves the command line of its last start in `postmaster.opts`. */
function lastPort(cluster: Cluster): number | undefined {
  const path = join(cluster.directory, "postmaster.opts");
  const port = existsSync(path) && /"-p" "(\d+)"/.exec(readFileSync(path, "utf8"))?.[1];
  return port ? Number(port) : undefined;
}

async function freePort(preferred: number | undefined): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const probe = createServer();
  probe.once("error", (error) => {
    if (preferred === undefined) reject(error);
    else resolve(freePort(undefined));
  });
  probe.listen(preferred ?? 0, "127.0.0.1", () => {
    const address = probe.address();
    const port = typeof address === "object" ? address?.port : undefined;
    probe.close(() => (port === undefined ? reject(new Error("no port")) : resolve(port)));
  });
  return promise;
}
