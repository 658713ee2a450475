/** Returns the IAM statements for the tools that the parameters of a stage turn on, for the functions that run turns. */
module.exports = async function toolAccess({ resolveVariable }) {
  const region = await resolveVariable("self:provider.region");
  return {
    statements: webSearchAccess(await resolveVariable("param:webSearch"), {
      region: (await resolveVariable("param:webSearchRegion, null")) ?? region,
      secretArn: await resolveVariable("self:custom.secretArn"),
    }),
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

const allow = (Action, arn) => ({
  Effect: "Allow",
  Action: [Action],
  Resource: { "Fn::Sub": arn },
});
