/**
 * A plugin of `sls` with two tasks:
 * - It gives every function its own role: the `iamRoleStatements` of serverless.yml, the function's log group, tracing,
 *   and the stage's permissions boundary if the deployment names one.
 * - It adds the API's stage to the template. Without it `sls` would set the stage's settings by API calls.
 */
export default class FunctionRoles {
  hooks = {
    initialize: () => this.addRoles(),
    "package:compileEvents": () => this.addStage(),
  };

  constructor(serverless) {
    this.service = serverless.service;
    this.naming = serverless.getProvider("aws").naming;
    serverless.configSchemaHandler.defineFunctionProperties("aws", {
      properties: { iamRoleStatements: { type: "array" } },
    });
  }

  addRoles() {
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
        // CloudFormation's generated name would cut off the stage.
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
                // X-Ray supports no resource-level permissions.
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
   * Orders deployment, stage and keys. The deployment alone would create a stage without settings. It must also wait for
   * the gateway responses, because they have no effect before the next deployment.
   */
  addStage() {
    const { Resources } = this.service.provider.compiledCloudFormationTemplate;
    const idsOf = (type) => Object.keys(Resources).filter((id) => Resources[id].Type === type);
    const [deploymentId] = idsOf("AWS::ApiGateway::Deployment");
    const deployment = Resources[deploymentId];
    const { StageName, RestApiId } = deployment.Properties;
    deployment.Properties = { RestApiId };
    const gatewayResponses = Object.entries(this.service.resources.Resources).filter(
      ([, { Type }]) => Type === "AWS::ApiGateway::GatewayResponse",
    );
    deployment.DependsOn.push(...gatewayResponses.map(([id]) => id));
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
