import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";
import { createFunctionBuilds } from "#local/builds/function-builds.ts";
import { functionNames } from "../../esbuild.config.mjs";

declare module "vitest" {
  interface ProvidedContext {
    /** The CloudFormation template of `npm run package`. */
    template: string;
  }
}

const root = join(import.meta.dirname, "../..");

/** Packages once for all tests, without credentials and network. */
export default async function packageOnce(project: TestProject): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "template-"));
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const environment = { PATH, NODE_COMPILE_CACHE, HOME: folder, HTTPS_PROXY: "http://127.0.0.1:9" };
  const run = async (script: string, ...args: string[]) => {
    const options = { cwd: root, env: environment };
    const { stderr } = await promisify(execFile)(
      process.execPath,
      [join(root, script), ...args],
      options,
    );
    if (/warning/i.test(stderr)) throw new Error(stderr);
  };
  try {
    await createFunctionBuilds(await functionNames()).start();
    const parameters = [
      "alarmEmail=somebody@example.com",
      "permissionsBoundary=enterprise-agentic-ai-prod-functions",
    ];
    const settings = ["--package", folder, ...parameters.flatMap((one) => ["--param", one])];
    await run("node_modules/serverless/bin/serverless.js", "package", ...settings);
    const written = join(folder, "cloudformation-template-update-stack.json");
    project.provide("template", await readFile(written, "utf8"));
  } finally {
    await rm(folder, { recursive: true });
  }
}
