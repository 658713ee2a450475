import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Suite, suites } from "./scenarios.ts";

const root = join(import.meta.dirname, "../..");

/** Runs a suite's command in a folder of its own, and returns what it prints, also if it fails. */
export async function runSuite(suite: Suite, ...args: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "conformance-"));
  const command = [join(root, suites[suite].path), ...args];
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, command, {
      cwd: folder,
    });
    return `${stdout}\n${stderr}`;
  } catch (error) {
    const { stdout, stderr } = Object(error);
    return `${stdout}\n${stderr}`;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The first suite knows one revision only. */
export const revisionOf = (suite: Suite, revision: string): string[] =>
  suite === "0.1.16" ? [] : ["--spec-version", revision];

/** Returns the names that a suite lists under a heading, up to the next one. */
export async function scenariosOf(suite: Suite, heading: string): Promise<string[]> {
  const [, listed = ""] = (await runSuite(suite, "list")).split(heading);
  const [ofHeading = ""] = listed.split(" scenarios (");
  return [...ofHeading.matchAll(/^\s+- (\S+)/gm)].map(([, name = ""]) => name);
}
