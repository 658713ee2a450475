import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startAwsStandIn } from "./aws-stand-in.ts";
import { awsVariables, runServerless } from "./command-line.ts";
import { deployRoleOf, roleTemplate } from "./github-role.ts";
import { isAllowed } from "./iam.ts";

const { statements } = deployRoleOf(roleTemplate, "prod");
let folder: string;
let aws: Awaited<ReturnType<typeof startAwsStandIn>>;
const sls = (...args: string[]) =>
  runServerless([...args, "--stage", "prod"], { HOME: folder, ...awsVariables(aws.address) });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "deploy-"));
  aws = await startAwsStandIn({
    secretsExist: true,
    // The limit of a new account.
    concurrencyLimit: 10,
    // Everybody may call STS. `sls` lists container images, and treats a refusal as an empty list.
    isAllowed: (call) => call.action.startsWith("sts:") || isAllowed(statements, call),
  });
});
afterAll(async () => {
  await aws.close();
  await rm(folder, { recursive: true });
});

it("GitHub's role suffices for a first deployment, whose output has no key", async () => {
  const first = await sls("deploy", "--force", "--conceal");
  expect(first.output).toContain("Service deployed");
  expect(first.output).not.toContain("the key itself");
  expect(aws.operations.map(({ name }) => name)).toEqual(["CreateStack", "UpdateStack"]);
  // The first template must have the bucket's name, or the update would replace the bucket.
  expect(aws.operations[0]?.form.get("TemplateBody")).toContain(
    '"BucketName":{"Fn::Sub":"enterprise-agentic-ai-prod-deployments-$',
  );
  expect(aws.refused).toEqual([]);
});

it("GitHub's role suffices for a rollback to the first template", async () => {
  const [timestamp = ""] = [...aws.keys].map((key) => key.split("/")[3]?.split("-")[0]);
  const { output } = await sls("rollback", "--timestamp", timestamp);
  expect(output).toContain("Service rolled back");
  expect(aws.operations.at(-1)?.form.get("TemplateURL")).toContain(timestamp);
  expect(aws.refused).toEqual([]);
});

it("GitHub's role suffices for a removal", async () => {
  const { output } = await sls("remove");
  expect(output).toContain("successfully removed");
  expect(aws.operations.at(-1)?.name).toBe("DeleteStack");
  expect(aws.refused.map(({ action }) => action)).toEqual(["ecr:DescribeRepositories"]);
});
