/** Returns the IAM statements for the tools that the parameters of a stage turn on, for the functions that run turns. */
module.exports = async function toolAccess({ resolveVariable }) {
  const region = await resolveVariable("self:provider.region");
  const secretArn = await resolveVariable("self:custom.secretArn");
  const search = webSearchAccess(await resolveVariable("param:webSearch"), {
    region: (await resolveVariable("param:webSearchRegion, null")) ?? region,
    secretArn,
  });
  return {
    statements: [...search, ...sqlQueryAccess(await resolveVariable("param:sqlQuery"), secretArn)],
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

const allow = (Action, arn) => ({
  Effect: "Allow",
  Action: [Action],
  Resource: { "Fn::Sub": arn },
});
