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
    /enterprise-agentic-ai\/prod-eu\/origin-api-key does not exist in us-east-1.*setup-secrets -- --stage prod-eu --region us-east-1/,
  );
  expect(said).toContain(
    "reservedConcurrency asks for 55 executions at once, but the account has 10",
  );
  expect(said).toContain("The stage prod-eu has to be lower-case letters and digits, 16 at most");
  expect(aws.calls.map(({ action }) => action).join()).not.toContain("Stack");
});

it("settings that no function could start with are refused by name before anything is changed", async () => {
  const parameters = [
    "conversationIdleDays=30d",
    "publicOrigin=chat.example.com",
    "chatRequestsPerMinute=124",
    "conversationRequestsPerMinute=0",
    "databaseLimitMegabytes=0.5GB",
    "reservedConcurrency=0",
    "chatRequestPerMinute=20",
  ];
  const aws = await startFakeAws({ secretsExist: true, concurrencyLimit: 10 });
  const { said } = await runServerless(
    ["deploy", ...parameters.flatMap((one) => ["--param", one])],
    { HOME: folder, ...towards(aws.address) },
  );
  await aws.close();

  expect(said).toContain("CONVERSATION_IDLE_DAYS must be a whole number from 1 to 3650 or never");
  expect(said).toContain("PUBLIC_ORIGIN must be an origin");
  expect(said).toContain("CHAT_REQUESTS_PER_MINUTE must be a whole number from 1 to 120");
  expect(said).toContain("CONVERSATION_REQUESTS_PER_MINUTE must be a whole number from 1 to 120");
  expect(said).toContain("DATABASE_LIMIT_MEGABYTES must be a whole number from 100 to 16000000");
  expect(said).toContain("reservedConcurrency must be at least 1");
  expect(said).toMatch(/no parameter chatRequestPerMinute\. Known are: .*chatRequestsPerMinute/);
  expect(aws.calls.map(({ action }) => action).join()).not.toContain("Stack");
});

it.each([
  ["alarmEmail=nobody", "alarmEmail is no address"],
  ["monthlyBudgetUsd=twenty", "monthlyBudgetUsd is no amount"],
  // The command line holds these against its own schema.
  [
    "logRetentionDays=31",
    "'provider.logRetentionInDays': must be equal to one of the allowed values",
  ],
  ["reservedConcurrency=-1", "'functions.login.reservedConcurrency': unsupported integer format"],
])("%s is refused while packaging", async (parameter, sentence) => {
  const parameters = ["alarmEmail=somebody@example.com", parameter];
  const { said, succeeded } = await runServerless(
    ["package", "--package", folder, ...parameters.flatMap((one) => ["--param", one])],
    { HOME: folder },
  );
  expect(said).toContain(sentence);
  expect(succeeded).toBe(false);
});

it("a model of another geography is refused while packaging, in one sentence", async () => {
  const { said } = await runServerless(["package", "--region", "eu-west-1", "--package", folder], {
    HOME: folder,
  });

  expect(said).toContain("us.amazon.nova-2-lite-v1:0 cannot be called from eu-west-1");
});
