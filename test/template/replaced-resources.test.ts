import { tmpdir } from "node:os";
import { expect, it } from "vitest";
import { runServerless } from "./command-line.ts";

/** Returns a part of the configuration, as `sls print` shows it with this parameter. */
async function printConfiguration(path: string, parameter: string): Promise<string> {
  const args = ["print", "--path", path, "--format", "json", "--param", parameter];
  const { output, succeeded } = await runServerless(args, { HOME: tmpdir() });
  expect(succeeded, output).toBe(true);
  return output;
}

// CloudFormation creates the new resource before it removes the old one, so both need different names.
it.each([
  [
    "a budget with another email address",
    "resources.Resources.MonthlyBudget.Properties.Budget.BudgetName",
    ["alarmEmail=one@example.com", "alarmEmail=two@example.com"],
  ],
  [
    "CloudFront's API key after a rotation",
    "provider.apiGateway.apiKeys.0.name",
    ["originApiKeyVersion=first-version", "originApiKeyVersion=second-version"],
  ],
])(
  "%s gets a new name, because CloudFormation replaces it",
  async (_what, path, [before = "", after = ""]) => {
    const name = await printConfiguration(path, before);
    expect(name).toContain("enterprise-agentic-ai-prod-");
    expect(await printConfiguration(path, after)).not.toBe(name);
    expect(await printConfiguration(path, before)).toBe(name);
  },
);
