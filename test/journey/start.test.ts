import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeTwinFolder } from "#test/support/twin-folder.ts";

// The tests change sources, so they use a copy of the repository with its builds. They follow each other: each starts on the
// builds that the test before has left.

const repository = join(import.meta.dirname, "../..");
const copy = makeTwinFolder();
const started = new Set<ChildProcess>();

beforeAll(() => {
  const unused = ["node_modules", ".git", ".local", "test", "docs", "bench"];
  for (const name of readdirSync(repository))
    if (!unused.includes(name))
      cpSync(join(repository, name), join(copy, name), { recursive: true });
  symlinkSync(join(repository, "node_modules"), join(copy, "node_modules"));
});
afterAll(async () => {
  for (const child of started) await kill(child);
  rmSync(copy, { recursive: true });
});

it("a start after a complete one builds nothing", async () => {
  const { exitCode, built, hasBuiltPage } = await startAndStop();
  expect(exitCode).toBe(0);
  expect(built).toEqual([]);
  expect(hasBuiltPage).toBe(false);
});

it("a start that is killed during its builds leaves nothing that breaks the next start", async () => {
  const changed = ["health", "login", "me"];
  for (const name of changed)
    appendFileSync(join(copy, `functions/${name}/handler.ts`), "\nglobalThis.name = 'changed';\n");
  const { child, printed } = start();
  await printed(/CloudFront/);
  await kill(child);

  expect((await startAndStop()).exitCode).toBe(0);
  for (const name of changed)
    expect(readFileSync(join(copy, `dist/${name}/index.mjs`), "utf8")).toContain("changed");
  expect((await startAndStop()).built).toEqual([]);
});

it("a start builds the function and the page whose sources have changed, and nothing else", async () => {
  appendFileSync(join(copy, "functions/health/route.ts"), "\n// changed\n");
  appendFileSync(join(copy, "frontend/index.html"), "\n");

  const { built, hasBuiltPage } = await startAndStop();
  expect(built).toEqual(["health"]);
  expect(hasBuiltPage).toBe(true);
});

it("a start that watches rebuilds a function as soon as its source changes", async () => {
  const { child, printed } = start("data", "--watch");
  await printed(/Functions .*\n/);
  appendFileSync(join(copy, "functions/me/route.ts"), "\n// changed\n");
  await printed(/Built me in/);
  child.kill("SIGINT");
  await once(child, "close");

  expect((await startAndStop()).built).toEqual([]);
});

it("two starts at once build the same change", async () => {
  appendFileSync(join(copy, "functions/health/route.ts"), "\n// changed again\n");

  const both = await Promise.all([startAndStop(), startAndStop("second")]);
  expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  expect((await startAndStop()).built).toEqual([]);
});

it("a start whose function does not compile names the place and ends", async () => {
  const path = join(copy, "functions/health/route.ts");
  const source = readFileSync(path, "utf8");
  writeFileSync(path, `${source}\nconst = 1;\n`);

  const { child, output } = start();
  const [exitCode] = await once(child, "close");
  expect(exitCode).toBe(1);
  expect(output()).toMatch(/functions\/health\/route\.ts:\d+:6: ERROR/);

  writeFileSync(path, source);
  expect((await startAndStop()).built).toEqual([]);
});

/** Starts as `npm start` does, or with `--watch` as `npm run dev` does. */
function start(data = "data", ...options: string[]) {
  const child = spawn(process.execPath, ["scripts/start.mjs", ...options], {
    cwd: copy,
    env: {
      ...{ PATH: process.env.PATH, PORT: "0", LOCAL_DATA_DIR: data, MODEL_PROVIDER: "demo" },
      // The library is filled after the functions are built, and would only take time.
      DEMO_LIBRARY: "off",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  started.add(child);
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      text += chunk;
    });
  const printed = (pattern: RegExp) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = () => pattern.test(text) && resolve();
    child.stdout.on("data", look);
    child.once("close", () => reject(new Error(`The start has ended:\n${text}`)));
    look();
    return promise;
  };
  return { child, printed, output: () => text };
}

async function startAndStop(data?: string) {
  const { child, printed, output } = start(data);
  await printed(/Functions .*\n/);
  child.kill("SIGINT");
  const [exitCode] = await once(child, "close");
  started.delete(child);
  const [, names = ""] = /Functions .* s {2}(?:unchanged|built (.*))\n/.exec(output()) ?? [];
  const hasBuiltPage = /Page .*, built\n/.test(output());
  return { exitCode, built: names === "" ? [] : names.split(", "), hasBuiltPage };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill("SIGKILL");
  await closed;
  started.delete(child);
}
