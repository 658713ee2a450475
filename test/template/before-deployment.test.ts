import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";
import { listen } from "#local/http/listen.ts";

const root = join(import.meta.dirname, "../..");

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "deployment-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** What the command line says before it gives up; it has no AWS to succeed with. */
async function failureOf(args: string[], environment: Record<string, string> = {}) {
  const cli = join(root, "node_modules/serverless/bin/serverless.js");
  const env = { PATH: process.env.PATH, HOME: folder, ...environment };
  const ending = promisify(execFile)(process.execPath, [cli, ...args], { cwd: root, env });
  return ending.then(
    () => "nothing failed",
    ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr,
  );
}

/** Runs `sls deploy` in a new account with these secrets: what it says, and which parts of AWS it has asked for what. */
async function deploy({ secretsExist, args }: { secretsExist: boolean; args: string[] }) {
  const asked: string[] = [];
  const answer = async (request: IncomingMessage): Promise<[number, string]> => {
    const body = await text(request);
    const operation = String(request.headers["x-amz-target"] ?? body.slice(0, 60) + request.url);
    asked.push(operation);
    if (operation.includes("GetCallerIdentity")) {
      return [
        200,
        "<R><GetCallerIdentityResult><Account>000000000000</Account><Arn>arn:aws:iam::000000000000:user/x</Arn></GetCallerIdentityResult></R>",
      ];
    }
    if (operation.includes("account-settings")) {
      return [200, '{"AccountLimit":{"ConcurrentExecutions":10}}'];
    }
    if (operation.includes("DescribeSecret") && secretsExist) return [200, '{"Name":"x"}'];
    if (operation.includes("DescribeSecret"))
      return [400, '{"__type":"ResourceNotFoundException"}'];
    return [403, "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>"];
  };
  const aws = await listen(async (request, response) => {
    const [status, body] = await answer(request);
    response.writeHead(status).end(body);
  });
  try {
    const said = await failureOf(["deploy", ...args], {
      AWS_ENDPOINT_URL: aws.address,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_MAX_ATTEMPTS: "1",
    });
    return { said, asked: asked.join("\n") };
  } finally {
    await aws.close();
  }
}

it("a deployment without secrets, or with more concurrency than the account has, ends before it begins", async () => {
  const { said, asked } = await deploy({
    secretsExist: false,
    args: ["--stage", "dev", "--param", "reservedConcurrency=5"],
  });

  expect(said).toMatch(
    /enterprise-agentic-ai\/dev\/origin-api-key does not exist.*setup-secrets -- --stage dev/,
  );
  expect(said).toContain(
    "reservedConcurrency asks for 55 executions at once, but the account has 10",
  );
  expect(asked).not.toContain("Stack");
});

it("with all secrets it goes on, in a new account too", async () => {
  const { said, asked } = await deploy({ secretsExist: true, args: [] });

  expect(said).not.toContain("does not exist in this region");
  expect(asked).toContain("Stack");
});

it("a model of another geography is refused while packaging, in one sentence", async () => {
  const said = await failureOf(["package", "--region", "eu-west-1", "--package", folder]);

  expect(said).toContain("us.amazon.nova-2-lite-v1:0 cannot be called from eu-west-1");
});
