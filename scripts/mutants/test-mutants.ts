import { spawnSync } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type Mutant, removeSafeguard } from "./mutant.ts";

interface Suite {
  /** Projects of `vitest.config.ts`. */
  projects: readonly string[];
  files: readonly string[];
}

const root = join(import.meta.dirname, "../..");
const notCopied = new Set(["node_modules", ".git", "coverage", ".local", "test-results"]);

/**
 * Removes one safeguard at a time, in a copy of the sources, and runs the suite on the copy. Prints which tests fail. Sets a failing
 * exit code if a mutant fails none.
 * @throws Error if a test fails without a mutant, or a safeguard is not where the mutant removes it
 */
export async function testMutants(mutants: readonly Mutant[], suite: Suite): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "mutants-"));
  try {
    await cp(root, folder, {
      recursive: true,
      preserveTimestamps: true,
      filter: (source) => !notCopied.has(basename(source)),
    });
    await symlink(join(root, "node_modules"), join(folder, "node_modules"));
    const failing = await failedTests(folder, suite);
    if (failing.length > 0) {
      throw new Error(`These tests fail without a mutant: ${failing.join("; ")}`);
    }
    console.log("| removed safeguard | detected by |\n|---|---|");
    for (const mutant of mutants) await testMutant(folder, mutant, suite);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function testMutant(folder: string, mutant: Mutant, suite: Suite): Promise<void> {
  const { path, source, mutatedSource } = removeSafeguard(folder, mutant);
  const file = join(folder, path);
  await writeFile(file, mutatedSource);
  const failed = await failedTests(folder, suite);
  await writeFile(file, source);
  console.log(`| ${mutant.safeguard} | ${failed.join("; ") || "NO TEST"} |`);
  if (failed.length === 0) process.exitCode = 1;
}

interface Report {
  numPassedTests: number;
  testResults: { assertionResults: { status: string; fullName: string }[] }[];
}

/** Runs the suite on the copy. Returns the names of the failed tests. */
async function failedTests(folder: string, { projects, files }: Suite): Promise<string[]> {
  const report = join(folder, "report.json");
  await rm(report, { force: true });
  const vitest = join(folder, "node_modules", "vitest", "vitest.mjs");
  const options = [
    ...projects.flatMap((project) => ["--project", project]),
    ...["--reporter=json", `--outputFile=${report}`],
  ];
  spawnSync(process.execPath, [vitest, "run", ...options, ...files], {
    cwd: folder,
    stdio: "ignore",
  });
  const { numPassedTests, testResults } = JSON.parse(await readFile(report, "utf8")) as Report;
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  // A mutant that does not start proves nothing.
  if (numPassedTests === 0) throw new Error("No test passed: the copy does not run.");
  return results.filter(({ status }) => status === "failed").map(({ fullName }) => fullName);
}
