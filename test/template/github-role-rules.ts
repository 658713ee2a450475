import { type DeployRole, deployRoleOf } from "./github-role.ts";
import { isAllowed, type Statement } from "./iam.ts";
import { unless } from "./rules/rule.ts";
import type { Template } from "./template.ts";

type Rule = (role: DeployRole) => string[];

const actionsOf = ({ Action }: Statement) => [Action].flat();
const resourcesOf = ({ Resource }: Statement) => [Resource].flat();

/** Statements whose services take no resource for these actions, or are asked of all at once. */
const mayNameNothing = ["Look", "Traces", "NoWayAroundTheBoundary"];
/** Reads of the product's own things, so many and so changing that CloudFormation's are not counted. */
const mayBeginAlike = ["s3:Get*", "lambda:Get*", "dynamodb:Describe*"];
/** A hyphen and a random name follow, or a path: never the name of another stage. */
const ownThing =
  /enterprise-agentic-ai-prod([-/]|$)|secret:enterprise-agentic-ai\/[a-z-]+[*?]|AWSServiceRole/;
/** CloudFront and API Gateway choose ids; Bedrock's models are nobody's, its profiles the account's. */
const withoutNames =
  /^arn:aws:(apigateway:us-east-1::\/(restapis|apikeys|usageplans|tags)(\/\*)?|cloudfront::\d+:(distribution|cache-policy|origin-access-control|origin-request-policy|response-headers-policy)\/\*|bedrock:\S*(inference-profile|foundation-model)\/\*)$/;

/** What has to be true of the role that GitHub takes, and of the boundary of the functions' roles. */
export const githubRoleRules: Record<string, Rule> = {
  "no action is a wildcard, but for a few families of reads": ({ statements, boundary }) =>
    allowing([...statements, ...boundary.statements])
      .flatMap(actionsOf)
      .filter((action) => action.includes("*") && !mayBeginAlike.includes(action))
      .map((action) => `${action} is any action`),

  "what has a name is bound to the stage's": ({ statements, boundary }) =>
    allowing([...statements, ...boundary.statements])
      .filter(({ Sid = "" }) => !mayNameNothing.includes(Sid))
      .flatMap((statement) => resourcesOf(statement).map((resource) => ({ statement, resource })))
      .filter(({ resource }) => !ownThing.test(resource) && !withoutNames.test(resource))
      .map(({ statement, resource }) => `${statement.Sid} reaches ${resource}`),

  "a role is written within the boundary, or not at all": ({ statements, boundary }) =>
    allowing(statements)
      .filter((statement) => actionsOf(statement).some((action) => writesRoles.includes(action)))
      .flatMap(({ Sid, Condition }) =>
        unless(
          Condition?.StringEquals?.["iam:PermissionsBoundary"] === boundary.arn,
          `${Sid} writes roles without a boundary`,
        ),
      ),

  "roles are given to Lambda alone": ({ statements }) =>
    allowing(statements)
      .filter((statement) => actionsOf(statement).includes("iam:PassRole"))
      .flatMap(({ Sid, Condition }) =>
        unless(
          Condition?.StringEquals?.["iam:PassedToService"] === "lambda.amazonaws.com",
          `${Sid} gives roles to any service`,
        ),
      ),

  "there is no way to more than it may": (role) =>
    escalations(role)
      .filter((call) => isAllowed(role.statements, call))
      .map(({ action, resource }) => `it may ${action} on ${resource}`),

  "only the two workflows on main take it, in their environment": ({ trust }) => {
    const [statement] = trust;
    const claims = statement?.Condition?.StringEquals ?? {};
    const claim = (name: string) =>
      [claims[`token.actions.githubusercontent.com:${name}`] ?? []].flat();
    return [
      ...unless(trust.length === 1, "somebody else may take it, too"),
      ...unless(
        Object.keys(statement?.Condition ?? {}).join() === "StringEquals",
        "a claim may be like another",
      ),
      ...unless(claim("aud").join() === "sts.amazonaws.com", "the audience is not AWS"),
      ...unless(
        claim("sub").join() ===
          "repo:team@11/chat@22:environment:prod,repo:team/chat:environment:prod",
        `the subject is ${claim("sub").join(" or ")}`,
      ),
      ...unless(
        claim("repository_id").join() === "22",
        "a repository of the same name may take it",
      ),
      ...unless(
        claim("job_workflow_ref").join() ===
          "team/chat/.github/workflows/deploy.yml@refs/heads/main,team/chat/.github/workflows/remove.yml@refs/heads/main",
        "another workflow, or a branch's, may take it",
      ),
    ];
  },

  "its policies are as short as IAM wants them": ({ policySizes }) => [
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

/** The known ways from a role that writes roles to one that may do everything. */
function escalations({ arn, boundary }: DeployRole) {
  const aRole = arn.replace("-github", "-me");
  const bounded = { "iam:PermissionsBoundary": boundary.arn };
  const unbounded = { "iam:PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess" };
  return [
    ...["iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"].flatMap(
      (action) => [
        { action, resource: aRole },
        { action, resource: aRole, context: unbounded },
        { action, resource: arn, context: bounded },
      ],
    ),
    ...["iam:AttachRolePolicy", "iam:DeleteRolePermissionsBoundary"].map((action) => ({
      action,
      resource: aRole,
      context: bounded,
    })),
    ...["iam:UpdateAssumeRolePolicy", "iam:DeleteRole", "iam:DeleteRolePolicy"].map((action) => ({
      action,
      resource: arn,
    })),
    ...["lambda", "ec2", "cloudformation"].map((service) => ({
      action: "iam:PassRole",
      resource: service === "lambda" ? arn : aRole,
      context: { "iam:PassedToService": `${service}.amazonaws.com` },
    })),
    ...["iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:DeletePolicy"].map(
      (action) => ({ action, resource: boundary.arn }),
    ),
    ...["iam:CreateUser", "iam:CreateAccessKey", "iam:CreatePolicy", "sts:AssumeRole"].map(
      (action) => ({ action, resource: "*" }),
    ),
    // The stack that makes role and boundary themselves.
    {
      action: "cloudformation:UpdateStack",
      resource:
        "arn:aws:cloudformation:us-east-1:123456789012:stack/enterprise-agentic-ai-prod-github/1",
    },
  ];
}
