/** Returns the IAM statements for the tools that the parameters of a stage turn on, for the functions that run turns. */
module.exports = async function toolAccess({ resolveVariable }) {
  const region = await resolveVariable("self:provider.region");
  const secretArn = await resolveVariable("self:custom.secretArn");
  return {
    statements: [
      ...webSearchAccess(await resolveVariable("param:webSearch"), {
        region: (await resolveVariable("param:webSearchRegion, null")) ?? region,
        secretArn,
      }),
      ...marketDataAccess(await resolveVariable("param:marketData"), { secretArn }),
      ...sqlQueryAccess(await resolveVariable("param:sqlQuery"), secretArn),
    ],
  };
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
      return [allow("secretsmanager:GetSecretValue", `${secretArn}/tavily-api-key-??????`)];
    default:
      return [];
  }
}

const sqlQueryAccess = (isOn, secretArn) =>
  isOn === "on"
    ? [allow("secretsmanager:GetSecretValue", `${secretArn}/analytics-database-url-??????`)]
    : [];

function marketDataAccess(service, { secretArn }) {
  if (service !== "fmp") return [];
  return [
    allow("secretsmanager:GetSecretValue", `${secretArn}/fmp-api-key-??????`),
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
