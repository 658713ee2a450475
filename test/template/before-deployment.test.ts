import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startAwsStandIn } from "./aws-stand-in.ts";
import { awsVariables, runServerless } from "./command-line.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "deployment-"));
});
afterEach(() => rm(folder, { recursive: true }));

const template = readFileSync(join(import.meta.dirname, "../../serverless.yml"), "utf8");
/** One line for each function that the parameter applies to. */
const functions = template.match(/reservedConcurrency: \$\{param:/g) ?? [];

it("sls refuses a deployment with missing secrets, too much concurrency and an invalid stage before it begins", async () => {
  const aws = await startAwsStandIn({ secretsExist: false, concurrencyLimit: 10 });
  const { output } = await runServerless(
    ["deploy", "--stage", "prod-eu", "--param", "reservedConcurrency=5"],
    { HOME: folder, ...awsVariables(aws.address) },
  );
  await aws.close();

  expect(output).toMatch(
    /enterprise-agentic-ai\/prod-eu\/origin-api-key does not exist in us-east-1.*setup-secrets -- --stage prod-eu --region us-east-1/,
  );
  expect(output).toContain(
    `reservedConcurrency reserves ${5 * functions.length} concurrent executions, but the account has 10`,
  );
  expect(output).toContain("The stage prod-eu must be at most 16 lower-case letters and digits");
  expect(aws.calls.map(({ action }) => action).join()).not.toContain("Stack");
});

it("sls refuses a tool without its secret, and Amazon's web search where there is none", async () => {
  const aws = await startAwsStandIn({ secretsExist: false, concurrencyLimit: 10 });
  const deploy = (...args: string[]) =>
    runServerless(["deploy", ...args], { HOME: folder, ...awsVariables(aws.address) });
  const tavily = await deploy(
    ...["--param", "webSearch=tavily", "--param", "marketData=fmp", "--param", "mcp=on"],
    ...["--param", "otlpHeaders=on"],
  );
  const amazon = await deploy(
    ...["--region", "eu-central-1", "--param", "webSearch=amazon"],
    ...["--param", "modelId=eu.amazon.nova-2-lite-v1:0"],
  );
  await aws.close();

  expect(tavily.output).toMatch(
    /tavily-api-key does not exist in us-east-1.*--region us-east-1 --replace tavily-api-key/,
  );
  expect(tavily.output).toMatch(/fmp-api-key does not exist.*--replace fmp-api-key/);
  expect(tavily.output).toMatch(/mcp-servers does not exist in us-east-1.*--replace mcp-servers/);
  expect(tavily.output).toMatch(/otlp-headers does not exist.*--replace otlp-headers/);
  expect(amazon.output).not.toMatch(/tavily|fmp|mcp|otlp/);
  expect(amazon.output).toContain(
    "TOOL_WEB_SEARCH_REGION must be set, because eu-central-1 has no Amazon web search",
  );
  expect(aws.calls.map(({ action }) => action).join()).not.toContain("Stack");
});

it("sls refuses settings that no function accepts before it changes anything", async () => {
  const parameters = [
    "conversationIdleDays=30d",
    "publicOrigin=chat.example.com",
    "chatRequestsPerMinute=124",
    "conversationRequestsPerMinute=0",
    "databaseLimitMegabytes=0.5GB",
    "reservedConcurrency=0",
    "toolPolicy=deny",
    "toolApprovalDays=-1",
    "mcp=yes",
    "otlpEndpoint=http://hidden.example.com",
    'webhooks={"ops":"https://10.0.0.1/hidden"}',
    "chatRequestPerMinute=20",
  ];
  const aws = await startAwsStandIn({ secretsExist: true, concurrencyLimit: 10 });
  const { output } = await runServerless(
    ["deploy", ...parameters.flatMap((one) => ["--param", one])],
    { HOME: folder, ...awsVariables(aws.address) },
  );
  await aws.close();

  expect(output).toContain("CONVERSATION_IDLE_DAYS must be a whole number from 1 to 3650 or never");
  expect(output).toContain("PUBLIC_ORIGIN must be an origin");
  expect(output).toContain("CHAT_REQUESTS_PER_MINUTE must be a whole number from 1 to 120");
  expect(output).toContain("CONVERSATION_REQUESTS_PER_MINUTE must be a whole number from 1 to 120");
  expect(output).toContain("DATABASE_LIMIT_MEGABYTES must be a whole number from 100 to 16000000");
  expect(output).toContain("reservedConcurrency must be at least 1");
  expect(output).toContain("TOOL_POLICY must be a JSON list");
  expect(output).toContain("TOOL_MCP must be on or off");
  expect(output).toContain("OTLP_ENDPOINT must begin with https://");
  expect(output).toContain("TOOL_APPROVAL_DAYS must be a whole number from 1 to 30");
  expect(output).toContain(
    'WEBHOOKS has the address "ops", which must name a host, not an address',
  );
  expect(output).not.toContain("hidden");
  expect(output).toMatch(
    /no parameter chatRequestPerMinute\. The parameters are: .*chatRequestsPerMinute/,
  );
  expect(aws.calls.map(({ action }) => action).join()).not.toContain("Stack");
});

it.each([
  ["alarmEmail=nobody", "alarmEmail is not an address"],
  ["monthlyBudgetUsd=twenty", "monthlyBudgetUsd is not an amount"],
  // `sls` itself checks these.
  [
    "logRetentionDays=31",
    "'provider.logRetentionInDays': must be equal to one of the allowed values",
  ],
  ["reservedConcurrency=-1", "'functions.login.reservedConcurrency': unsupported integer format"],
])("sls package refuses %s", async (parameter, sentence) => {
  const parameters = ["alarmEmail=somebody@example.com", parameter];
  const { output, succeeded } = await runServerless(
    ["package", "--package", folder, ...parameters.flatMap((one) => ["--param", one])],
    { HOME: folder },
  );
  expect(output).toContain(sentence);
  expect(succeeded).toBe(false);
});

it("sls package refuses a model of another geography", async () => {
  const { output } = await runServerless(
    ["package", "--region", "eu-west-1", "--package", folder],
    {
      HOME: folder,
    },
  );

  expect(output).toContain("us.amazon.nova-2-lite-v1:0 cannot be called from eu-west-1");
});
