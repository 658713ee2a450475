/**
 * Returns the IAM statements for the tools, and the export of traces, that the parameters of a stage turn on: `statements` for
 * the functions that run turns, `mcp` for the function that checks the tool servers.
 */
module.exports = async function toolAccess({ resolveVariable }) {
  const region = await resolveVariable("self:provider.region");
  const secretArn = await resolveVariable("self:custom.secretArn");
  const search = webSearchAccess(await resolveVariable("param:webSearch"), {
    region: (await resolveVariable("param:webSearchRegion, null")) ?? region,
    secretArn,
  });
  const marketData = marketDataAccess(await resolveVariable("param:marketData"), { secretArn });
  const secretIfOn = async (parameter, name) =>
    (await resolveVariable(`param:${parameter}`)) === "on" ? [readSecret(secretArn, name)] : [];
  const sqlQuery = await secretIfOn("sqlQuery", "analytics-database-url");
  const mcp = await secretIfOn("mcp", "mcp-servers");
  const traces = await secretIfOn("otlpHeaders", "otlp-headers");
  return { statements: [...search, ...marketData, ...sqlQuery, ...mcp, ...traces], mcp };
};

function webSearchAccess(search, { region, secretArn }) {
  switch (search) {
    case "amazon":
      // The tool belongs to AWS, so the ARN has `aws` for an account.
      return [
        allow(
          "bedrock-agentcore:InvokeWebSearch",
          `arn:\${AWS::Partition}:bedrock-agentcore:${region}:aws:tool/web-search.v1`,
        ),
      ];
    case "tavily":
      return [readSecret(secretArn, "tavily-api-key")];
    default:
      return [];
  }
}

/** Secrets Manager appends six characters to a secret's ARN. */
const readSecret = (secretArn, name) =>
  allow("secretsmanager:GetSecretValue", `${secretArn}/${name}-??????`);

function marketDataAccess(service, { secretArn }) {
  if (service !== "fmp") return [];
  return [
    readSecret(secretArn, "fmp-api-key"),
    // Only the items of the circuit breaker and of the daily count.
    {
      Effect: "Allow",
      Action: ["dynamodb:GetItem", "dynamodb:UpdateItem"],
      Resource: { "Fn::GetAtt": ["RateLimitTable", "Arn"] },
      Condition: {
        "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["breaker#fmp", "calls#fmp#*"] },
      },
    },
  ];
}

const allow = (Action, arn) => ({
  Effect: "Allow",
  Action: [Action],
  Resource: { "Fn::Sub": arn },
});
