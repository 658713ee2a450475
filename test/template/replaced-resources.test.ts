import { tmpdir } from "node:os";
import { expect, it } from "vitest";
import { runServerless } from "./command-line.ts";

/** What a setting makes of a part of the configuration. */
async function printed(path: string, parameter: string): Promise<string> {
  const args = ["print", "--path", path, "--format", "json", "--param", parameter];
  const { said, succeeded } = await runServerless(args, { HOME: tmpdir() });
  expect(succeeded, said).toBe(true);
  return said;
}

// CloudFormation makes the new one before it removes the old one, and refuses a name that is taken.
it.each([
  [
    "a budget whose mails go to somebody else",
    "resources.Resources.MonthlyBudget.Properties.Budget.BudgetName",
    ["alarmEmail=one@example.com", "alarmEmail=two@example.com"],
  ],
  [
    "CloudFront's API key after a rotation",
    "provider.apiGateway.apiKeys.0.name",
    ["originApiKeyVersion=first-version", "originApiKeyVersion=second-version"],
  ],
])("%s is made anew, under another name", async (_what, path, [before = "", after = ""]) => {
  const name = await printed(path, before);
  expect(name).toContain("enterprise-agentic-ai-prod-");
  expect(await printed(path, after)).not.toBe(name);
  expect(await printed(path, before)).toBe(name);
});
