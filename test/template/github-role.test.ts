import { expect, inject, it } from "vitest";
import { optionalSecretNames, secretNames } from "#infra/secret-names.ts";
import { callsForResources, callsOfWorkflows, namesOf, secret } from "./deployment-calls.ts";
import { deployRoleOf, roleTemplate } from "./github-role.ts";
import { githubRoleFaults, githubRoleRules } from "./github-role-rules.ts";
import { type Call, isAllowed, resolve, type Statement } from "./iam.ts";
import { listAt, ofType, put, type Template } from "./template.ts";
import { validate } from "./validator.ts";

const packaged: Template = JSON.parse(inject("template"));
const prod = deployRoleOf(roleTemplate, "prod");
const dev = deployRoleOf(roleTemplate, "dev");
const packagedForDev: Template = JSON.parse(
  inject("template").replaceAll("enterprise-agentic-ai-prod", "enterprise-agentic-ai-dev"),
);
const calls = {
  prod: [...callsForResources(packaged), ...callsOfWorkflows("prod")],
  dev: [...callsForResources(packagedForDev), ...callsOfWorkflows("dev")],
};

const describeCall = ({ action, resource }: Call) => `${action} on ${resource}`;

it("AWS's validator finds no fault in infra/github-role.yml", () => {
  expect(validate(roleTemplate)).toEqual([]);
});

it.each(Object.entries(githubRoleRules))("%s", (_sentence, rule) => {
  expect(rule(prod)).toEqual([]);
});

it.each([
  ["prod", prod, calls.prod],
  ["dev", dev, calls.dev],
] as const)("the role of %s allows every call of a deployment and a removal", (_, role, needed) => {
  const refused = needed.filter((call) => !isAllowed(role.statements, call));
  expect(refused.map(describeCall)).toEqual([]);
});

it("the role allows no action that a deployment does not call", () => {
  const allowed = prod.statements
    .filter(({ Effect }) => Effect === "Allow")
    .flatMap(({ Action }) => [Action].flat());
  // `sls` calls these, which test/template/deploy.test.ts checks.
  const byCommandLine = /^cloudformation:|^lambda:GetAccountSettings$|^secretsmanager:Describe/;
  const needless = allowed.filter(
    (action) =>
      !byCommandLine.test(action) &&
      !calls.prod.some((call) => isAllowed([allow(action)], { ...call, resource: "*" })),
  );
  expect(needless).toEqual([]);
});

it("the role of one stage reaches no resource of another", () => {
  const named = (call: Call) => /enterprise-agentic-ai[-/]/.test(call.resource);
  const crossing = [
    ...calls.dev.filter(named).filter((call) => isAllowed(prod.statements, call)),
    ...calls.prod.filter(named).filter((call) => isAllowed(dev.statements, call)),
  ];
  expect(crossing.map(describeCall)).toEqual([]);
});

it("the role may describe a missing secret, so that the deployment can name it", () => {
  for (const name of [...secretNames, ...optionalSecretNames]) {
    const call = { action: "secretsmanager:DescribeSecret", resource: secret("prod", name, "") };
    expect(isAllowed(prod.statements, call)).toBe(true);
  }
});

it("the role cannot read session keys, nor delete secrets permanently", () => {
  const keys = secret("prod", "auth-token-secret");
  const refused: Call[] = [
    { action: "secretsmanager:GetSecretValue", resource: keys },
    { action: "secretsmanager:DeleteSecret", resource: keys },
  ];
  expect(refused.filter((call) => isAllowed(prod.statements, call))).toEqual([]);
});

it("the boundary allows every permission of every function's role", () => {
  const names = namesOf(packaged);
  for (const [id, role] of ofType(packaged, "AWS::IAM::Role")) {
    expect(resolve(role.Properties.PermissionsBoundary, names)).toBe(prod.boundary.arn);
    const granted = listAt(role, "Properties.Policies.0.PolicyDocument.Statement").map(
      (statement) => resolve(statement, names) as Statement,
    );
    const beyond = granted
      .flatMap(callsGrantedBy)
      .filter((call) => !isAllowed(prod.boundary.statements, call));
    expect([id, beyond.map(describeCall)]).toEqual([id, []]);
  }
});

it("the boundary forbids the owner's address and other stages", () => {
  const beyond: Call[] = [
    ["secretsmanager:GetSecretValue", secret("prod", "database-url-direct")],
    ["secretsmanager:GetSecretValue", secret("dev", "database-url")],
    ["secretsmanager:PutSecretValue", secret("prod", "demo-password")],
    [
      "dynamodb:DeleteTable",
      "arn:aws:dynamodb:us-east-1:123456789012:table/enterprise-agentic-ai-prod-x",
    ],
    [
      "dynamodb:GetItem",
      "arn:aws:dynamodb:us-east-1:123456789012:table/enterprise-agentic-ai-dev-x",
    ],
    ["iam:CreateRole", "arn:aws:iam::123456789012:role/enterprise-agentic-ai-prod-me"],
    ["sts:AssumeRole", prod.arn],
  ].map(([action = "", resource = ""]) => ({ action, resource }));
  expect(beyond.filter((call) => isAllowed(prod.boundary.statements, call))).toEqual([]);
});

type Seed = (template: Template) => void;
const statementOf = (sid: string, change: (statement: object) => void): Seed => {
  return (template) => {
    const all = [
      "DeployRole.Properties.Policies.0",
      "DeployFront.Properties",
      "FunctionBoundary.Properties",
    ]
      .flatMap((path) => listAt(template.Resources, `${path}.PolicyDocument.Statement`))
      .filter((statement) => Object(statement).Sid === sid);
    if (all.length === 0) throw new Error(`There is no statement ${sid}.`);
    for (const statement of all) change(Object(statement));
  };
};
const claim = (name: string, value: string | undefined): Seed => {
  return (template) =>
    put(
      listAt(template.Resources.DeployRole, "Properties.AssumeRolePolicyDocument.Statement")[0],
      "Condition",
      { StringEquals: withClaim(template, name, value) },
    );
};
function withClaim(template: Template, name: string, value: string | undefined) {
  const [statement] = listAt(
    template.Resources.DeployRole,
    "Properties.AssumeRolePolicyDocument.Statement",
  );
  const claims = { ...Object(statement).Condition.StringEquals };
  delete claims[`token.actions.githubusercontent.com:${name}`];
  return value === undefined
    ? claims
    : { ...claims, [`token.actions.githubusercontent.com:${name}`]: value };
}

it.each<[string, Seed, RegExp]>([
  [
    "a service is allowed completely",
    statementOf("Functions", (one) => put(one, "Action", "lambda:*")),
    /lambda:\* is a wildcard/,
  ],
  [
    "everything is allowed",
    statementOf("Table", (one) => put(one, "Action", "*")),
    /\* is a wildcard/,
  ],
  [
    "all buckets are allowed",
    statementOf("Buckets", (one) => put(one, "Resource", "arn:aws:s3:::*")),
    /Buckets reaches arn:aws:s3:::\*/,
  ],
  [
    "documents can be read",
    statementOf("NoDocuments", (one) => put(one, "Action", "s3:PutObject")),
    /the role may s3:GetObject on documents/,
  ],
  [
    "another stage begins with the same letters",
    statementOf("Table", (one) =>
      put(one, "Resource", "arn:aws:dynamodb:us-east-1:1:table/enterprise-agentic-ai-prod*"),
    ),
    /Table reaches/,
  ],
  [
    "prod reads the folders of other stages",
    statementOf("Secrets", (one) =>
      put(one, "Resource", "arn:aws:secretsmanager:us-east-1:1:secret:enterprise-agentic-ai/*"),
    ),
    /Secrets reaches/,
  ],
  [
    "roles are written without a boundary",
    statementOf("BoundedRoles", (one) => put(one, "Condition", undefined)),
    /writes roles without a boundary/,
  ],
  [
    "a policy is attached without a boundary",
    statementOf("Roles", (one) => put(one, "Action", ["iam:AttachRolePolicy"])),
    /Roles writes roles without a boundary/,
  ],
  [
    "the boundary can be removed",
    (template) => {
      statementOf("NoWayAroundTheBoundary", (one) => put(one, "Action", "iam:CreateUser"))(
        template,
      );
      statementOf("Roles", (one) => put(one, "Action", "iam:DeleteRolePermissionsBoundary"))(
        template,
      );
    },
    /may iam:DeleteRolePermissionsBoundary/,
  ],
  [
    "the role may change itself",
    statementOf("NotItself", (one) => put(one, "Resource", "arn:aws:iam::1:role/nobody")),
    /iam:UpdateAssumeRolePolicy on \S+-github/,
  ],
  [
    "roles can be passed to EC2",
    statementOf("RolesAreForFunctions", (one) => put(one, "Condition", undefined)),
    /passes roles to any service/,
  ],
  ["any environment may assume the role", claim("sub", "repo:team/chat:*"), /the subject is/],
  ["no environment is required", claim("sub", undefined), /the subject is/],
  [
    "a repository of the same name may assume the role",
    claim("repository_id", undefined),
    /of the same name/,
  ],
  ["a branch may assume the role", claim("job_workflow_ref", undefined), /or a branch's/],
  ["a token for another cloud is accepted", claim("aud", undefined), /audience/],
  [
    "a function may read the owner's address",
    statementOf("Secrets", (one) =>
      put(one, "Resource", "arn:aws:secretsmanager:us-east-1:1:secret:enterprise-agentic-ai/*"),
    ),
    /Secrets reaches/,
  ],
])("a rule detects that %s", (_fault, seed, words) => {
  const faulty: Template = structuredClone(roleTemplate);
  seed(faulty);
  expect(faulty).not.toEqual(roleTemplate);
  expect(githubRoleFaults(faulty).join("\n")).toMatch(words);
});

/** Returns the calls that a statement allows. A pattern counts as its own text. */
function callsGrantedBy({ Action, Resource, Condition }: Statement): Call[] {
  const context = Object.fromEntries(
    Object.values(Condition ?? {}).flatMap((keys) =>
      Object.entries(keys).map(([key, value]) => [key, String(value)]),
    ),
  );
  return [Action]
    .flat()
    .flatMap((action) => [Resource].flat().map((resource) => ({ action, resource, context })));
}

const allow = (Action: string): Statement => ({ Effect: "Allow", Action, Resource: "*" });
