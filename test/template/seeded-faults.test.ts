import { expect, inject, it } from "vitest";
import { readDeployment } from "#local/deployment.ts";
import { rules } from "./rules.ts";
import { ofType, put, type Template } from "./template.ts";
import { validate } from "./validator.ts";

type Seed = (template: Template) => void;

const set =
  (path: string, content: Parameters<typeof put>[2]): Seed =>
  (template) =>
    put(template.Resources, path, content);
const statement = (role: string, index: number) =>
  `${role}.Properties.Policies.0.PolicyDocument.Statement.${index}`;
const cdn = "Distribution.Properties.DistributionConfig";

/** Faults in the template, and the words of our rule that detects each. */
const caughtByRules: [string, Seed, RegExp][] = [
  [
    "a route loses its key",
    set("ApiGatewayMethodApiLoginPost.Properties.ApiKeyRequired", false),
    /requires no key/,
  ],
  [
    "a route is lost",
    set("ApiGatewayMethodApiMeGet", undefined),
    new RegExp(`^${readDeployment().routes.length - 1} methods$`, "m"),
  ],
  [
    "the stream is buffered",
    set("ApiGatewayMethodApiV1ChatGet.Properties.Integration.ResponseTransferMode", undefined),
    /transfer mode/,
  ],
  [
    "the stream uses the buffered integration",
    set("ApiGatewayMethodApiChatGet.Properties.Integration.Uri.Fn::Join.1.6", "/invocations"),
    /goes to \/invocations/,
  ],
  [
    "the stream ends after 29 s",
    set("ApiGatewayMethodApiV1ChatGet.Properties.Integration.TimeoutInMillis", 29_000),
    /timeout/,
  ],
  [
    "a function outlasts API Gateway",
    set("LoginLambdaFunction.Properties.Timeout", 60),
    /runs longer/,
  ],
  [
    "a function has another runtime",
    set("MeLambdaFunction.Properties.Runtime", "nodejs22.x"),
    /runtime/,
  ],
  [
    "a function has another architecture",
    set("MeLambdaFunction.Properties.Architectures", ["x86_64"]),
    /architecture/,
  ],
  [
    "a log never expires",
    set("HealthLogGroup.Properties.RetentionInDays", undefined),
    /log without end/,
  ],
  [
    "a variable is missing",
    set("ChatDashpostLambdaFunction.Properties.Environment.Variables.RATE_LIMIT_TABLE", undefined),
    /RATE_LIMIT_TABLE is missing/,
  ],
  [
    "a function has the environment local",
    set("MeLambdaFunction.Properties.Environment.Variables.ENVIRONMENT", "local"),
    /not in AWS/,
  ],
  [
    "stages share their metrics",
    set("MeLambdaFunction.Properties.Environment.Variables.POWERTOOLS_SERVICE_NAME", "chat"),
    /another stage/,
  ],
  [
    "two functions share a role",
    set("MeLambdaFunction.Properties.Role", { "Fn::GetAtt": ["LogoutRole", "Arn"] }),
    /share a role/,
  ],
  [
    "a role may do everything with a table",
    set(`${statement("LoginRole", 2)}.Action`, "dynamodb:*"),
    /LoginRole may dynamodb:\*/,
  ],
  [
    "a role may write every table",
    set(`${statement("LoginRole", 2)}.Resource`, "*"),
    /UpdateItem on \*/,
  ],
  [
    "a role reads all secrets",
    set(`${statement("MeRole", 3)}.Resource`, {
      "Fn::Sub": "arn:aws:secretsmanager:us-east-1:1:secret:enterprise-agentic-ai/*",
    }),
    /MeRole may/,
  ],
  [
    "a role may search the web although no setting says so",
    (template) => {
      const path = "TurnDashrunRole.Properties.Policies.0.PolicyDocument.Statement.2";
      put(template.Resources, `${path}.Action`, ["bedrock-agentcore:InvokeWebSearch"]);
    },
    /may bedrock-agentcore:InvokeWebSearch/,
  ],
  [
    "a role may read a tool's key although no setting says so",
    set(`${statement("TurnDashrunRole", 2)}.Resource`, {
      "Fn::Sub":
        "arn:aws:secretsmanager:us-east-1:1:secret:enterprise-agentic-ai/fmp-api-key-??????",
    }),
    /may secretsmanager:GetSecretValue on fmp-api-key/,
  ],
  [
    "a role lacks what its function calls",
    set(`${statement("LogoutRole", 3)}`, { Effect: "Allow", Action: [], Resource: "*" }),
    /LogoutRole may not dynamodb:PutItem/,
  ],
  [
    "a role writes into another's log",
    set(`${statement("MeRole", 0)}.Resource`, { "Fn::GetAtt": ["LoginLogGroup", "Arn"] }),
    /on LoginLogGroup/,
  ],
  [
    "a role trusts everybody",
    set("MeRole.Properties.AssumeRolePolicyDocument.Statement.0.Principal", "*"),
    /trusts others/,
  ],
  [
    "CloudFormation generates the name of a role",
    set("ConversationDashupdateRole.Properties.RoleName", undefined),
    /named enterprise-agentic-ai-pr-ConversationDashupdateRo/,
  ],
  [
    "CloudFormation generates the name of the deployment bucket",
    set("ServerlessDeploymentBucket.Properties.BucketName", undefined),
    /ServerlessDeploymentBucket would be named/,
  ],
  [
    "a role has no boundary",
    set("LoginRole.Properties.PermissionsBoundary", undefined),
    /LoginRole has no boundary/,
  ],
  [
    "a role may call the model without its profile",
    set(`${statement("ChatDashstreamRole", 8)}.Condition`, undefined),
    /directly/,
  ],
  [
    "a role may call the embedding model in every region",
    set(`${statement("ChatDashstreamRole", 9)}.Resource`, {
      "Fn::Sub": "arn:aws:bedrock:*::foundation-model/amazon.titan-embed-text-v2:0",
    }),
    /ChatDashstreamRole may call the model directly/,
  ],
  [
    "the stage has no throttle",
    set("ApiGatewayStage.Properties.MethodSettings", undefined),
    /no throttle of the stage/,
  ],
  [
    "a log shows bodies",
    set("ApiGatewayStage.Properties.MethodSettings.0.DataTraceEnabled", true),
    /shows bodies/,
  ],
  ["the plan has no quota", set("ApiGatewayUsagePlan.Properties.Quota", undefined), /no quota/],
  ["a key is in no plan", set("ApiGatewayUsagePlanKey2", undefined), /in no plan/],
  [
    "a wrong key gets API Gateway's default response",
    set("GatewayInvalidApiKey", undefined),
    /INVALID_API_KEY/,
  ],
  [
    "a throttled response has no Retry-After",
    (template) => put(template.Resources.GatewayThrottled?.Properties, "ResponseParameters", {}),
    /no Retry-After/,
  ],
  [
    "an unknown path is a 403",
    set("GatewayNoSuchRoute.Properties.StatusCode", "403"),
    /is not a 404/,
  ],
  [
    "the deployment does not wait for gateway responses",
    (template) => {
      for (const [, made] of ofType(template, "AWS::ApiGateway::Deployment"))
        put(made, "DependsOn", []);
    },
    /does not wait for GatewayThrottled/,
  ],
  [
    "the function URL is buffered",
    set("ChatDashstreamLambdaFunctionUrl.Properties.InvokeMode", "BUFFERED"),
    /does not stream/,
  ],
  [
    "every site may call the function URL",
    set("ChatDashstreamLambdaFunctionUrl.Properties.Cors", { AllowOrigins: ["*"] }),
    /has CORS/,
  ],
  [
    "another function is public",
    set("MeLambdaPermissionApiGateway.Properties.Principal", "*"),
    /another function is public/,
  ],
  [
    "nobody learns the address of a function URL",
    (template) => put(template.Outputs, "StreamUrl", undefined),
    /no output names the URL of ChatDashstream/,
  ],
  [
    "the API has no origin",
    set(`${cdn}.CacheBehaviors.0.TargetOriginId`, "rest"),
    /no origin rest/,
  ],
  [
    "health is served from the bucket",
    set(`${cdn}.CacheBehaviors.6.TargetOriginId`, "page"),
    /goes to the page/,
  ],
  [
    "responses are cached",
    set(`${cdn}.CacheBehaviors.0.CachePolicyId`, "658327ea-f89d-4fab-a63d-7e88639e58f6"),
    /other policies/,
  ],
  [
    "a program cannot revoke its token",
    set(`${cdn}.CacheBehaviors.0.OriginRequestPolicyId`, { Ref: "ApiRequestPolicy" }),
    /other policies/,
  ],
  [
    "other people's clients send cookies",
    set(`${cdn}.CacheBehaviors.3.OriginRequestPolicyId`, { Ref: "ApiRequestPolicy" }),
    /\/v1\/\* has other policies/,
  ],
  [
    "the policy of other people's clients passes cookies",
    set(
      "ClientRequestPolicy.Properties.OriginRequestPolicyConfig.CookiesConfig.CookieBehavior",
      "all",
    ),
    /clients send cookies/,
  ],
  [
    "a policy names more headers than CloudFront allows",
    set(
      "ClientRequestPolicy.Properties.OriginRequestPolicyConfig.HeadersConfig.Headers.10",
      "mcp-name",
    ),
    /more than ten headers/,
  ],
  [
    "a key reaches no client's route",
    set(
      "ClientCachePolicy.Properties.CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin.HeadersConfig.Headers.0",
      "x-other",
    ),
    /client: /,
  ],
  [
    "answers to clients are stored",
    set("ClientCachePolicy.Properties.CachePolicyConfig.DefaultTTL", 60),
    /is stored/,
  ],
  [
    "CloudFront refuses the cache policy of clients",
    set("ClientCachePolicy.Properties.CachePolicyConfig.MaxTTL", 0),
    /MaxTTL/,
  ],
  [
    "the stack outgrows CloudFormation",
    (template) => {
      for (let index = 0; index < 500; index += 1) put(template.Resources, `More${index}`, {});
    },
    /resources/,
  ],
  ["streams are compressed", set(`${cdn}.CacheBehaviors.0.Compress`, true), /compression delays/],
  [
    "errors of the API become pages",
    set(`${cdn}.CustomErrorResponses`, [
      { ErrorCode: 404, ResponseCode: 200, ResponsePagePath: "/index.html" },
    ]),
    /become pages/,
  ],
  [
    "page paths are not rewritten",
    set(`${cdn}.DefaultCacheBehavior.FunctionAssociations`, undefined),
    /function for page paths/,
  ],
  [
    "CloudFront sends no key",
    set(`${cdn}.Origins.1.OriginCustomHeaders`, undefined),
    /sends no key/,
  ],
  [
    "the template contains the key",
    set(`${cdn}.Origins.1.OriginCustomHeaders.0.HeaderValue`, "0123456789abcdef0123"),
    /does not come from the secret/,
  ],
  [
    "the key is sent without TLS",
    set(`${cdn}.Origins.1.CustomOriginConfig.OriginProtocolPolicy`, "match-viewer"),
    /without TLS/,
  ],
  [
    "CloudFront's timeout is shorter than a ping",
    set(`${cdn}.Origins.1.CustomOriginConfig.OriginReadTimeout`, 10),
    /timeout ends a quiet stream/,
  ],
  [
    "CloudFront does not forward sec-fetch-site",
    set("ApiRequestPolicy.Properties.OriginRequestPolicyConfig.HeadersConfig.Headers.3", "referer"),
    /browser: /,
  ],
  [
    "CloudFront drops cookies",
    set(
      "ApiRequestPolicy.Properties.OriginRequestPolicyConfig.CookiesConfig.CookieBehavior",
      "none",
    ),
    /drops cookies/,
  ],
  [
    "the page runs inline scripts",
    set(
      "PageHeaders.Properties.ResponseHeadersPolicyConfig.SecurityHeadersConfig.ContentSecurityPolicy.ContentSecurityPolicy",
      "default-src 'self' 'unsafe-inline'",
    ),
    /content-security-policy/,
  ],
  [
    "search engines may list shared conversations",
    set(
      "PageHeaders.Properties.ResponseHeadersPolicyConfig.CustomHeadersConfig.Items.3.Value",
      "all",
    ),
    /x-robots-tag: all/,
  ],
  [
    "the API has no HSTS",
    set(
      "ApiHeaders.Properties.ResponseHeadersPolicyConfig.SecurityHeadersConfig.StrictTransportSecurity",
      undefined,
    ),
    /strict-transport-security/,
  ],
  [
    "the bucket can be made public",
    set("PageBucket.Properties.PublicAccessBlockConfiguration.BlockPublicPolicy", false),
    /made public/,
  ],
  [
    "everybody can read the bucket",
    set("PageBucketPolicy.Properties.PolicyDocument.Statement.0.Principal", "*"),
    /others may read/,
  ],
  [
    "any distribution reads the bucket",
    set("PageBucketPolicy.Properties.PolicyDocument.Statement.0.Condition", undefined),
    /others may read/,
  ],
  [
    "CloudFront reads without a signature",
    set(`${cdn}.Origins.0.OriginAccessControlId`, ""),
    /does not sign/,
  ],
  [
    "documents can be made public",
    set("DocumentBucket.Properties.PublicAccessBlockConfiguration.RestrictPublicBuckets", false),
    /documents can be made public/,
  ],
  [
    "an uploader owns the object",
    set("DocumentBucket.Properties.OwnershipControls", undefined),
    /an uploader owns/,
  ],
  [
    "documents are not encrypted",
    set("DocumentBucket.Properties.BucketEncryption", undefined),
    /not encrypted/,
  ],
  [
    "documents travel without TLS",
    set("DocumentBucketPolicy.Properties.PolicyDocument.Statement.0.Condition", {
      Bool: { "aws:SecureTransport": "true" },
    }),
    /documents travel without TLS/,
  ],
  [
    "everybody may read the documents",
    set("DocumentBucketPolicy.Properties.PolicyDocument.Statement.1", {
      Effect: "Allow",
      Principal: "*",
      Action: "s3:GetObject",
      Resource: { "Fn::Sub": `\${DocumentBucket.Arn}/*` },
    }),
    /or others may read them/,
  ],
  [
    "the bucket of the documents has another name",
    set("DocumentBucket.Properties.BucketName", "documents"),
    /bucket of the documents is named/,
  ],
  [
    "a function uses another bucket",
    set("MeLambdaFunction.Properties.Environment.Variables.DOCUMENT_BUCKET", "documents"),
    /MeLambdaFunction uses another bucket/,
  ],
  [
    "deleted documents stay as versions",
    set("DocumentBucket.Properties.VersioningConfiguration", { Status: "Enabled" }),
    /stays as a version/,
  ],
  [
    "scripts of every site may use the bucket",
    set("DocumentBucket.Properties.CorsConfiguration.CorsRules.0.AllowedOrigins", ["*"]),
    /scripts of \["\*"\] may use the bucket/,
  ],
  [
    "a page may delete from the bucket",
    set("DocumentBucket.Properties.CorsConfiguration.CorsRules.0.AllowedMethods", ["DELETE"]),
    /different CORS rules/,
  ],
  [
    "the page may send documents anywhere",
    set(
      "PageHeaders.Properties.ResponseHeadersPolicyConfig.SecurityHeadersConfig.ContentSecurityPolicy.ContentSecurityPolicy",
      { "Fn::Sub": "connect-src https:" },
    ),
    /content-security-policy: connect-src https:/,
  ],
  [
    "an upload of another kind starts the reading",
    set(
      "DocumentBucket.Properties.NotificationConfiguration.LambdaConfigurations.0.Event",
      "s3:ObjectCreated:Put",
    ),
    /notify differently/,
  ],
  [
    "every object of the bucket starts the reading",
    set(
      "DocumentBucket.Properties.NotificationConfiguration.LambdaConfigurations.0.Filter",
      undefined,
    ),
    /notify differently/,
  ],
  [
    "the bucket does not wait for its permission",
    set("DocumentBucket.DependsOn", undefined),
    /does not wait for the permission/,
  ],
  [
    "a bucket of another account may call document-ingest",
    set("DocumentIngestPermission.Properties.SourceAccount", undefined),
    /not exactly the bucket may call/,
  ],
  [
    "every bucket of the account may call document-ingest",
    set("DocumentIngestPermission.Properties.SourceArn", undefined),
    /not exactly the bucket may call/,
  ],
  [
    "a failed reading is not repeated",
    set("DocumentDashingestLambdaEvConf.Properties.MaximumRetryAttempts", 0),
    /a failed reading is not repeated/,
  ],
  [
    "a lost upload raises no alarm",
    set("DocumentIngestDroppedAlarm.Properties.MetricName", "Throttles"),
    /no alarm watches lost uploads/,
  ],
  [
    "document-sweep is switched off",
    set("DocumentDashsweepEventsRuleSchedule1.Properties.State", "DISABLED"),
    /document-sweep does not run once a day/,
  ],
  [
    "a failed sweep raises no alarm",
    set("DocumentSweepFailedAlarm.Properties.MetricName", "Throttles"),
    /no alarm watches a failed sweep/,
  ],
  [
    "unfinished uploads stay",
    set("DocumentBucket.Properties.LifecycleConfiguration.Rules.0.Status", "Disabled"),
    /unfinished uploads stay/,
  ],
  [
    "documents expire by themselves",
    set("DocumentBucket.Properties.LifecycleConfiguration.Rules.1.ExpirationInDays", 30),
    /documents expire/,
  ],
  [
    "the table is paid for while idle",
    set("RateLimitTable.Properties.BillingMode", "PROVISIONED"),
    /paid for/,
  ],
  [
    "the table expires items by the wrong attribute",
    set("RateLimitTable.Properties.TimeToLiveSpecification.AttributeName", "expiresAt"),
    /never expire/,
  ],
  [
    "a resource costs money while idle",
    set("Nat", { Type: "AWS::EC2::NatGateway", Properties: {} }),
    /NatGateway/,
  ],
  [
    "two stages would share a name",
    set("PageAccess.Properties.OriginAccessControlConfig.Name", "page"),
    /is named page/,
  ],
  [
    "an alarm watches a metric that no code emits",
    set("LeaseLostAlarm.Properties.MetricName", "LeasesLost"),
    /no code emits/,
  ],
  [
    "an alarm has dimensions that no code emits",
    set("LeaseLostAlarm.Properties.Dimensions.0.Value", "chat"),
    /another stage/,
  ],
  [
    "a full database raises no alarm",
    set("DatabaseNeedsOperatorAlarm.Properties.MetricName", "DatabaseUsedPercent"),
    /lasting refusal/,
  ],
  [
    "the alarm fires only when the database is full",
    set("DatabaseFillingAlarm.Properties.Threshold", 100),
    /before the database is full/,
  ],
  [
    "the alarm of the size has a period of five minutes",
    set("DatabaseFillingAlarm.Properties.Period", 300),
    /another period/,
  ],
  [
    "health has no limit for the database",
    set(
      "HealthLambdaFunction.Properties.Environment.Variables.DATABASE_LIMIT_MEGABYTES",
      undefined,
    ),
    /different limits/,
  ],
  [
    "conversation-expire has no schedule",
    set("ConversationDashexpireEventsRuleSchedule1", undefined),
    /not exactly one schedule/,
  ],
  [
    "the schedule is switched off",
    set("ConversationDashexpireEventsRuleSchedule1.Properties.State", "DISABLED"),
    /schedule is off/,
  ],
  [
    "the schedule wakes the database every hour",
    set("ConversationDashexpireEventsRuleSchedule1.Properties.ScheduleExpression", "rate(1 hour)"),
    /another rate/,
  ],
  [
    "a failed expiry is retried",
    set("ConversationDashexpireLambdaEvConf.Properties.MaximumRetryAttempts", undefined),
    /is retried/,
  ],
  [
    "the schedule may not call its function",
    set("ConversationDashexpireLambdaPermissionEventsRuleSchedule1", undefined),
    /not exactly the schedule/,
  ],
  [
    "a failed expiry raises no alarm",
    set("ExpiryFailedAlarm.Properties.MetricName", "Throttles"),
    /no alarm watches/,
  ],
  [
    "the expiry reads every secret",
    set(`${statement("ConversationDashexpireRole", 2)}.Resource`, "*"),
    /ConversationDashexpireRole may secretsmanager:GetSecretValue on \*/,
  ],
  [
    "a failed turn-run is not repeated",
    set("TurnDashrunLambdaEvConf.Properties.MaximumRetryAttempts", 0),
    /not repeated twice/,
  ],
  [
    "the events of turn-run are dropped after a minute",
    set("TurnDashrunLambdaEvConf.Properties.MaximumEventAgeInSeconds", 60),
    /does not wait for six hours/,
  ],
  [
    "a lost event of turn-run raises no alarm",
    set("TurnRunDroppedAlarm.Properties.MetricName", "Throttles"),
    /no alarm watches its lost events/,
  ],
  [
    "chat-post calls another function",
    set("ChatDashpostLambdaFunction.Properties.Environment.Variables.TURN_RUN_FUNCTION", "other"),
    /turn-run is called other and/,
  ],
  [
    "turn-run may call every function",
    set(`${statement("TurnDashrunRole", 3)}.Resource`, "*"),
    /TurnDashrunRole may lambda:InvokeFunction on \*/,
  ],
  ["an alarm notifies nobody", set("ErrorsAlarm.Properties.AlarmActions", []), /notifies nobody/],
  [
    "the budget notifies nobody",
    set("MonthlyBudget.Properties.NotificationsWithSubscribers", []),
    /no budget/,
  ],
  [
    "a connection string is in the template",
    set("MeLambdaFunction.Properties.Environment.Variables.DATABASE_URL", "postgresql://a:b@c/d"),
    /connection string/,
  ],
  [
    "an output is missing",
    (template) => put(template.Outputs, "PageBucketName", undefined),
    /PageBucketName/,
  ],
];

/** Faults in the template, and the rule of AWS's validator that detects each. */
const caughtByValidator: [string, Seed, string][] = [
  [
    "a property is misspelt",
    set("RateLimitTable.Properties.BilingMode", "PAY_PER_REQUEST"),
    "F3002",
  ],
  ["a type does not exist", set("PagePath.Type", "AWS::CloudFront::Fonction"), "F3006"],
  [
    "a value is not allowed",
    set("ChatDashstreamLambdaFunctionUrl.Properties.InvokeMode", "STREAM"),
    "W3030",
  ],
  [
    "a required property is missing",
    set("AlarmSubscription.Properties.Protocol", undefined),
    "F3003",
  ],
  [
    "a reference leads nowhere",
    set("PageBucketPolicy.Properties.Bucket", { Ref: "Pages" }),
    "F1020",
  ],
  ["a condition does not exist", set("MonthlyBudget.Condition", "HasMail"), "E8002"],
  [
    "functions and distribution depend on each other",
    set("LoginLambdaFunction.Properties.Environment.Variables.PUBLIC_ORIGIN", {
      "Fn::GetAtt": ["Distribution", "DomainName"],
    }),
    "F3004",
  ],
  [
    "the bucket waits for a permission that waits for the bucket",
    set("DocumentIngestPermission.Properties.SourceArn", {
      "Fn::GetAtt": ["DocumentBucket", "Arn"],
    }),
    "F3004",
  ],
  [
    "a key is not an attribute of the table",
    set("RateLimitTable.Properties.KeySchema.0.AttributeName", "id"),
    "E3039",
  ],
  [
    "a runtime is out of support",
    set("MeLambdaFunction.Properties.Runtime", "nodejs16.x"),
    "W2531",
  ],
  ["an effect is misspelt", set(`${statement("MeRole", 1)}.Effect`, "Alow"), "E3510"],
];

const original = inject("template");
function withFault(seed: Seed): Template {
  const template: Template = JSON.parse(original);
  seed(template);
  if (JSON.stringify(template) === JSON.stringify(JSON.parse(original))) {
    throw new Error("The seed changes nothing.");
  }
  return template;
}

it.each(caughtByRules)("a rule of ours detects that %s", (_fault, seed, words) => {
  const template = withFault(seed);
  const faults = Object.values(rules).flatMap((rule) => rule(template));
  expect(faults.join("\n")).toMatch(words);
});

it.each(caughtByValidator)("AWS's validator detects that %s", (_fault, seed, ruleId) => {
  expect(validate(withFault(seed)).join("\n")).toContain(ruleId);
});
