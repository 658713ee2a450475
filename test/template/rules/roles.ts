import { at, listAt, ofType, target, textAt } from "#test/template/template.ts";
import { nameOf, stageName } from "./function-name.ts";
import { type Rules, unless } from "./rule.ts";

/** Rules for IAM: each function may do exactly what its code calls. */
export const roleRules: Rules = {
  "every function has its own role, for Lambda only, with exactly the permissions that it needs": (
    template,
  ) => {
    const functions = ofType(template, "AWS::Lambda::Function");
    const roles = functions.map(([, lambda]) => target(at(lambda, "Properties.Role")));
    return [
      ...unless(new Set(roles).size === functions.length, "functions share a role"),
      ...unless(
        ofType(template, "AWS::IAM::Role").length === functions.length,
        "a role belongs to no function",
      ),
      ...functions.flatMap(([, lambda], index) => {
        const role = template.Resources[roles[index] ?? ""];
        const granted = grantsOf(role);
        const expected = [...everyRole, ...(grants[nameOf(lambda)] ?? [])];
        return [
          ...unless(
            textAt(role, "Properties.AssumeRolePolicyDocument.Statement.0.Principal") ===
              '{"Service":"lambda.amazonaws.com"}' &&
              listAt(role, "Properties.AssumeRolePolicyDocument.Statement").length === 1,
            `${roles[index]} trusts others than Lambda`,
          ),
          ...granted
            .filter((grant) => !expected.includes(grant))
            .map((grant) => `${roles[index]} may ${grant}`),
          ...expected
            .filter((grant) => !granted.includes(grant))
            .map((grant) => `${roles[index]} may not ${grant}`),
        ];
      }),
    ];
  },

  "functions call the model only through its profile": (template) =>
    ofType(template, "AWS::IAM::Role").flatMap(([id, role]) =>
      listAt(role, "Properties.Policies.0.PolicyDocument.Statement")
        .filter((statement) => textAt(statement, "Resource").includes("foundation-model"))
        .filter((statement) => textAt(statement, "Resource") !== embeddingModel)
        .flatMap((statement) =>
          unless(
            textAt(statement, "Condition.StringLike.bedrock:InferenceProfileArn").includes(
              "inference-profile/",
            ),
            `${id} may call the model directly`,
          ),
        ),
    ),

  "every role has the permissions boundary of the deployment": (template) =>
    ofType(template, "AWS::IAM::Role").flatMap(([id, role]) =>
      unless(
        textAt(role, "Properties.PermissionsBoundary").endsWith(
          `:policy/${stageName(template)}-functions"}`,
        ),
        `${id} has no boundary`,
      ),
    ),
};

/** It has no profile, and is called in the stage's own region. */
const embeddingModel = JSON.stringify({
  "Fn::Sub": `arn:\${AWS::Partition}:bedrock:\${AWS::Region}::foundation-model/amazon.titan-embed-text-v2:0`,
});

/** What the functions call according to their code: one line for each action on one resource. */
const limited = [
  "dynamodb:UpdateItem on RateLimitTable",
  "dynamodb:GetItem on RateLimitTable",
  "secretsmanager:GetSecretValue on auth-token-secret",
  "secretsmanager:GetSecretValue on origin-api-key",
];
const withDatabase = [...limited, "secretsmanager:GetSecretValue on database-url"];
const grants: Record<string, string[]> = {
  login: [...limited, "secretsmanager:GetSecretValue on demo-password"],
  logout: [
    "dynamodb:GetItem on RateLimitTable",
    "dynamodb:PutItem on RateLimitTable",
    "dynamodb:UpdateItem on RateLimitTable",
    "secretsmanager:GetSecretValue on auth-token-secret",
  ],
  me: [
    "dynamodb:GetItem on RateLimitTable",
    "dynamodb:UpdateItem on RateLimitTable",
    "secretsmanager:GetSecretValue on auth-token-secret",
  ],
  "me-delete": [
    ...withDatabase,
    "dynamodb:PutItem on RateLimitTable",
    "s3:DeleteObject on documents",
  ],
  "device-code-create": limited,
  "device-login": limited,
  "device-list": limited,
  "device-delete": [...limited, "dynamodb:PutItem on RateLimitTable"],
  "key-create": withDatabase,
  "key-list": withDatabase,
  "key-delete": withDatabase,
  "chat-post": [
    ...withDatabase,
    "lambda:InvokeFunction on function:enterprise-agentic-ai-prod-turn-run",
  ],
  "chat-decide": [
    ...withDatabase,
    "lambda:InvokeFunction on function:enterprise-agentic-ai-prod-turn-run",
  ],
  "chat-stop": [
    ...withDatabase,
    "lambda:InvokeFunction on function:enterprise-agentic-ai-prod-turn-run",
  ],
  "chat-stream": [
    ...withDatabase,
    "bedrock:InvokeModelWithResponseStream on inference-profile/us.amazon.nova-2-lite-v1:0",
    "bedrock:InvokeModelWithResponseStream on foundation-model/amazon.nova-2-lite-v1:0",
    "bedrock:InvokeModel on foundation-model/amazon.titan-embed-text-v2:0",
  ],
  "ag-ui": [
    ...withDatabase,
    "lambda:InvokeFunction on function:enterprise-agentic-ai-prod-turn-run",
    "bedrock:InvokeModelWithResponseStream on inference-profile/us.amazon.nova-2-lite-v1:0",
    "bedrock:InvokeModelWithResponseStream on foundation-model/amazon.nova-2-lite-v1:0",
    "bedrock:InvokeModel on foundation-model/amazon.titan-embed-text-v2:0",
  ],
  "ai-sdk-chat": [
    ...withDatabase,
    "lambda:InvokeFunction on function:enterprise-agentic-ai-prod-turn-run",
    "bedrock:InvokeModelWithResponseStream on inference-profile/us.amazon.nova-2-lite-v1:0",
    "bedrock:InvokeModelWithResponseStream on foundation-model/amazon.nova-2-lite-v1:0",
    "bedrock:InvokeModel on foundation-model/amazon.titan-embed-text-v2:0",
  ],
  mcp: [
    ...withDatabase,
    "lambda:InvokeFunction on function:enterprise-agentic-ai-prod-turn-run",
    "bedrock:InvokeModelWithResponseStream on inference-profile/us.amazon.nova-2-lite-v1:0",
    "bedrock:InvokeModelWithResponseStream on foundation-model/amazon.nova-2-lite-v1:0",
    "bedrock:InvokeModel on foundation-model/amazon.titan-embed-text-v2:0",
  ],
  openai: [
    ...withDatabase,
    "lambda:InvokeFunction on function:enterprise-agentic-ai-prod-turn-run",
    "bedrock:InvokeModelWithResponseStream on inference-profile/us.amazon.nova-2-lite-v1:0",
    "bedrock:InvokeModelWithResponseStream on foundation-model/amazon.nova-2-lite-v1:0",
    "bedrock:InvokeModel on foundation-model/amazon.titan-embed-text-v2:0",
  ],
  "turn-run": [
    "secretsmanager:GetSecretValue on database-url",
    "lambda:InvokeFunction on function:enterprise-agentic-ai-prod-turn-run",
    "bedrock:InvokeModelWithResponseStream on inference-profile/us.amazon.nova-2-lite-v1:0",
    "bedrock:InvokeModelWithResponseStream on foundation-model/amazon.nova-2-lite-v1:0",
    "bedrock:InvokeModel on foundation-model/amazon.titan-embed-text-v2:0",
  ],
  "conversation-list": withDatabase,
  "conversation-import": withDatabase,
  "conversation-get": withDatabase,
  "conversation-update": withDatabase,
  "conversation-delete": withDatabase,
  "settings-get": withDatabase,
  "settings-update": withDatabase,
  "feedback-update": withDatabase,
  "share-create": withDatabase,
  "share-list": withDatabase,
  "share-delete": withDatabase,
  "shared-get": withDatabase,
  "shared-copy": withDatabase,
  "note-list": withDatabase,
  "note-update": withDatabase,
  "note-delete": withDatabase,
  "document-create": [...withDatabase, "s3:PutObject on documents"],
  "document-list": withDatabase,
  "document-get": [...withDatabase, "s3:GetObject on documents"],
  "document-update": [
    ...withDatabase,
    "lambda:InvokeFunction on function:enterprise-agentic-ai-prod-document-ingest",
  ],
  "document-delete": [...withDatabase, "s3:DeleteObject on documents"],
  "document-ingest": [
    "secretsmanager:GetSecretValue on database-url",
    "s3:GetObject on documents",
    "s3:ListBucket on their bucket",
    "s3:DeleteObject on documents",
    "bedrock:InvokeModel on foundation-model/amazon.titan-embed-text-v2:0",
  ],
  "document-sweep": [
    "secretsmanager:GetSecretValue on database-url",
    "s3:DeleteObject on documents",
    "lambda:InvokeFunction on function:enterprise-agentic-ai-prod-document-ingest",
  ],
  "usage-get": withDatabase,
  "trace-get": withDatabase,
  "operator-login": [
    ...limited.filter((grant) => grant !== "dynamodb:GetItem on RateLimitTable"),
    "secretsmanager:GetSecretValue on operator-password",
  ],
  "operator-logout": [
    "dynamodb:PutItem on RateLimitTable",
    "secretsmanager:GetSecretValue on auth-token-secret",
  ],
  "operator-report": withDatabase,
  "conversation-expire": ["secretsmanager:GetSecretValue on database-url"],
  health: [
    "dynamodb:GetItem on RateLimitTable",
    "secretsmanager:GetSecretValue on database-url",
    "bedrock:GetInferenceProfile on inference-profile/us.amazon.nova-2-lite-v1:0",
  ],
};
const everyRole = [
  "logs:CreateLogStream on its log",
  "logs:PutLogEvents on its log",
  // X-Ray supports no resource-level permissions.
  "xray:PutTraceSegments on *",
  "xray:PutTelemetryRecords on *",
];

function grantsOf(role: unknown): string[] {
  const own = textAt(role, "Properties.Policies.0.PolicyName");
  return listAt(role, "Properties.Policies.0.PolicyDocument.Statement").flatMap((statement) => {
    const actions = at(statement, "Action");
    const resources = at(statement, "Resource");
    return [actions]
      .flat()
      .flatMap((action) =>
        [resources].flat().map((resource) => `${action} on ${resourceNameOf(resource, own)}`),
      );
  });
}

/** The objects of the bucket of documents, and nothing else. */
const areDocuments =
  /:s3:::enterprise-agentic-ai-prod-documents-\$\{AWS::AccountId\}\/documents\/\*$/;
const isTheirBucket = /:s3:::enterprise-agentic-ai-prod-documents-\$\{AWS::AccountId\}$/;

function resourceNameOf(resource: unknown, own: string): string {
  if (typeof resource === "string") return resource;
  const id = at(resource, "Fn::GetAtt.0");
  if (typeof id === "string") return id === `${logicalName(own)}LogGroup` ? "its log" : id;
  const arn = textAt(resource, "Fn::Sub");
  const secret = /:secret:enterprise-agentic-ai\/([a-z-]+)-\?{6}$/.exec(arn)?.[1];
  if (areDocuments.test(arn)) return "documents";
  if (isTheirBucket.test(arn)) return "their bucket";
  return (
    secret ?? /(?:(?:inference-profile|foundation-model)\/|function:)[^*]+$/.exec(arn)?.[0] ?? arn
  );
}

const logicalName = (name: string) =>
  `${name.charAt(0).toUpperCase()}${name.slice(1)}`.replaceAll("-", "Dash");
