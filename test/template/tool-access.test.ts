import { createRequire } from "node:module";
import { expect, it } from "vitest";
import { secret } from "./deployment-calls.ts";
import { deployRoleOf, roleTemplate } from "./github-role.ts";
import { isAllowed, resolve, type Statement } from "./iam.ts";

type ToolAccess = (sls: {
  resolveVariable: (text: string) => Promise<string | null>;
}) => Promise<{ statements: object[]; mcp: object[] }>;
const toolAccess: ToolAccess = createRequire(import.meta.url)("#infra/tool-access.cjs");

const names = {
  "AWS::Partition": "aws",
  "AWS::Region": "us-east-1",
  "AWS::AccountId": "123456789012",
  "RateLimitTable.Arn":
    "arn:aws:dynamodb:us-east-1:123456789012:table/enterprise-agentic-ai-prod-x",
};

/** Returns the statements for the parameters of a stage, as `sls` resolves them: for turns, or for the health check. */
async function statementsFor(
  stage: string,
  parameters: Record<string, string>,
  use: "statements" | "mcp" = "statements",
) {
  const folder = stage === "prod" ? "" : `/${stage}`;
  const variables: Record<string, string> = {
    "self:provider.region": "us-east-1",
    "self:custom.secretArn": `arn:\${AWS::Partition}:secretsmanager:\${AWS::Region}:\${AWS::AccountId}:secret:enterprise-agentic-ai${folder}`,
    "param:webSearch": "off",
    "param:marketData": "off",
    "param:mcp": "off",
    ...Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [`param:${name}`, value]),
    ),
  };
  const resolveVariable = async (text: string) => variables[text.replace(/, null$/, "")] ?? null;
  const access = await toolAccess({ resolveVariable });
  return access[use].map((statement) => resolve(statement, names) as Statement);
}

const tools: [parameters: Record<string, string>, action: string, resource: string][] = [
  [
    { webSearch: "amazon" },
    "bedrock-agentcore:InvokeWebSearch",
    "arn:aws:bedrock-agentcore:us-east-1:aws:tool/web-search.v1",
  ],
  [
    { webSearch: "amazon", webSearchRegion: "eu-west-1" },
    "bedrock-agentcore:InvokeWebSearch",
    "arn:aws:bedrock-agentcore:eu-west-1:aws:tool/web-search.v1",
  ],
  [
    { webSearch: "tavily" },
    "secretsmanager:GetSecretValue",
    secret("prod", "tavily-api-key", "-??????"),
  ],
  [
    { sqlQuery: "on" },
    "secretsmanager:GetSecretValue",
    secret("prod", "analytics-database-url", "-??????"),
  ],
  [{ mcp: "on" }, "secretsmanager:GetSecretValue", secret("prod", "mcp-servers", "-??????")],
  [
    { otlpHeaders: "on" },
    "secretsmanager:GetSecretValue",
    secret("prod", "otlp-headers", "-??????"),
  ],
];

it("without a tool that needs a permission there is none", async () => {
  expect(await statementsFor("prod", {})).toEqual([]);
});

it.each(tools)("%j may %s on %s and nothing else", async (parameters, action, resource) => {
  expect(await statementsFor("prod", parameters)).toEqual([
    { Effect: "Allow", Action: [action], Resource: resource },
  ]);
});

it("market data may use their key and their own items of the table, and nothing else", async () => {
  const statements = await statementsFor("prod", { marketData: "fmp" });
  const may = (action: string, resource: string, key = "") =>
    isAllowed(statements, { action, resource, context: { "dynamodb:LeadingKeys": key } });
  const table = names["RateLimitTable.Arn"];
  expect(may("secretsmanager:GetSecretValue", secret("prod", "fmp-api-key", "-AbCdEf"))).toBe(true);
  for (const action of ["dynamodb:GetItem", "dynamodb:UpdateItem"]) {
    expect(may(action, table, "breaker#fmp")).toBe(true);
    expect(may(action, table, "calls#fmp#2026-11-28")).toBe(true);
    expect(may(action, table, "revoked#session")).toBe(false);
    expect(may(action, table, "breaker#other")).toBe(false);
  }
  expect(may("dynamodb:PutItem", table, "breaker#fmp")).toBe(false);
  expect(may("dynamodb:Scan", table, "breaker#fmp")).toBe(false);
  expect(may("secretsmanager:GetSecretValue", secret("prod", "database-url", "-AbCdEf"))).toBe(
    false,
  );
  const { boundary } = deployRoleOf(roleTemplate, "prod");
  for (const { Action, Resource } of statements) {
    for (const action of [Action].flat()) {
      const resource = String(Resource).replace("??????", "AbCdEf");
      expect([action, isAllowed(boundary.statements, { action, resource })]).toEqual([
        action,
        true,
      ]);
    }
  }
});

it.each(["prod", "dev"])(
  "the boundary of %s allows the permissions of every tool",
  async (stage) => {
    const { boundary } = deployRoleOf(roleTemplate, stage);
    for (const [parameters] of tools) {
      for (const { Action, Resource } of await statementsFor(stage, parameters)) {
        const call = {
          action: String(Action),
          resource: String(Resource).replace("??????", "AbCdEf"),
        };
        expect([call, isAllowed(boundary.statements, call)]).toEqual([call, true]);
      }
    }
  },
);

it("the health check may read the tool servers, and nothing else", async () => {
  const parameters = { mcp: "on", webSearch: "tavily" };
  const [statement, ...others] = await statementsFor("prod", parameters, "mcp");
  expect(statement?.Resource).toBe(secret("prod", "mcp-servers", "-??????"));
  expect(others).toEqual([]);
  expect(await statementsFor("prod", { webSearch: "tavily" }, "mcp")).toEqual([]);
});

it("the boundary allows no other tool of the service", () => {
  const { boundary } = deployRoleOf(roleTemplate, "prod");
  const refused = [
    ["bedrock-agentcore:InvokeWebSearch", "arn:aws:bedrock-agentcore:us-east-1:aws:tool/other.v1"],
    ["bedrock-agentcore:InvokeAgentRuntime", "arn:aws:bedrock-agentcore:us-east-1:1:runtime/x"],
  ].filter(([action = "", resource = ""]) => isAllowed(boundary.statements, { action, resource }));
  expect(refused).toEqual([]);
});
