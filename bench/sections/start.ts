import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import type { Bench } from "#bench/bench.ts";
import { checkOut, currentReference } from "#bench/builds/build.ts";
import { createRecorder, type Samples } from "#bench/samples.ts";
import { freePort } from "#bench/servers.ts";

const run = promisify(execFile);

const rounds = 3;
const pollMs = 20;
const giveUpMs = 120_000;
/** What an installation does not have: bundles, page, data, and caches of compiled code. */
const made = ["dist", ".local", "node_modules/.cache"];

/** Measures `npm start` in a fresh checkout of each build, the first time and once more: until page and functions respond. */
export async function measureStart(bench: Bench): Promise<Samples> {
  await using cleanUp = new AsyncDisposableStack();
  const checkouts = [];
  for (const { party, build } of bench.builds) {
    const reference = party === "this" ? await currentReference() : build.name;
    const tree = await checkOut(reference, cleanUp);
    // Hard links: a copy would take a minute, and a symbolic link would share the caches.
    mkdirSync(join(tree, "node_modules"));
    await run("cp", ["-al", `${build.root}/node_modules/.`, join(tree, "node_modules")]);
    checkouts.push({ party, tree });
  }
  const { samples, add } = createRecorder();
  for (let round = 1; round <= rounds; round += 1) {
    for (const { party, tree } of checkouts) {
      for (const path of made) rmSync(join(tree, path), { recursive: true, force: true });
      const first = await startTwin(tree);
      add("start-first", party, first.pageSeconds);
      add("start-first-function", party, first.functionSeconds);
      const later = await startTwin(tree);
      add("start-later", party, later.pageSeconds);
      add("start-later-function", party, later.functionSeconds);
    }
    bench.note(`start: round ${round} of ${rounds}`);
  }
  return samples;
}

/** Runs `npm start` until the page and then a function have responded. */
async function startTwin(tree: string): Promise<{ pageSeconds: number; functionSeconds: number }> {
  const port = await freePortOfTwin();
  const startedAt = performance.now();
  const child = spawn("npm", ["start"], {
    cwd: tree,
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own, so that the signal reaches npm and its child, as Ctrl-C does.
    detached: true,
    env: { ...process.env, PORT: String(port), MODEL_PROVIDER: "demo" },
  });
  const exited = once(child, "exit");
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data: Buffer) => {
      output += String(data);
    });
  }
  /** Returns the seconds from the start until the path has this status. */
  const secondsUntil = async (path: string, status: number): Promise<number> => {
    while ((await statusOf(port, path)) !== status) {
      const hasEnded = child.exitCode !== null;
      if (hasEnded || performance.now() - startedAt > giveUpMs) {
        throw new Error(`${path} does not respond after npm start:\n${output}`);
      }
      await delay(pollMs);
    }
    return (performance.now() - startedAt) / 1_000;
  };
  try {
    const pageSeconds = await secondsUntil("/", 200);
    return { pageSeconds, functionSeconds: await secondsUntil("/api/me", 401) };
  } finally {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, "SIGINT");
    await exited;
  }
}

/** Returns a free port after which the next one is free, too: the twin's function URL takes that one. */
async function freePortOfTwin(): Promise<number> {
  for (;;) {
    const port = await freePort();
    const next = await freePort(port + 1).catch(() => undefined);
    if (next !== undefined) return port;
  }
}

/** Returns the status of the path, or undefined if nothing listens. */
async function statusOf(port: number, path: string): Promise<number | undefined> {
  const request = get({ port, host: "localhost", path, agent: false });
  try {
    const [response] = await once(request, "response");
    response.resume();
    return response.statusCode;
  } catch {
    return undefined;
  }
}
