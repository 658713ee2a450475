import { optionalSecretNames, secretNames } from "#infra/secret-names.ts";
import type { Call, Names } from "./iam.ts";
import { resolve } from "./iam.ts";
import { at, type Template, target, textAt } from "./template.ts";

/** The account of the tests. */
export const account = "123456789012";
const region = "us-east-1";

/** Returns the calls that CloudFormation makes, with the role of the deployment, for each resource of the template. */
export function callsForResources(template: Template): Call[] {
  return Object.entries(template.Resources).flatMap(([id, { Type }]) => {
    const needs = needsOf[Type];
    if (!needs)
      throw new Error(`This test does not know which calls CloudFormation makes for ${Type}.`);
    return needs(id, template);
  });
}

/** Returns the calls of the workflows' other commands. */
export function callsOfWorkflows(stage: string): Call[] {
  const bucket = `arn:aws:s3:::enterprise-agentic-ai-${stage}-pagebucket-abcdefghijklm`;
  const deployments = `arn:aws:s3:::enterprise-agentic-ai-${stage}-deployments-${account}`;
  const documents = `arn:aws:s3:::enterprise-agentic-ai-${stage}-documents-${account}`;
  return [
    ...on([bucket, deployments, documents], "s3:ListBucket"),
    ...on([`${documents}/documents/1/2`], "s3:DeleteObject"),
    ...on([`${bucket}/index.html`, `${bucket}/assets/a.js`], "s3:PutObject", "s3:DeleteObject"),
    ...on([`${deployments}/verified/page/index.html`], "s3:GetObject", "s3:PutObject"),
    ...on([`${deployments}/serverless/x`], "s3:DeleteObject"),
    ...on(
      [`arn:aws:cloudfront::${account}:distribution/E1`],
      "cloudfront:CreateInvalidation",
      "cloudfront:GetInvalidation",
    ),
    ...on(
      [
        secret(stage, "database-url-direct"),
        secret(stage, "database-url"),
        secret(stage, "demo-password"),
        // CloudFormation reads it for the references in the template.
        secret(stage, "origin-api-key"),
      ],
      "secretsmanager:GetSecretValue",
    ),
    ...[...secretNames, ...optionalSecretNames].map((name) => ({
      action: "secretsmanager:DeleteSecret",
      resource: secret(stage, name),
      context: { "secretsmanager:RecoveryWindowInDays": "7" },
    })),
  ];
}

/** Returns the ARN of a secret. @param suffix what Secrets Manager appends; "" for a missing secret */
export function secret(stage: string, name: string, suffix = "-AbCdEf"): string {
  const folder = stage === "prod" ? "" : `/${stage}`;
  return `arn:aws:secretsmanager:${region}:${account}:secret:enterprise-agentic-ai${folder}/${name}${suffix}`;
}

/** Returns pseudo parameters, names and ARNs of a deployed stack. */
export function namesOf(template: Template): Names {
  const names: Names = {
    "AWS::Partition": "aws",
    "AWS::Region": region,
    "AWS::AccountId": account,
    "AWS::URLSuffix": "amazonaws.com",
  };
  for (const [id, { Type, Properties }] of Object.entries(template.Resources)) {
    const [name, arn] = [nameOf(id, template), arnOf(id, template)];
    names[id] = Type === "AWS::SNS::Topic" ? arn : name;
    // The ARN of a log group ends with this.
    names[`${id}.Arn`] = Type === "AWS::Logs::LogGroup" ? `${arn}:*` : arn;
    if (Type === "AWS::ApiGateway::Stage") names[id] = textAt(Properties, "StageName");
  }
  return names;
}

const on = (resources: readonly string[], ...actions: string[]): Call[] =>
  resources.flatMap((resource) => actions.map((action) => ({ action, resource })));

/** Calls that support no resource, or apply to all resources at once. */
const unbound = (...actions: string[]): Call[] => on(["*"], ...actions);

const here = `${region}:${account}`;

/**
 * How a resource is named: the property, the maximum length, and the beginning of the ARN. Without the property
 * CloudFormation generates a name.
 */
const naming: Record<string, readonly [property: string, longest: number, arnBefore: string]> = {
  "AWS::S3::Bucket": ["BucketName", 63, "s3:::"],
  "AWS::Lambda::Function": ["FunctionName", 64, `lambda:${here}:function:`],
  "AWS::Logs::LogGroup": ["LogGroupName", 512, `logs:${here}:log-group:`],
  "AWS::DynamoDB::Table": ["TableName", 255, `dynamodb:${here}:table/`],
  "AWS::IAM::Role": ["RoleName", 64, `iam::${account}:role/`],
  "AWS::Events::Rule": ["Name", 64, `events:${here}:rule/`],
  "AWS::SNS::Topic": ["TopicName", 256, `sns:${here}:`],
  "AWS::CloudWatch::Alarm": ["AlarmName", 255, `cloudwatch:${here}:alarm:`],
  "AWS::CloudWatch::Dashboard": ["DashboardName", 255, `cloudwatch::${account}:dashboard/`],
  "AWS::CloudFront::Function": ["Name", 64, `cloudfront::${account}:function/`],
  "AWS::Budgets::Budget": ["Budget.BudgetName", 100, `budgets::${account}:budget/`],
};

function nameOf(id: string, template: Template): string {
  const { Type, Properties } = template.Resources[id] ?? { Type: "", Properties: {} };
  if (!naming[Type]) return id;
  const [property, longest] = naming[Type];
  const given = at(Properties, property);
  if (given !== undefined) {
    return String(resolve(given, { "AWS::AccountId": account }));
  }
  const name = generatedName(stackOf(template), id, longest);
  return Type === "AWS::S3::Bucket" ? name.toLowerCase() : name;
}

/** Returns the resources whose generated names are cut so that they lose the stage. */
export function cutNames(template: Template): string[] {
  return Object.entries(template.Resources).flatMap(([id, { Type, Properties }]) => {
    if (!naming[Type]) return [];
    const [property, longest] = naming[Type];
    if (at(Properties, property) !== undefined) return [];
    const name = generatedName(stackOf(template), id, longest);
    return name.startsWith(`${stackOf(template)}-`) ? [] : [`${id} would be named ${name}`];
  });
}

/** CloudFormation joins stack, logical id and 13 characters. If that is too long, it keeps 24 characters of the first two. */
function generatedName(stack: string, id: string, longest: number): string {
  const suffix = "ABCDEFGHIJKLM";
  const whole = `${stack}-${id}-${suffix}`;
  return whole.length <= longest ? whole : `${stack.slice(0, 24)}-${id.slice(0, 24)}-${suffix}`;
}

function stackOf(template: Template): string {
  return textAt(template.Resources.Dashboard, "Properties.DashboardName");
}

function arnOf(id: string, template: Template): string {
  const [, , before] = naming[template.Resources[id]?.Type ?? ""] ?? [];
  return before === undefined ? id : `arn:aws:${before}${nameOf(id, template)}`;
}

type Needs = (id: string, template: Template) => Call[];

const withOwnArn =
  (...actions: string[]): Needs =>
  (id, template) =>
    on([arnOf(id, template)], ...actions);

const withArnOf =
  (property: string, ...actions: string[]): Needs =>
  (id, template) => {
    const owner = target(at(template.Resources[id], `Properties.${property}`)) ?? "";
    return on([arnOf(owner, template)], ...actions);
  };

const withArn =
  (arn: string, ...actions: string[]): Needs =>
  () =>
    on([arn], ...actions);

const api = (path: string, ...methods: string[]): Needs =>
  withArn(
    `arn:aws:apigateway:${region}::${path}`,
    ...methods.map((method) => `apigateway:${method}`),
  );

const all =
  (...several: Needs[]): Needs =>
  (id, template) =>
    several.flatMap((needs) => needs(id, template));

const tagsOf = `/tags/arn%3Aaws%3Aapigateway%3A${region}%3A%3A%2Frestapis%2Fa1`;

/**
 * The calls that the handlers of each type make, from its published schema, without the features that the template does
 * not use: virtual networks, keys, replication. `sls` tags the stack, so most types need tagging.
 */
const needsOf: Record<string, Needs> = {
  "AWS::S3::Bucket": withOwnArn(
    "s3:CreateBucket",
    "s3:DeleteBucket",
    "s3:ListBucket",
    "s3:PutBucketTagging",
    "s3:PutEncryptionConfiguration",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketOwnershipControls",
    "s3:GetEncryptionConfiguration",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetLifecycleConfiguration",
    "s3:GetBucketTagging",
    "s3:PutBucketCORS",
    "s3:GetBucketCORS",
    "s3:PutLifecycleConfiguration",
    "s3:PutBucketNotification",
    "s3:GetBucketNotification",
  ),
  "AWS::S3::BucketPolicy": withArnOf(
    "Bucket",
    "s3:GetBucketPolicy",
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
  ),
  "AWS::Logs::LogGroup": all(
    withOwnArn(
      "logs:CreateLogGroup",
      "logs:DeleteLogGroup",
      "logs:PutRetentionPolicy",
      "logs:DeleteRetentionPolicy",
      "logs:TagResource",
      "logs:UntagResource",
      "logs:ListTagsForResource",
      "logs:GetDataProtectionPolicy",
    ),
    () =>
      unbound(
        "logs:DescribeLogGroups",
        "logs:DescribeIndexPolicies",
        "logs:DescribeResourcePolicies",
      ),
  ),
  "AWS::Lambda::Function": all(
    withOwnArn(
      "lambda:CreateFunction",
      "lambda:DeleteFunction",
      "lambda:GetFunction",
      "lambda:GetFunctionCodeSigningConfig",
      "lambda:GetRuntimeManagementConfig",
      "lambda:PutRuntimeManagementConfig",
      "lambda:PutFunctionConcurrency",
      "lambda:DeleteFunctionConcurrency",
      "lambda:UpdateFunctionCode",
      "lambda:UpdateFunctionConfiguration",
      "lambda:ListTags",
      "lambda:TagResource",
      "lambda:UntagResource",
    ),
    (id, template) => {
      const lambda = template.Resources[id];
      const code = arnOf(target(at(lambda, "Properties.Code.S3Bucket")) ?? "", template);
      const role = arnOf(target(at(lambda, "Properties.Role")) ?? "", template);
      return [
        ...on([`${code}/${textAt(lambda, "Properties.Code.S3Key")}`], "s3:GetObject"),
        {
          action: "iam:PassRole",
          resource: role,
          context: { "iam:PassedToService": "lambda.amazonaws.com" },
        },
      ];
    },
  ),
  "AWS::Lambda::Url": withArnOf(
    "TargetFunctionArn",
    "lambda:CreateFunctionUrlConfig",
    "lambda:GetFunctionUrlConfig",
    "lambda:UpdateFunctionUrlConfig",
    "lambda:DeleteFunctionUrlConfig",
  ),
  "AWS::Lambda::Permission": withArnOf(
    "FunctionName",
    "lambda:AddPermission",
    "lambda:GetPolicy",
    "lambda:RemovePermission",
  ),
  "AWS::Lambda::EventInvokeConfig": withArnOf(
    "FunctionName",
    "lambda:PutFunctionEventInvokeConfig",
    "lambda:GetFunctionEventInvokeConfig",
    "lambda:UpdateFunctionEventInvokeConfig",
    "lambda:DeleteFunctionEventInvokeConfig",
  ),
  "AWS::Events::Rule": withOwnArn(
    "events:PutRule",
    "events:DescribeRule",
    "events:DeleteRule",
    "events:PutTargets",
    "events:RemoveTargets",
    "events:ListTargetsByRule",
    "events:TagResource",
    "events:UntagResource",
    "events:ListTagsForResource",
  ),
  "AWS::ApiGateway::RestApi": all(
    api("/restapis", "POST", "UpdateRestApiPolicy"),
    api("/restapis/a1", "GET", "PUT", "PATCH", "DELETE", "UpdateRestApiPolicy"),
    api(tagsOf, "PUT", "DELETE", "GET"),
    () => [
      {
        action: "iam:CreateServiceLinkedRole",
        resource: `arn:aws:iam::${account}:role/aws-service-role/ops.apigateway.amazonaws.com/AWSServiceRoleForAPIGateway`,
        context: { "iam:AWSServiceName": "ops.apigateway.amazonaws.com" },
      },
    ],
  ),
  "AWS::ApiGateway::Resource": api("/restapis/a1/resources/b2", "POST", "GET", "PATCH", "DELETE"),
  "AWS::ApiGateway::Method": api(
    "/restapis/a1/resources/b2/methods/GET",
    "PUT",
    "GET",
    "PATCH",
    "DELETE",
  ),
  "AWS::ApiGateway::Deployment": api("/restapis/a1/deployments", "POST", "GET", "PATCH", "DELETE"),
  "AWS::ApiGateway::Stage": api(
    "/restapis/a1/stages/prod",
    "POST",
    "PATCH",
    "GET",
    "PUT",
    "DELETE",
  ),
  "AWS::ApiGateway::GatewayResponse": api(
    "/restapis/a1/gatewayresponses/THROTTLED",
    "PUT",
    "GET",
    "DELETE",
  ),
  "AWS::ApiGateway::ApiKey": all(
    api("/apikeys", "POST", "GET"),
    api("/apikeys/c3", "GET", "PUT", "PATCH", "DELETE"),
  ),
  "AWS::ApiGateway::UsagePlan": all(
    api("/usageplans", "POST", "GET"),
    api("/usageplans/d4", "GET", "PATCH", "DELETE"),
  ),
  "AWS::ApiGateway::UsagePlanKey": api("/usageplans/d4/keys/c3", "POST", "GET", "DELETE"),
  "AWS::DynamoDB::Table": withOwnArn(
    "dynamodb:CreateTable",
    "dynamodb:DeleteTable",
    "dynamodb:DescribeTable",
    "dynamodb:DescribeTimeToLive",
    "dynamodb:DescribeContinuousBackups",
    "dynamodb:DescribeContributorInsights",
    "dynamodb:DescribeKinesisStreamingDestination",
    "dynamodb:UpdateTable",
    "dynamodb:UpdateTimeToLive",
    "dynamodb:UpdateContinuousBackups",
    "dynamodb:GetResourcePolicy",
    "dynamodb:ListTagsOfResource",
    "dynamodb:TagResource",
    "dynamodb:UntagResource",
  ),
  "AWS::CloudFront::Distribution": withArn(
    `arn:aws:cloudfront::${account}:distribution/E1`,
    "cloudfront:CreateDistribution",
    "cloudfront:CreateDistributionWithTags",
    "cloudfront:GetDistribution",
    "cloudfront:GetDistributionConfig",
    "cloudfront:UpdateDistribution",
    "cloudfront:DeleteDistribution",
    "cloudfront:ListTagsForResource",
    "cloudfront:TagResource",
    "cloudfront:UntagResource",
  ),
  "AWS::CloudFront::OriginAccessControl": forCloudFront("OriginAccessControl"),
  "AWS::CloudFront::CachePolicy": forCloudFront("CachePolicy"),
  "AWS::CloudFront::OriginRequestPolicy": forCloudFront("OriginRequestPolicy"),
  "AWS::CloudFront::ResponseHeadersPolicy": forCloudFront("ResponseHeadersPolicy"),
  "AWS::CloudFront::Function": withOwnArn(
    "cloudfront:CreateFunction",
    "cloudfront:PublishFunction",
    "cloudfront:DescribeFunction",
    "cloudfront:GetFunction",
    "cloudfront:UpdateFunction",
    "cloudfront:DeleteFunction",
    "cloudfront:ListTagsForResource",
    "cloudfront:TagResource",
    "cloudfront:UntagResource",
  ),
  "AWS::SNS::Topic": withOwnArn(
    "sns:CreateTopic",
    "sns:DeleteTopic",
    "sns:GetTopicAttributes",
    "sns:SetTopicAttributes",
    "sns:GetDataProtectionPolicy",
    "sns:ListSubscriptionsByTopic",
    "sns:ListTagsForResource",
    "sns:TagResource",
    "sns:UntagResource",
  ),
  "AWS::SNS::Subscription": all(withArnOf("TopicArn", "sns:Subscribe"), () =>
    unbound("sns:Unsubscribe", "sns:GetSubscriptionAttributes"),
  ),
  "AWS::CloudWatch::Alarm": all(
    withOwnArn(
      "cloudwatch:PutMetricAlarm",
      "cloudwatch:DeleteAlarms",
      "cloudwatch:ListTagsForResource",
      "cloudwatch:TagResource",
      "cloudwatch:UntagResource",
    ),
    () => unbound("cloudwatch:DescribeAlarms"),
  ),
  "AWS::CloudWatch::Dashboard": withOwnArn(
    "cloudwatch:PutDashboard",
    "cloudwatch:GetDashboard",
    "cloudwatch:DeleteDashboards",
  ),
  "AWS::Budgets::Budget": withOwnArn(
    "budgets:ModifyBudget",
    "budgets:ViewBudget",
    "budgets:TagResource",
    "budgets:UntagResource",
    "budgets:ListTagsForResource",
  ),
  "AWS::IAM::Role": all(
    withOwnArn(
      "iam:GetRole",
      "iam:GetRolePolicy",
      "iam:ListAttachedRolePolicies",
      "iam:ListRolePolicies",
      "iam:UpdateRole",
      "iam:UpdateAssumeRolePolicy",
      "iam:DeleteRole",
      "iam:DeleteRolePolicy",
      "iam:TagRole",
      "iam:UntagRole",
    ),
    (id, template) =>
      ["iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"].map((action) => ({
        action,
        resource: arnOf(id, template),
        context: {
          "iam:PermissionsBoundary": String(
            resolve(at(template.Resources[id], "Properties.PermissionsBoundary"), {
              "AWS::Partition": "aws",
              "AWS::AccountId": account,
            }) ?? "none",
          ),
        },
      })),
  ),
};

function forCloudFront(kind: string): Needs {
  const path = kind.replace(/(?<=.)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
  return withArn(
    `arn:aws:cloudfront::${account}:${path}/a1`,
    ...["Create", "Get", "Update", "Delete"].map((verb) => `cloudfront:${verb}${kind}`),
  );
}
