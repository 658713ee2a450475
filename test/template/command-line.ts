import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "../..");

/** Runs `sls` with only the given environment. @returns its output, and whether it succeeded */
export async function runServerless(
  args: readonly string[],
  environment: Record<string, string>,
): Promise<{ output: string; succeeded: boolean }> {
  const cli = join(root, "node_modules/serverless/bin/serverless.js");
  const env = { PATH: process.env.PATH, ...environment };
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
