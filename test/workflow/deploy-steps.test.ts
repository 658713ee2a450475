import { execFile, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { at, listAt } from "#test/template/template.ts";

const steps = [...(await stepsOf("deploy")), ...(await stepsOf("remove"))];

async function stepsOf(job: string) {
  const file = join(import.meta.dirname, `../../.github/workflows/${job}.yml`);
  return listAt(parse(await readFile(file, "utf8")), `jobs.${job}.steps`);
}

/** The steps of the workflows need these tools. GitHub's machines have them. */
const tools = ["bash", "jq"];
const missing = tools.filter((tool) => {
  try {
    execFileSync(tool, ["--version"], { stdio: "ignore" });
    return false;
  } catch {
    return true;
  }
});
if (missing.length > 0) console.warn(`SKIPPED: the steps of the workflows need ${missing.join()}.`);

describe.skipIf(missing.length > 0)("the steps of deploy.yml and remove.yml", () => {
  let folder: string;
  let cloud: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "workflow-"));
    cloud = join(folder, "cloud");
    for (const path of ["cloud", "bin", "dist/page/assets", ".serverless"]) {
      await mkdir(join(folder, path), { recursive: true });
    }
    await script(
      "aws",
      `exec "${process.execPath}" "${join(import.meta.dirname, "aws-command.mjs")}" "$@"`,
    );
    await script("npm", 'echo "npm $*" >> "$CLOUD/calls"');
    await script("curl", 'echo "curl $*" >> "$CLOUD/calls"');
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function script(name: string, text: string) {
    await writeFile(join(folder, "bin", name), `#!/usr/bin/env bash\n${text}\n`);
    await chmod(join(folder, "bin", name), 0o755);
  }

  /** Runs one step in bash, like GitHub. @returns what the step prints, and its outputs */
  async function runStep(name: string, environment: Record<string, string> = {}) {
    const step = steps.find((candidate) => at(candidate, "name") === name);
    const outputs = join(folder, "outputs");
    await writeFile(outputs, "");
    const { stdout } = await promisify(execFile)(
      "bash",
      ["--noprofile", "--norc", "-eo", "pipefail", "-c", String(at(step, "run"))],
      {
        cwd: folder,
        env: {
          PATH: `${join(folder, "bin")}:${join(process.execPath, "..")}:${process.env.PATH}`,
          CLOUD: cloud,
          GITHUB_OUTPUT: outputs,
          GITHUB_SHA: "abc",
          STAGE: "prod",
          STACK: "enterprise-agentic-ai-prod",
          SECRET_PREFIX: "enterprise-agentic-ai",
          AWS_REGION: "us-east-1",
          ...environment,
        },
      },
    );
    const lines = (await readFile(outputs, "utf8")).trim().split("\n").filter(Boolean);
    return {
      printed: stdout,
      outputs: Object.fromEntries(lines.map((line) => line.split("=", 2))),
    };
  }

  /** Creates what `sls deploy` and the upload of the page leave behind. */
  async function deployVersion(timestamp: string) {
    const directory = `serverless/enterprise-agentic-ai/prod/${timestamp}-2026`;
    await mkdir(join(cloud, "deployments", directory), { recursive: true });
    await writeFile(join(cloud, "stack"), "");
    const state = JSON.stringify({ package: { artifactDirectoryName: directory } });
    await writeFile(join(folder, ".serverless/serverless-state.json"), state);
    await writeFile(join(folder, "dist/page/index.html"), `page of ${timestamp}`);
    await writeFile(join(folder, "dist/page/favicon.svg"), `icon of ${timestamp}`);
    await writeFile(join(folder, "dist/page/assets/main.js"), "hashed");
    await runStep("Upload the page", { BUCKET: "page" });
  }
  const markVerified = () =>
    runStep("Mark this version as verified", { DEPLOYMENTS: "deployments" });
  const findVerified = () => runStep("Find the last verified version");
  const inCloud = (path: string) => readFile(join(cloud, path), "utf8");

  it("the search finds no verified version before the first verification", async () => {
    expect(await findVerified()).toMatchObject({
      printed: expect.stringContaining("The first deployment of prod"),
      outputs: {},
    });
    await deployVersion("1000");
    expect(await findVerified()).toMatchObject({
      printed: expect.stringContaining("No version of prod has been verified yet"),
      outputs: {},
    });
  });

  it("a rollback after several failures restores the last verified version and its page", async () => {
    await deployVersion("1000");
    await markVerified();
    await deployVersion("2000");
    await deployVersion("3000");
    const { outputs } = await findVerified();
    expect(outputs).toEqual({ timestamp: "1000" });

    await runStep("Roll back", { TIMESTAMP: outputs.timestamp ?? "" });
    expect(await inCloud("calls")).toContain(
      "npm exec --no -- sls rollback --stage prod --region us-east-1 --timestamp 1000\n",
    );
    expect(await inCloud("page/index.html")).toBe("page of 1000");
    expect(await inCloud("page/favicon.svg")).toBe("icon of 1000");
    expect(await inCloud("calls")).toMatch(
      /create-invalidation.*\n.*describe-stacks.*\ncurl .*page.example\/health/,
    );
  });

  it("the search finds the version that was verified last", async () => {
    await deployVersion("1000");
    await markVerified();
    await deployVersion("2000");
    await markVerified();
    expect((await findVerified()).outputs).toEqual({ timestamp: "2000" });
    expect(JSON.parse(await inCloud("deployments/verified/version.json"))).toEqual({
      timestamp: "2000",
      commit: "abc",
    });
  });

  it("a verified version without a package gets a warning and no rollback", async () => {
    await deployVersion("1000");
    await markVerified();
    await rm(join(cloud, "deployments/serverless"), { recursive: true });
    expect(await findVerified()).toMatchObject({
      printed: expect.stringContaining("::warning::The package of the last verified version"),
      outputs: {},
    });
  });

  it("a removal empties every bucket, including verified versions", async () => {
    await deployVersion("1000");
    await markVerified();
    expect((await runStep("Empty the buckets")).outputs).toEqual({ exists: "true" });
    for (const bucket of ["page", "deployments"]) {
      expect(existsSync(join(cloud, bucket))).toBe(false);
    }
  });

  it("a removal accepts a stack without a page", async () => {
    await mkdir(join(cloud, "deployments"));
    await writeFile(join(cloud, "stack"), "");
    expect((await runStep("Empty the buckets")).outputs).toEqual({ exists: "true" });
  });

  it("a removal without a stack empties nothing", async () => {
    expect(await runStep("Empty the buckets")).toMatchObject({
      printed: expect.stringContaining("There is no stack enterprise-agentic-ai-prod"),
      outputs: {},
    });
  });

  it("the first step names a missing variable", async () => {
    const settings = { AWS_ROLE_ARN: "arn", AWS_REGION: "us-east-1", ALARM_EMAIL: "a@b.c" };
    await expect(runStep("Check the variables", settings)).resolves.toMatchObject({ printed: "" });
    for (const name of Object.keys(settings)) {
      const ending = runStep("Check the variables", { ...settings, [name]: "" });
      await expect(ending).rejects.toMatchObject({
        stdout: expect.stringContaining(
          `The variable ${name} of the environment prod is not set (Settings, Environments).`,
        ),
      });
    }
  });

  it("every secret is masked in the log before its use", async () => {
    const migrating = await runStep("Migrate the database, over the direct address");
    const verifying = await runStep("Verify", {
      PAGE_URL: "https://page.example",
      API_URL: "https://api.example",
      FUNCTION_URL: "https://stream.example",
    });
    const hidden = `${migrating.printed}${verifying.printed}`.split("\n");
    expect(hidden).toEqual(
      expect.arrayContaining([
        "::add-mask::postgresql://owner:s3cr3t@host/db",
        "::add-mask::s3cr3t",
        "::add-mask::correct horse battery",
      ]),
    );
    const calls = await inCloud("calls");
    expect(calls).toContain("npm run migrate");
    expect(calls).not.toMatch(/s3cr3t|horse/);
  });
});
