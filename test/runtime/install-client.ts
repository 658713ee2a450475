import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const tools = ["g++", "make", "cmake", "python3"];
/** Has its own package file and lock, so that `npm ci` of the project needs no compiler. */
const packageFolder = join(import.meta.dirname, "client");
const root = join(import.meta.dirname, "..", "..");

/** The path of AWS's runtime client, or the tools that its build misses. */
type RuntimeClient = { path: string } | { missing: string };

/**
 * Builds the client on first use, in about a minute, into a folder that survives `npm ci`. Prints a line if tools are missing.
 * @throws Error with npm's output if the build fails although all tools exist
 */
export async function installRuntimeClient(): Promise<RuntimeClient> {
  const missing = tools.filter((tool) => !isInstalled(tool));
  const folder = join(root, ".local", "runtime-client", identityOf());
  const path = join(folder, "node_modules", "aws-lambda-ric", "index.mjs");
  if (existsSync(path)) return { path };
  if (missing.length > 0) {
    console.warn(
      `SKIPPED: the suite of AWS's runtime client. Its build needs ${missing.join(", ")}.`,
    );
    return { missing: missing.join(", ") };
  }

  console.log("Building AWS's runtime client, once; this takes about a minute …");
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  for (const file of ["package.json", "package-lock.json"]) {
    copyFileSync(join(packageFolder, file), join(draft, file));
  }
  await promisify(execFile)(
    "npm",
    ["ci", "--no-audit", "--no-fund", "--ignore-scripts=false", "--foreground-scripts"],
    {
      cwd: draft,
      maxBuffer: 64 * 1024 * 1024,
      // Compiling curl takes most of the minute.
      env: { ...process.env, MAKEFLAGS: `-j${availableParallelism()}` },
    },
  );
  rmSync(folder, { recursive: true, force: true });
  renameSync(draft, folder);
  return { path };
}

/** Identifies a build by its lock file and the kind of machine. */
function identityOf(): string {
  const lock = readFileSync(join(packageFolder, "package-lock.json"));
  return createHash("sha256")
    .update(`${process.platform} ${process.arch} ${process.versions.modules}`)
    .update(lock)
    .digest("hex")
    .slice(0, 12);
}

function isInstalled(tool: string): boolean {
  try {
    execFileSync(tool, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
