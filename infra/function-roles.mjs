/**
 * A plugin of the command line: every function gets a role of its own, with its `iamRoleStatements` of serverless.yml,
 * its own log group and tracing, within the boundary of the stage if the deployment names one. And the stage of the API becomes a resource, so that its settings are in the template
 * instead of being set by API calls after the deployment.
 */
export default class FunctionRoles {
  hooks = {
    initialize: () => this.giveRoles(),
    "package:compileEvents": () => this.describeStage(),
  };

  constructor(serverless) {
    this.service = serverless.service;
    this.naming = serverless.getProvider("aws").naming;
    serverless.configSchemaHandler.defineFunctionProperties("aws", {
      properties: { iamRoleStatements: { type: "array" } },
    });
  }

  giveRoles() {
    for (const name of this.service.getAllFunctions()) {
      const settings = this.service.getFunction(name);
      const id = `${this.naming.getNormalizedFunctionName(name)}Role`;
      settings.role = { "Fn::Sub": `\${${id}.Arn}` };
      this.service.resources.Resources[id] = this.roleOf(name, settings.iamRoleStatements.flat());
    }
  }

  roleOf(name, statements) {
    const logGroup = { "Fn::GetAtt": [this.naming.getLogGroupLogicalId(name), "Arn"] };
    const { permissionsBoundary } = this.service.custom;
    return {
      Type: "AWS::IAM::Role",
      Properties: {
        // A name of CloudFormation's own making would cut the stage off.
        RoleName: `${this.naming.getStackName()}-${name}`,
        ...(permissionsBoundary && {
          PermissionsBoundary: {
            "Fn::Sub": `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:policy/${permissionsBoundary}`,
          },
        }),
        AssumeRolePolicyDocument: {
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { Service: "lambda.amazonaws.com" },
              Action: "sts:AssumeRole",
            },
          ],
        },
        Policies: [
          {
            PolicyName: name,
            PolicyDocument: {
              Version: "2012-10-17",
              Statement: [
                allow(["logs:CreateLogStream", "logs:PutLogEvents"], logGroup),
                // X-Ray knows no resources.
                allow(["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "*"),
                ...statements,
              ],
            },
          },
        ],
      },
    };
  }

  /**
   * Deployment, stage, keys: in this order. The deployment alone would make a stage without settings, and would not
   * wait for the gateway's own answers, which count only from the next deployment on.
   */
  describeStage() {
    const { Resources } = this.service.provider.compiledCloudFormationTemplate;
    const idsOf = (type) => Object.keys(Resources).filter((id) => Resources[id].Type === type);
    const [deploymentId] = idsOf("AWS::ApiGateway::Deployment");
    const deployment = Resources[deploymentId];
    const { StageName, RestApiId } = deployment.Properties;
    deployment.Properties = { RestApiId };
    const ownAnswers = Object.entries(this.service.resources.Resources).filter(
      ([, { Type }]) => Type === "AWS::ApiGateway::GatewayResponse",
    );
    deployment.DependsOn.push(...ownAnswers.map(([id]) => id));
    const settings = this.service.custom.apiStage;
    Resources.ApiGatewayStage = {
      Type: "AWS::ApiGateway::Stage",
      Properties: { RestApiId, StageName, DeploymentId: { Ref: deploymentId }, ...settings },
    };
    for (const id of [
      ...idsOf("AWS::ApiGateway::UsagePlan"),
      ...idsOf("AWS::ApiGateway::ApiKey"),
    ]) {
      Resources[id].DependsOn = "ApiGatewayStage";
    }
  }
}

const allow = (Action, Resource) => ({ Effect: "Allow", Action, Resource });
