import { execFile } from "node:child_process";
import { cpSync, existsSync, readFileSync, symlinkSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");

/** A version of this project on disk, with its bundles built. */
export interface Build {
  /** For the table: `this` or a short commit. */
  name: string;
  root: string;
  /** Folder with a folder for each function. */
  bundles: string;
}

/** Bundles the functions of this working tree. */
export async function buildThis(): Promise<Build> {
  await bundleFunctions(root);
  return { name: "this", root, bundles: join(root, "dist") };
}

/**
 * Checks a commit out into a temporary folder and bundles its functions. Uses this tree's node_modules if both lock the
 * same packages.
 * @throws Error if there is no such commit
 */
export async function buildCommit(
  reference: string,
  cleanUp: AsyncDisposableStack,
): Promise<Build> {
  const { stdout } = await git("rev-parse", "--short", `${reference}^{commit}`);
  const tree = await checkOut(reference, cleanUp);
  const hasSamePackages = lockOf(tree) === lockOf(root);
  if (hasSamePackages) symlinkSync(join(root, "node_modules"), join(tree, "node_modules"));
  else await untilCleanUp(npmCi(tree), cleanUp);
  await untilCleanUp(bundleFunctions(tree), cleanUp);
  return { name: stdout.trim(), root: tree, bundles: join(tree, "dist") };
}

/** Checks a commit out into a temporary folder. `cleanUp` removes the folder, also when the benchmark is interrupted. */
export async function checkOut(reference: string, cleanUp: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "bench-"));
  // If this process is root, PostgreSQL runs as another user, who needs access.
  await chmod(folder, 0o755);
  const tree = join(folder, "tree");
  cleanUp.defer(async () => {
    await git("worktree", "remove", "--force", tree).catch(() => git("worktree", "prune"));
    await rm(folder, { recursive: true, force: true });
  });
  await git("worktree", "add", "--detach", tree, reference);
  return tree;
}

/** Waits for a program. An interrupted benchmark ends the program before it removes the program's folder. */
async function untilCleanUp(
  running: ReturnType<typeof run>,
  cleanUp: AsyncDisposableStack,
): Promise<void> {
  cleanUp.defer(async () => {
    running.child.kill();
    await running.catch(() => {});
  });
  await running;
}

/** Returns a commit with the changes of this tree. Files that git does not know are not in it. */
export async function currentReference(): Promise<string> {
  const { stdout } = await git("stash", "create");
  return stdout.trim() || "HEAD";
}

/**
 * Copies the baselines into a cache and installs their packages there, on the first run and after their lock has changed.
 * The cache keeps thousands of foreign files out of the folders that tests and tools search. Returns the cache's path.
 */
export async function installBaselines(): Promise<string> {
  const source = join(import.meta.dirname, "../baselines");
  const folder = join(root, "node_modules/.cache/bench-baselines");
  cpSync(source, folder, { recursive: true });
  const installed = join(folder, "node_modules/.package-lock.json");
  const isInstalled =
    existsSync(installed) &&
    packagesOf(installed) === packagesOf(join(source, "package-lock.json"));
  if (!isInstalled) await npmCi(folder, "--ignore-scripts");
  return folder;
}

/** Returns names, versions and hashes of a lock's packages, as text. */
function packagesOf(lock: string): string {
  const { packages }: { packages: Record<string, { integrity?: string }> } = JSON.parse(
    readFileSync(lock, "utf8"),
  );
  const entries = Object.entries(packages).filter(([place]) => place !== "");
  return JSON.stringify(entries.map(([place, { integrity }]) => [place, integrity]));
}

const npmCi = (cwd: string, ...flags: string[]) =>
  run("npm", ["ci", "--no-audit", "--no-fund", ...flags], { cwd });

const bundleFunctions = (cwd: string) => run(process.execPath, ["esbuild.config.mjs"], { cwd });

const lockOf = (folder: string) => readFileSync(join(folder, "package-lock.json"), "utf8");

const git = (...commands: string[]) => run("git", commands, { cwd: root });
