import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "../..");

/** Runs `sls` as an engineer would, with nothing but the given environment. @returns what it says, and whether it succeeds */
export async function runServerless(
  args: readonly string[],
  environment: Record<string, string>,
): Promise<{ said: string; succeeded: boolean }> {
  const cli = join(root, "node_modules/serverless/bin/serverless.js");
  const env = { PATH: process.env.PATH, ...environment };
  return await promisify(execFile)(process.execPath, [cli, ...args], { cwd: root, env }).then(
    ({ stdout, stderr }) => ({ said: stdout + stderr, succeeded: true }),
    ({ stdout, stderr }: { stdout: string; stderr: string }) => ({
      said: stdout + stderr,
      succeeded: false,
    }),
  );
}

/** Credentials that only a stand-in takes. Without waiting between two looks at a stack. */
export const towards = (address: string) => ({
  AWS_ENDPOINT_URL: address,
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_MAX_ATTEMPTS: "1",
  SLS_AWS_MONITORING_FREQUENCY: "10",
});
