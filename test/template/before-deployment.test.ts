import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { runServerless, towards } from "./command-line.ts";
import { startFakeAws } from "./fake-aws.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "deployment-"));
});
afterEach(() => rm(folder, { recursive: true }));

it("a deployment without secrets, with more concurrency than the account has, of a stage whose names would be another's, ends before it begins", async () => {
  const aws = await startFakeAws({ secretsExist: false, concurrencyLimit: 10 });
  const { said } = await runServerless(
    ["deploy", "--stage", "prod-eu", "--param", "reservedConcurrency=5"],
    { HOME: folder, ...towards(aws.address) },
  );
  await aws.close();

  expect(said).toMatch(
    /enterprise-agentic-ai\/prod-eu\/origin-api-key does not exist.*setup-secrets -- --stage prod-eu/,
  );
  expect(said).toContain(
    "reservedConcurrency asks for 55 executions at once, but the account has 10",
  );
  expect(said).toContain("The stage prod-eu has to be lower-case letters and digits, 16 at most");
  expect(aws.calls.map(({ action }) => action).join()).not.toContain("Stack");
});

it("a model of another geography is refused while packaging, in one sentence", async () => {
  const { said } = await runServerless(["package", "--region", "eu-west-1", "--package", folder], {
    HOME: folder,
  });

  expect(said).toContain("us.amazon.nova-2-lite-v1:0 cannot be called from eu-west-1");
});
