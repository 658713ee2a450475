import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { lockFolder } from "#local/postgres/folder-lock.ts";

const root = join(import.meta.dirname, "../..");
const lockedFolder = join(root, "node_modules/.cache/sls-in-tests");

/**
 * Runs `sls` with only the given environment, and compiled packages. Waits for other runs, because each run empties the folder `.serverless`.
 * @returns its output, and whether it succeeded
 */
export async function runServerless(
  args: readonly string[],
  environment: Record<string, string>,
): Promise<{ output: string; succeeded: boolean }> {
  const lock = await waitForLock();
  try {
    return await run(args, environment);
  } finally {
    lock.release();
  }
}

async function waitForLock(): Promise<{ release(): void }> {
  mkdirSync(lockedFolder, { recursive: true });
  for (;;) {
    try {
      return lockFolder(lockedFolder);
    } catch {
      await delay(50);
    }
  }
}

async function run(
  args: readonly string[],
  environment: Record<string, string>,
): Promise<{ output: string; succeeded: boolean }> {
  const cli = join(root, "node_modules/serverless/bin/serverless.js");
  const env = {
    PATH: process.env.PATH,
    // Compiling its packages takes `sls` three times as long as a run itself.
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
    ...environment,
  };
  return await promisify(execFile)(process.execPath, [cli, ...args], { cwd: root, env }).then(
    ({ stdout, stderr }) => ({ output: stdout + stderr, succeeded: true }),
    ({ stdout, stderr }: { stdout: string; stderr: string }) => ({
      output: stdout + stderr,
      succeeded: false,
    }),
  );
}

/** Variables that send `sls` to a stand-in for AWS, and make it poll stacks without waiting. */
export const awsVariables = (address: string) => ({
  AWS_ENDPOINT_URL: address,
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_MAX_ATTEMPTS: "1",
  SLS_AWS_MONITORING_FREQUENCY: "10",
});
