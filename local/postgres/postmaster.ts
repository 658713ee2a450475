import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { readIfThere } from "#local/read-if-there.ts";
import { type Cluster, serverEnvironment } from "./cluster.ts";
import { commandLineOf, startTimeOf } from "./process-identity.ts";
import type { ServerLayout } from "./server-layout.ts";

/** A running server: its first process, and the loopback port it listens on. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** Resolves when the server has ended: with its signal or exit code, or undefined if it was not started by us. */
  readonly ended: Promise<string | undefined>;
}

interface LaunchOptions {
  fsync: boolean;
  /** Port of a server that restarts. Default: the port of the last start, or another if that is taken. */
  port?: number | undefined;
}

const pollMs = 10;
/** Polls rarely, because each poll runs `ps` on some systems. */
const orphanPollMs = 1_000;
const startMs = 30_000;
/** How long the server has to end after each signal. */
const shutdownMs = { SIGINT: 10_000, SIGQUIT: 2_000, SIGKILL: 2_000 };

/** Returns the server that still runs on this cluster after its parent was killed. */
export function findOrphan(cluster: Cluster): Postmaster | undefined {
  const found = readPidFile(cluster);
  if (found === undefined || !commandLineOf(found.pid)?.includes(cluster.directory))
    return undefined;
  return { pid: found.pid, port: found.port, ended: endOf(found.pid) };
}

/**
 * Starts the server and resolves once it accepts connections. No other server may run on this cluster.
 * @throws Error with the server's output if it ends instead
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
    // Two failures are temporary: another program took the port, or processes of a killed server have not ended yet.
    const isTaken = /Address already in use/.test(attempt.output);
    const isTemporary = isTaken || /shared memory block .* still in use/.test(attempt.output);
    if (!isTemporary || Date.now() > deadline)
      throw new Error(`PostgreSQL did not start on ${cluster.directory}:\n${attempt.output}`);
    await delay(pollMs * 5);
    if (isTaken && options.port === undefined) port = await freePort(undefined);
  }
}

/** Ends the server. SIGINT lets it write its data; if it takes too long, the next signals end it and the next start recovers. */
export async function shutDown({ pid }: Postmaster): Promise<void> {
  const start = startTimeOf(pid);
  const hasEnded = () => start === undefined || startTimeOf(pid) !== start;
  for (const signal of ["SIGINT", "SIGQUIT", "SIGKILL"] as const) {
    if (hasEnded()) return;
    process.kill(pid, signal);
    const deadline = Date.now() + shutdownMs[signal];
    while (!hasEnded() && Date.now() < deadline) await delay(pollMs);
  }
}

async function launchOnce(
  layout: ServerLayout,
  cluster: Cluster,
  port: number,
  { fsync, port: portBefore }: LaunchOptions,
): Promise<Postmaster | { output: string }> {
  const logPath = logPathOf(layout);
  // A restart appends, because the end of the log has the reason why the server ended.
  const log = openSync(logPath, portBefore === undefined ? "w" : "a");
  const logStart = statSync(logPath).size;
  const child = spawn(join(layout.programs, "bin", "postgres"), optionsFor(cluster, port, fsync), {
    ...layout.account,
    cwd: "/",
    env: serverEnvironment,
    // Protects the server from the terminal's Ctrl-C: the twin ends it last, after its clients.
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
  return { output: failure?.message ?? readFileSync(logPath).subarray(logStart).toString().trim() };
}

/** The log file of the server. */
export const logPathOf = (layout: ServerLayout): string =>
  join(layout.dataDirectory, "postgres.log");

/** Polls for the end of a process that is not our child. The system reports no exit code for such a process. */
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
    // Logs no statements, because their values are users' messages.
    log_min_messages: "log",
    log_min_error_statement: "panic",
    // Without fsync a confirmed commit is only in the system's cache: it survives the death of every process, but not a
    // power cut. full_page_writes protects only against a power cut.
    fsync: fsync ? "on" : "off",
    full_page_writes: fsync ? "on" : "off",
    // Cancels the query of a client that has left, as Neon's proxy does.
    client_connection_check_interval: "500ms",
    wal_level: "minimal",
    max_wal_senders: "0",
    max_wal_size: "256MB",
    shared_buffers: "32MB",
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  return ["-D", cluster.directory, "-p", String(port), ...flags];
}

/** The lines of `postmaster.pid`: pid, folder, start, port, socket folder, address, memory key, status. */
function readPidFile(cluster: Cluster) {
  const lines = readIfThere(pidFileOf(cluster))?.split("\n");
  if (lines === undefined) return undefined;
  return {
    pid: Number(lines[0]),
    port: Number(lines[3]),
    isReady: lines[7]?.trim() === "ready",
  };
}

/**
 * Replaces the pid in the file by ours. PostgreSQL refuses to start if the pid of a dead server is in use: by another
 * program, or by a zombie in a container. PostgreSQL ignores its own parent's pid. The file itself must stay, because
 * PostgreSQL reads from it whether processes of the dead server still use the data.
 */
function clearStalePid(cluster: Cluster): void {
  const text = readIfThere(pidFileOf(cluster));
  if (text === undefined) return;
  const [, ...rest] = text.split("\n");
  writeFileSync(pidFileOf(cluster), [process.pid, ...rest].join("\n"));
}

function pidFileOf(cluster: Cluster): string {
  return join(cluster.directory, "postmaster.pid");
}

/** PostgreSQL leaves the command line of its last start in `postmaster.opts`. */
function lastPort(cluster: Cluster): number | undefined {
  const text = readIfThere(join(cluster.directory, "postmaster.opts")) ?? "";
  const port = /"-p" "(\d+)"/.exec(text)?.[1];
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
