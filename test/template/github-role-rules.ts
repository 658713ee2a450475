import { type DeployRole, deployRoleOf } from "./github-role.ts";
import { isAllowed, type Statement } from "./iam.ts";
import { unless } from "./rules/rule.ts";
import type { Template } from "./template.ts";

type Rule = (role: DeployRole) => string[];

const actionsOf = ({ Action }: Statement) => [Action].flat();
const resourcesOf = ({ Resource }: Statement) => [Resource].flat();

/** Statements whose actions support no resource, or apply to all resources at once. */
const withoutResource = ["Look", "Traces", "NoWayAroundTheBoundary"];
/** Families of reads. CloudFormation calls too many of them, and too often new ones, to list each. */
const allowedWildcards = ["s3:Get*", "lambda:Get*", "dynamodb:Describe*"];
/** Names of this stage only: the stage is followed by a hyphen, a path or the end. */
const stageResource =
  /enterprise-agentic-ai-prod([-/]|$)|secret:enterprise-agentic-ai\/[a-z-]+[*?]|AWSServiceRole/;
/** CloudFront and API Gateway generate ids. Bedrock's models and profiles, and AWS's own web search, do not belong to a stage. */
const unnamedResource =
  /^arn:aws:(apigateway:us-east-1::\/(restapis|apikeys|usageplans|tags)(\/\*)?|cloudfront::\d+:(distribution|cache-policy|origin-access-control|origin-request-policy|response-headers-policy)\/\*|bedrock:\S*(inference-profile|foundation-model)\/(\*|amazon\.titan-embed-text-v2:0)|bedrock-agentcore:\*:aws:tool\/web-search\.v1)$/;

const documentBucket = "arn:aws:s3:::enterprise-agentic-ai-prod-documents-123456789012";

/** Rules for GitHub's role and for the boundary of the functions' roles. */
export const githubRoleRules: Record<string, Rule> = {
  "no action has a wildcard, except for a few families of reads": ({ statements, boundary }) =>
    allowing([...statements, ...boundary.statements])
      .flatMap(actionsOf)
      .filter((action) => action.includes("*") && !allowedWildcards.includes(action))
      .map((action) => `${action} is a wildcard`),

  "every named resource belongs to the stage": ({ statements, boundary }) =>
    allowing([...statements, ...boundary.statements])
      .filter(({ Sid = "" }) => !withoutResource.includes(Sid))
      .flatMap((statement) => resourcesOf(statement).map((resource) => ({ statement, resource })))
      .filter(({ resource }) => !stageResource.test(resource) && !unnamedResource.test(resource))
      .map(({ statement, resource }) => `${statement.Sid} reaches ${resource}`),

  "roles can be written only with the boundary": ({ statements, boundary }) =>
    allowing(statements)
      .filter((statement) => actionsOf(statement).some((action) => writesRoles.includes(action)))
      .flatMap(({ Sid, Condition }) =>
        unless(
          Condition?.StringEquals?.["iam:PermissionsBoundary"] === boundary.arn,
          `${Sid} writes roles without a boundary`,
        ),
      ),

  "roles can be passed only to Lambda": ({ statements }) =>
    allowing(statements)
      .filter((statement) => actionsOf(statement).includes("iam:PassRole"))
      .flatMap(({ Sid, Condition }) =>
        unless(
          Condition?.StringEquals?.["iam:PassedToService"] === "lambda.amazonaws.com",
          `${Sid} passes roles to any service`,
        ),
      ),

  "the role cannot gain more permissions": (role) =>
    escalations(role)
      .filter((call) => isAllowed(role.statements, call))
      .map(({ action, resource }) => `the role may ${action} on ${resource}`),

  "the role reads and writes no document": ({ statements }) =>
    ["s3:GetObject", "s3:PutObject"]
      .map((action) => ({ action, resource: `${documentBucket}/documents/1/2` }))
      .filter((call) => isAllowed(statements, call))
      .map(({ action }) => `the role may ${action} on documents`),

  "only the two workflows of main can assume the role, in their environment": ({ trust }) => {
    const [statement] = trust;
    const claims = statement?.Condition?.StringEquals ?? {};
    const claim = (name: string) =>
      [claims[`token.actions.githubusercontent.com:${name}`] ?? []].flat();
    return [
      ...unless(trust.length === 1, "others may assume the role"),
      ...unless(
        Object.keys(statement?.Condition ?? {}).join() === "StringEquals",
        "a claim is not compared exactly",
      ),
      ...unless(claim("aud").join() === "sts.amazonaws.com", "the audience is not AWS"),
      ...unless(
        claim("sub").join() ===
          "repo:team@11/chat@22:environment:prod,repo:team/chat:environment:prod",
        `the subject is ${claim("sub").join(" or ")}`,
      ),
      ...unless(
        claim("repository_id").join() === "22",
        "a repository of the same name may assume the role",
      ),
      ...unless(
        claim("job_workflow_ref").join() ===
          "team/chat/.github/workflows/deploy.yml@refs/heads/main,team/chat/.github/workflows/remove.yml@refs/heads/main",
        "another workflow, or a branch's, may assume the role",
      ),
    ];
  },

  "the policies keep IAM's size limits": ({ policySizes }) => [
    ...unless(policySizes.inline <= 10_240, `${policySizes.inline} characters`),
    ...policySizes.managed.flatMap((size) => unless(size <= 6_144, `${size} characters`)),
  ],
};

export function githubRoleFaults(template: Template): string[] {
  const role = deployRoleOf(template, "prod");
  return Object.values(githubRoleRules).flatMap((rule) => rule(role));
}

const writesRoles = [
  "iam:CreateRole",
  "iam:PutRolePolicy",
  "iam:AttachRolePolicy",
  "iam:PutRolePermissionsBoundary",
];

const allowing = (statements: readonly Statement[]) =>
  statements.filter(({ Effect }) => Effect === "Allow");

/** The known ways from a role that writes roles to full permissions. */
function escalations({ arn, boundary }: DeployRole) {
  const functionRole = arn.replace("-github", "-me");
  const bounded = { "iam:PermissionsBoundary": boundary.arn };
  const unbounded = { "iam:PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess" };
  return [
    ...["iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"].flatMap(
      (action) => [
        { action, resource: functionRole },
        { action, resource: functionRole, context: unbounded },
        { action, resource: arn, context: bounded },
      ],
    ),
    ...["iam:AttachRolePolicy", "iam:DeleteRolePermissionsBoundary"].map((action) => ({
      action,
      resource: functionRole,
      context: bounded,
    })),
    ...["iam:UpdateAssumeRolePolicy", "iam:DeleteRole", "iam:DeleteRolePolicy"].map((action) => ({
      action,
      resource: arn,
    })),
    ...["lambda", "ec2", "cloudformation"].map((service) => ({
      action: "iam:PassRole",
      resource: service === "lambda" ? arn : functionRole,
      context: { "iam:PassedToService": `${service}.amazonaws.com` },
    })),
    ...["iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:DeletePolicy"].map(
      (action) => ({ action, resource: boundary.arn }),
    ),
    ...["iam:CreateUser", "iam:CreateAccessKey", "iam:CreatePolicy", "sts:AssumeRole"].map(
      (action) => ({ action, resource: "*" }),
    ),
    // The stack of this role and the boundary.
    {
      action: "cloudformation:UpdateStack",
      resource:
        "arn:aws:cloudformation:us-east-1:123456789012:stack/enterprise-agentic-ai-prod-github/1",
    },
  ];
}
