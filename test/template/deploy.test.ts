import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runServerless, towards } from "./command-line.ts";
import { startFakeAws } from "./fake-aws.ts";
import { deployRoleOf, roleTemplate } from "./github-role.ts";
import { isAllowed } from "./iam.ts";

const { statements } = deployRoleOf(roleTemplate, "prod");
let folder: string;
let aws: Awaited<ReturnType<typeof startFakeAws>>;
const sls = (...args: string[]) =>
  runServerless([...args, "--stage", "prod"], { HOME: folder, ...towards(aws.address) });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "deploy-"));
  aws = await startFakeAws({
    secretsExist: true,
    // A new account's.
    concurrencyLimit: 10,
    // Everybody may ask who they are. The command line looks for container images, and takes a refusal for none.
    isAllowed: (call) => call.action.startsWith("sts:") || isAllowed(statements, call),
  });
});
afterAll(async () => {
  await aws.close();
  await rm(folder, { recursive: true });
});

it("with the role of GitHub a first deployment succeeds, and says no key", async () => {
  const first = await sls("deploy", "--force", "--conceal");
  expect(first.said).toContain("Service deployed");
  expect(first.said).not.toContain("the key itself");
  expect(aws.operations.map(({ name }) => name)).toEqual(["CreateStack", "UpdateStack"]);
  // The bucket's name is there from the first, or the update would replace it.
  expect(aws.operations[0]?.form.get("TemplateBody")).toContain(
    '"BucketName":{"Fn::Sub":"enterprise-agentic-ai-prod-deployments-$',
  );
  expect(aws.refused).toEqual([]);
}, 120_000);

it("and so does a rollback to the template of that time", async () => {
  const [timestamp = ""] = [...aws.keys].map((key) => key.split("/")[3]?.split("-")[0]);
  const { said } = await sls("rollback", "--timestamp", timestamp);
  expect(said).toContain("Service rolled back");
  expect(aws.operations.at(-1)?.form.get("TemplateURL")).toContain(timestamp);
  expect(aws.refused).toEqual([]);
}, 60_000);

it("and a removal", async () => {
  const { said } = await sls("remove");
  expect(said).toContain("successfully removed");
  expect(aws.operations.at(-1)?.name).toBe("DeleteStack");
  expect(aws.refused.map(({ action }) => action)).toEqual(["ecr:DescribeRepositories"]);
}, 60_000);
