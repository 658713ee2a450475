import { readFileSync } from "node:fs";
import { join } from "node:path";
import { account } from "./deployment-calls.ts";
import { parseTemplate, resolve, type Statement } from "./iam.ts";
import { at, type Json, listAt, ofType, type Template } from "./template.ts";

/** The parsed infra/github-role.yml. */
export const roleTemplate: Template = asTemplate(
  parseTemplate(readFileSync(join(import.meta.dirname, "../../infra/github-role.yml"), "utf8")),
);

/** The role and the boundary for one stage of a repository `team/chat`. */
export interface DeployRole {
  arn: string;
  /** The permissions of the role. */
  statements: Statement[];
  /** Characters per policy, as IAM counts them. Inline policies may have 10,240 together, managed ones 6,144 each. */
  policySizes: { inline: number; managed: number[] };
  /** Who may assume the role. */
  trust: Statement[];
  boundary: { arn: string; statements: Statement[] };
}

export function deployRoleOf(template: Template, stage: string): DeployRole {
  const names = {
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::AccountId": account,
    Stage: stage,
    Repository: "team/chat",
    RepositoryOwnerId: "11",
    RepositoryId: "22",
    ExistingProvider: "",
    IsProd: String(stage === "prod"),
    MakeProvider: "true",
    Provider: `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`,
    DeployRole: `enterprise-agentic-ai-${stage}-github`,
    FunctionBoundary: `arn:aws:iam::${account}:policy/enterprise-agentic-ai-${stage}-functions`,
  };
  const resources = resolve(template.Resources, names);
  const inline = listAt(resources, "DeployRole.Properties.Policies").map((policy) =>
    at(policy, "PolicyDocument"),
  );
  const managed = ofType(template, "AWS::IAM::ManagedPolicy")
    .filter(([id]) => listAt(resources, `${id}.Properties.Roles`).includes(names.DeployRole))
    .map(([id]) => at(resources, `${id}.Properties.PolicyDocument`));
  const size = (document: unknown) => JSON.stringify(document).length;
  return {
    arn: `arn:aws:iam::${account}:role/${at(resources, "DeployRole.Properties.RoleName")}`,
    statements: [...inline, ...managed].flatMap(statementsOf),
    policySizes: {
      inline: inline.map(size).reduce((sum, one) => sum + one, 0),
      managed: managed.map(size),
    },
    trust: statementsOf(at(resources, "DeployRole.Properties.AssumeRolePolicyDocument")),
    boundary: {
      arn: names.FunctionBoundary,
      statements: statementsOf(at(resources, "FunctionBoundary.Properties.PolicyDocument")),
    },
  };
}

function statementsOf(document: unknown): Statement[] {
  return listAt(document, "Statement") as Statement[];
}

function asTemplate(parsed: Json): Template {
  return parsed as unknown as Template;
}
