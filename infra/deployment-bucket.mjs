/**
 * A plugin of `sls` that gives the deployment bucket the full name of its stage. CloudFormation's generated name would cut
 * it to 24 letters, `enterprise-agentic-ai-pr`, and a role could not distinguish stages.
 */
export default class DeploymentBucket {
  hooks = { "after:package:initialize": () => this.setBucketName() };

  constructor(serverless) {
    this.service = serverless.service;
    this.naming = serverless.getProvider("aws").naming;
  }

  /** Also changes the template that creates the stack. Otherwise the first update would replace the bucket. */
  setBucketName() {
    const id = this.naming.getDeploymentBucketLogicalId();
    const { coreCloudFormationTemplate, compiledCloudFormationTemplate } = this.service.provider;
    for (const { Resources } of [coreCloudFormationTemplate, compiledCloudFormationTemplate]) {
      Resources[id].Properties.BucketName = {
        "Fn::Sub": `${this.naming.getStackName()}-deployments-\${AWS::AccountId}`,
      };
    }
  }
}
