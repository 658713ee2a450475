/**
 * A plugin of the command line: the bucket of the deployments carries the whole name of its stage. CloudFormation would
 * cut it to 24 letters, `enterprise-agentic-ai-pr`, which no role could tell from another stage's.
 */
export default class DeploymentBucket {
  hooks = { "after:package:initialize": () => this.giveName() };

  constructor(serverless) {
    this.service = serverless.service;
    this.naming = serverless.getProvider("aws").naming;
  }

  /** In the template that makes the stack, too, or its first update would replace the bucket. */
  giveName() {
    const id = this.naming.getDeploymentBucketLogicalId();
    const { coreCloudFormationTemplate, compiledCloudFormationTemplate } = this.service.provider;
    for (const { Resources } of [coreCloudFormationTemplate, compiledCloudFormationTemplate]) {
      Resources[id].Properties.BucketName = {
        "Fn::Sub": `${this.naming.getStackName()}-deployments-\${AWS::AccountId}`,
      };
    }
  }
}
