import * as v from "valibot";
import { readConfig } from "#lib/platform/config.ts";
import { readDeployment } from "#local/deployment.ts";
import { forwardedHeaders } from "#local/front-door/forward.ts";
import { pageHeaders } from "#local/front-door/page-headers.ts";
import { cutNames } from "./deployment-calls.ts";
import { emittedMetrics } from "./emitted-metrics.ts";
import { at, listAt, ofType, type Template, target, textAt } from "./template.ts";

type Rule = (template: Template) => string[];

/** The fault, unless what should hold does. */
const unless = (holds: boolean, fault: string): string[] => (holds ? [] : [fault]);

const deployment = readDeployment();
const emitted = emittedMetrics();
const cachingDisabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";

/** What AWS's validator does not see: every sentence has to be true of the template. */
export const rules: Record<string, Rule> = {
  "every route is a method that asks for a key": (template) => {
    const methods = ofType(template, "AWS::ApiGateway::Method");
    return [
      ...unless(methods.length === deployment.routes.length, `${methods.length} methods`),
      ...methods.flatMap(([id, method]) =>
        unless(at(method, "Properties.ApiKeyRequired") === true, `${id} asks for no key`),
      ),
    ];
  },

  "streams go through the streaming integration, everything else ends before API Gateway gives up":
    (template) =>
      ofType(template, "AWS::ApiGateway::Method").flatMap(([id, method]) => {
        const integration = at(method, "Properties.Integration");
        const uri = listAt(integration, "Uri.Fn::Join.1");
        const timeoutSeconds = Number(
          at(template.Resources, `${uri.map(target).find(isFunction)}.Properties.Timeout`),
        );
        const isStream = /^ApiGatewayMethodApi(V1)?ChatGet$/.test(id);
        const path = isStream ? "/response-streaming-invocations" : "/invocations";
        const limitMs = isStream ? 900_000 : 29_000;
        return [
          ...unless(uri.at(-1) === path, `${id} goes to ${uri.at(-1)}`),
          ...unless(
            at(integration, "ResponseTransferMode") === (isStream ? "STREAM" : undefined),
            `${id} has the wrong transfer mode`,
          ),
          ...unless(
            Number(at(integration, "TimeoutInMillis") ?? 29_000) === limitMs,
            `${id}: timeout`,
          ),
          ...unless(timeoutSeconds * 1_000 <= limitMs, `${id}: its function runs longer`),
        ];
      }),

  "functions run on Node 24 and arm64, traced, with a log that ends": (template) =>
    ofType(template, "AWS::Lambda::Function").flatMap(([id, lambda]) => {
      const name = textAt(lambda, "Properties.FunctionName");
      const log = ofType(template, "AWS::Logs::LogGroup").find(
        ([, group]) => at(group, "Properties.LogGroupName") === `/aws/lambda/${name}`,
      );
      return [
        ...unless(at(lambda, "Properties.Runtime") === "nodejs24.x", `${id}: runtime`),
        ...unless(at(lambda, "Properties.Architectures.0") === "arm64", `${id}: architecture`),
        ...unless(at(lambda, "Properties.TracingConfig.Mode") === "Active", `${id}: tracing`),
        ...unless(at(log, "1.Properties.RetentionInDays") !== undefined, `${id}: log without end`),
      ];
    }),

  "functions can read their configuration, and are in AWS by it": (template) =>
    ofType(template, "AWS::Lambda::Function").flatMap(([id, lambda]) => {
      const variables = Object.entries(at(lambda, "Properties.Environment.Variables") ?? {});
      const environment = Object.fromEntries(
        variables.map(([name, value]) => [name, typeof value === "string" ? value : "resolved"]),
      );
      const service = `${textAt(lambda, "Properties.FunctionName")}`.replace(
        `-${nameOf(lambda)}`,
        "",
      );
      try {
        const config = readConfig({ AWS_REGION: "us-east-1", ...environment });
        return [
          ...unless(config.environment === "aws", `${id} is not in AWS`),
          ...unless(
            target(at(lambda, "Properties.Environment.Variables.RATE_LIMIT_TABLE")) ===
              "RateLimitTable",
            `${id}: table`,
          ),
          ...unless(
            environment.POWERTOOLS_SERVICE_NAME === service,
            `${id}: metrics of another stage`,
          ),
        ];
      } catch (error) {
        return [`${id}: ${String(error)}`];
      }
    }),

  "every function has a role of its own, that only Lambda takes and that may do what it does": (
    template,
  ) => {
    const functions = ofType(template, "AWS::Lambda::Function");
    const roles = functions.map(([, lambda]) => target(at(lambda, "Properties.Role")));
    return [
      ...unless(new Set(roles).size === functions.length, "functions share a role"),
      ...unless(
        ofType(template, "AWS::IAM::Role").length === functions.length,
        "a role is nobody's",
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
            `${roles[index]} is open to others than Lambda`,
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

  "the model is called through its profile alone": (template) =>
    ofType(template, "AWS::IAM::Role").flatMap(([id, role]) =>
      listAt(role, "Properties.Policies.0.PolicyDocument.Statement")
        .filter((statement) => textAt(statement, "Resource").includes("foundation-model"))
        .flatMap((statement) =>
          unless(
            textAt(statement, "Condition.StringLike.bedrock:InferenceProfileArn").includes(
              "inference-profile/",
            ),
            `${id} may call the model directly`,
          ),
        ),
    ),

  "the API is throttled as a whole and by key, and both keys are in the plan": (template) => {
    const [[, stage] = []] = ofType(template, "AWS::ApiGateway::Stage");
    const [[, plan] = []] = ofType(template, "AWS::ApiGateway::UsagePlan");
    const planned = ofType(template, "AWS::ApiGateway::UsagePlanKey").map(([, key]) =>
      target(at(key, "Properties.KeyId")),
    );
    const keys = ofType(template, "AWS::ApiGateway::ApiKey").map(([id]) => id);
    return [
      ...unless(
        Number(at(stage, "Properties.MethodSettings.0.ThrottlingRateLimit")) > 0,
        "no throttle of the stage",
      ),
      ...unless(
        textAt(stage, "Properties.MethodSettings.0.ResourcePath") === "/*",
        "the throttle is for one path",
      ),
      ...unless(
        at(stage, "Properties.MethodSettings.0.DataTraceEnabled") === false,
        "bodies go into a log",
      ),
      ...unless(at(stage, "Properties.TracingEnabled") === true, "the stage is not traced"),
      ...unless(Number(at(plan, "Properties.Throttle.RateLimit")) > 0, "no throttle by key"),
      ...unless(Number(at(plan, "Properties.Quota.Limit")) > 0, "no quota"),
      ...unless(
        keys.length === 2 && keys.every((id) => planned.includes(id)),
        "a key is in no plan",
      ),
    ];
  },

  "a deployment waits for all methods and all answers of the gateway": (template) => {
    const [[, made] = []] = ofType(template, "AWS::ApiGateway::Deployment");
    const waitsFor = listAt(made, "DependsOn");
    return ["AWS::ApiGateway::Method", "AWS::ApiGateway::GatewayResponse"]
      .flatMap((type) => ofType(template, type))
      .flatMap(([id]) => unless(waitsFor.includes(id), `the deployment does not wait for ${id}`));
  },

  "the gateway's own answers are problems": (template) => {
    const answers = ofType(template, "AWS::ApiGateway::GatewayResponse").map(
      ([, answer]) => answer.Properties,
    );
    const expected: Record<string, string> = {
      DEFAULT_4XX: "400",
      DEFAULT_5XX: "502",
      MISSING_AUTHENTICATION_TOKEN: "404",
      INVALID_API_KEY: "403",
      THROTTLED: "429",
      QUOTA_EXCEEDED: "429",
    };
    return Object.entries(expected).flatMap(([type, status]) => {
      const answer = answers.find(({ ResponseType }) => ResponseType === type);
      const headers = at(answer, "ResponseParameters") ?? {};
      return [
        ...unless(at(answer, "StatusCode") === status, `${type} is not a ${status}`),
        ...unless(
          status !== "429" || Object.hasOwn(Object(headers), "gatewayresponse.header.retry-after"),
          `${type} does not say when to come back`,
        ),
        ...unless(
          Object.values(headers).includes("'application/problem+json'"),
          `${type} is no problem`,
        ),
      ];
    });
  },

  "the function URL streams, and no site's scripts may call it": (template) => {
    const [[, url] = []] = ofType(template, "AWS::Lambda::Url");
    return [
      ...unless(at(url, "Properties.InvokeMode") === "RESPONSE_STREAM", "the URL does not stream"),
      ...unless(at(url, "Properties.Cors") === undefined, "the URL has CORS"),
      ...unless(
        ofType(template, "AWS::Lambda::Permission").filter(
          ([, { Properties }]) =>
            Properties.Principal === "*" &&
            target(Properties.FunctionName) === target(at(url, "Properties.TargetFunctionArn")),
        ).length === 2 &&
          ofType(template, "AWS::Lambda::Permission").filter(
            ([, { Properties }]) => Properties.Principal === "*",
          ).length === 2,
        "others than the streaming function are open to the world, or it is not",
      ),
    ];
  },

  "CloudFront sends pages and API where they belong, and caches nothing of the API": (template) => {
    const config = at(template.Resources.Distribution, "Properties.DistributionConfig");
    const origins = listAt(config, "Origins");
    const behaviors = [at(config, "DefaultCacheBehavior"), ...listAt(config, "CacheBehaviors")];
    const api = listAt(config, "CacheBehaviors");
    return [
      ...behaviors.flatMap((behavior) =>
        unless(
          origins.some((origin) => at(origin, "Id") === at(behavior, "TargetOriginId")),
          `there is no origin ${textAt(behavior, "TargetOriginId")}`,
        ),
      ),
      ...unless(
        api.map((behavior) => at(behavior, "PathPattern")).join() === "/api/*,/health",
        "the paths of the API are others",
      ),
      ...api.flatMap((behavior) => [
        ...unless(at(behavior, "TargetOriginId") === "api", "an API path goes to the page"),
        ...unless(at(behavior, "CachePolicyId") === cachingDisabled, "answers are cached"),
        ...unless(at(behavior, "Compress") === false, "streams are held back to be compressed"),
        ...unless(
          target(at(behavior, "OriginRequestPolicyId")) === "ApiRequestPolicy",
          "headers get lost",
        ),
        ...unless(
          target(at(behavior, "ResponseHeadersPolicyId")) === "ApiHeaders",
          "no headers of the API",
        ),
        ...unless(listAt(behavior, "AllowedMethods").includes("DELETE"), "methods are refused"),
        ...unless(
          at(behavior, "ViewerProtocolPolicy") === "https-only",
          "the API answers without TLS",
        ),
      ]),
      ...unless(
        target(at(config, "DefaultCacheBehavior.ResponseHeadersPolicyId")) === "PageHeaders",
        "no headers of the page",
      ),
      ...unless(
        target(at(config, "DefaultCacheBehavior.FunctionAssociations.0.FunctionARN")) ===
          "PagePath",
        "page paths are not found",
      ),
      ...unless(at(config, "CustomErrorResponses") === undefined, "errors of the API become pages"),
      ...unless(
        at(config, "DefaultCacheBehavior.ViewerProtocolPolicy") === "redirect-to-https",
        "the page comes without TLS",
      ),
    ];
  },

  "CloudFront shows the API its key, over TLS, and waits longer than a stream is quiet": (
    template,
  ) => {
    const origin = listAt(
      template.Resources.Distribution,
      "Properties.DistributionConfig.Origins",
    ).find((candidate) => at(candidate, "Id") === "api");
    const [, key] = ofType(template, "AWS::ApiGateway::ApiKey")[0] ?? [];
    const pingSeconds = 10;
    return [
      ...unless(
        at(origin, "OriginCustomHeaders.0.HeaderName") === "x-api-key",
        "CloudFront shows no key",
      ),
      ...unless(
        at(origin, "OriginCustomHeaders.0.HeaderValue") === at(key, "Properties.Value") &&
          /^\{\{resolve:secretsmanager:\S+\/origin-api-key:SecretString:key::\S*\}\}$/.test(
            textAt(key, "Properties.Value"),
          ),
        "the key of CloudFront is not the secret one",
      ),
      ...unless(
        at(origin, "CustomOriginConfig.OriginProtocolPolicy") === "https-only",
        "the key travels in the clear",
      ),
      ...unless(
        Number(at(origin, "CustomOriginConfig.OriginReadTimeout") ?? 30) >= 3 * pingSeconds,
        "CloudFront gives up on a quiet stream",
      ),
    ];
  },

  "CloudFront passes on what the twin's front door passes on": (template) => {
    const policy = at(template.Resources.ApiRequestPolicy, "Properties.OriginRequestPolicyConfig");
    const passed = listAt(policy, "HeadersConfig.Headers").map((name) =>
      String(name).toLowerCase(),
    );
    const expected = [
      ...forwardedHeaders.filter((name) => name !== "cookie"),
      "cloudfront-viewer-address",
    ];
    return [
      ...unless(
        passed.toSorted().join() === expected.toSorted().join(),
        `headers: ${passed.join()}`,
      ),
      // CloudFront's own limit of a policy
      ...unless(passed.length <= 10, "more than ten headers"),
      ...unless(at(policy, "CookiesConfig.CookieBehavior") === "all", "cookies get lost"),
      ...unless(at(policy, "QueryStringsConfig.QueryStringBehavior") === "all", "queries get lost"),
    ];
  },

  "the page has the headers of the twin, and the two that need TLS": (template) => {
    const headers = headersOf(template, "PageHeaders");
    const expected = {
      ...pageHeaders,
      "content-security-policy": `${pageHeaders["content-security-policy"]}; upgrade-insecure-requests`,
      "strict-transport-security": "max-age=63072000; includeSubDomains",
    };
    return differences(headers, expected);
  },

  "answers of the API have the headers of the functions": (template) =>
    differences(headersOf(template, "ApiHeaders"), {
      "cache-control": "no-store",
      "content-security-policy":
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'",
      "x-content-type-options": "nosniff",
      "referrer-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "strict-transport-security": "max-age=63072000; includeSubDomains",
    }),

  "only CloudFront reads the page's bucket": (template) => {
    const block = Object.values(
      at(template.Resources.PageBucket, "Properties.PublicAccessBlockConfiguration") ?? {},
    );
    const allowed = listAt(
      template.Resources.PageBucketPolicy,
      "Properties.PolicyDocument.Statement",
    ).filter((statement) => at(statement, "Effect") === "Allow");
    return [
      ...unless(
        block.length === 4 && block.every((value) => value === true),
        "the bucket may be made public",
      ),
      ...unless(
        allowed.length === 1 &&
          at(allowed[0], "Principal.Service") === "cloudfront.amazonaws.com" &&
          at(allowed[0], "Action") === "s3:GetObject" &&
          textAt(allowed[0], "Condition.StringEquals.AWS:SourceArn").includes("distribution/"),
        "others may read the bucket",
      ),
      ...unless(
        target(
          at(
            template.Resources.Distribution,
            "Properties.DistributionConfig.Origins.0.OriginAccessControlId",
          ),
        ) === "PageAccess",
        "CloudFront does not sign",
      ),
    ];
  },

  "the table costs nothing while idle, and forgets": (template) => [
    ...unless(
      at(template.Resources.RateLimitTable, "Properties.BillingMode") === "PAY_PER_REQUEST",
      "capacity is paid for",
    ),
    ...unless(
      textAt(template.Resources.RateLimitTable, "Properties.TimeToLiveSpecification") ===
        '{"AttributeName":"expires_at","Enabled":true}',
      "items stay for ever",
    ),
  ],

  "nothing has a standing charge, except alarms": (template) =>
    Object.entries(template.Resources).flatMap(([id, { Type }]) =>
      unless(freeWhileIdle.includes(Type), `${id} is a ${Type}`),
    ),

  "names carry the stage, so that two stages stand side by side": (template) =>
    Object.entries(template.Resources).flatMap(([id, { Properties }]) =>
      namesIn(Properties ?? {}).flatMap((name) =>
        unless(
          name.includes(stageName(template)) || name.startsWith("prod-"),
          `${id} is named ${name}`,
        ),
      ),
    ),

  "no name that CloudFormation makes loses its stage": cutNames,

  "a role is bounded by what the deployment says": (template) =>
    ofType(template, "AWS::IAM::Role").flatMap(([id, role]) =>
      unless(
        textAt(role, "Properties.PermissionsBoundary").endsWith(
          `:policy/${stageName(template)}-functions"}`,
        ),
        `${id} has no boundary`,
      ),
    ),

  "alarms and dashboard watch metrics that are emitted, and tell somebody": (template) => {
    const alarms = ofType(template, "AWS::CloudWatch::Alarm");
    const watched = alarms.flatMap(([id, { Properties }]) =>
      [
        Properties,
        ...listAt(Properties, "Metrics").map((metric) => at(metric, "MetricStat.Metric")),
      ]
        .filter((metric) => at(metric, "Namespace") === "AgenticChat")
        .map((metric) => ({ id, metric })),
    );
    const body = textAt(template.Resources.Dashboard, "Properties.DashboardBody.Fn::Sub");
    const drawn = [...body.matchAll(/MetricName=\\"(\w+)|"([A-Z]\w+)", "(?:service|\.)"/g)].map(
      ([, searched, named]) => searched ?? named ?? "",
    );
    return [
      ...unless(alarms.length >= 11 && watched.length >= 8, "alarms are missing"),
      ...alarms.flatMap(([id, alarm]) =>
        unless(
          target(at(alarm, "Properties.AlarmActions.0")) === "AlarmTopic",
          `${id} tells nobody`,
        ),
      ),
      ...watched.flatMap(({ id, metric }) => [
        ...unless(
          emitted.withoutDimensions.has(textAt(metric, "MetricName")),
          `${id}: nobody emits ${textAt(metric, "MetricName")}`,
        ),
        ...unless(
          textAt(metric, "Dimensions") ===
            JSON.stringify([{ Name: "service", Value: stageName(template) }]),
          `${id} watches another stage`,
        ),
      ]),
      ...unless(
        v.is(v.pipe(v.string(), v.parseJson()), body.replaceAll("\n", "")),
        "the dashboard is no JSON",
      ),
      ...unless(drawn.length >= 12, "the dashboard is empty"),
      ...drawn.flatMap((name) => unless(emitted.all.has(name), `the dashboard draws ${name}`)),
    ];
  },

  "idle conversations go once a day, by a run that is not repeated and whose failure is told": (
    template,
  ) => {
    const id = "ConversationDashexpireLambdaFunction";
    const rules = ofType(template, "AWS::Events::Rule");
    const [[ruleId, rule] = []] = rules;
    const callers = ofType(template, "AWS::Lambda::Permission").filter(
      ([, { Properties }]) => target(Properties.FunctionName) === id,
    );
    const retries = ofType(template, "AWS::Lambda::EventInvokeConfig").find(
      ([, { Properties }]) => target(Properties.FunctionName) === id,
    );
    const alarm = ofType(template, "AWS::CloudWatch::Alarm").find(
      ([, { Properties }]) =>
        Properties.MetricName === "Errors" && target(at(Properties, "Dimensions.0.Value")) === id,
    );
    return [
      ...unless(
        rules.length === 1 && target(at(rule, "Properties.Targets.0.Arn")) === id,
        "no schedule of its own",
      ),
      ...unless(
        at(rule, "Properties.ScheduleExpression") === "rate(1 day)",
        "the database is woken at another rate",
      ),
      ...unless(at(rule, "Properties.State") === "ENABLED", "the schedule is off"),
      ...unless(
        callers.length === 1 &&
          at(callers[0], "1.Properties.Principal") === "events.amazonaws.com" &&
          target(at(callers[0], "1.Properties.SourceArn")) === ruleId,
        "the schedule may not call it, or others may",
      ),
      ...unless(
        at(retries, "1.Properties.MaximumRetryAttempts") === 0,
        "a failed run wakes the database again",
      ),
      ...unless(alarm !== undefined, "nobody hears that it fails"),
    ];
  },

  "somebody is told what it costs": (template) => {
    const budget = template.Resources.MonthlyBudget;
    return [
      ...unless(
        listAt(budget, "Properties.NotificationsWithSubscribers").length === 2,
        "no budget",
      ),
      ...unless(
        at(template.Resources.AlarmSubscription, "Properties.Endpoint") !== undefined,
        "alarms reach nobody",
      ),
    ];
  },

  "a deployment says what the next steps need": (template) =>
    ["PageUrl", "PageBucketName", "DistributionId", "ApiUrl", "StreamUrl", "DashboardName"].flatMap(
      (name) => unless(Object.hasOwn(template.Outputs, name), `the output ${name} is missing`),
    ),

  "no secret is in the template": (template) => {
    const text = JSON.stringify(template);
    return [
      ...unless(!/postgres(ql)?:\/\//.test(text), "a connection string"),
      ...unless(!/AKIA[0-9A-Z]{16}/.test(text), "an access key"),
    ];
  },
};

/** What the functions call, read in their code: one line for each action on each thing. */
const limited = [
  "dynamodb:UpdateItem on RateLimitTable",
  "dynamodb:GetItem on RateLimitTable",
  "secretsmanager:GetSecretValue on auth-token-secret",
  "secretsmanager:GetSecretValue on origin-api-key",
];
const stored = [...limited, "secretsmanager:GetSecretValue on database-url"];
const grants: Record<string, string[]> = {
  login: [...limited, "secretsmanager:GetSecretValue on demo-password"],
  logout: [
    "dynamodb:GetItem on RateLimitTable",
    "dynamodb:PutItem on RateLimitTable",
    "secretsmanager:GetSecretValue on auth-token-secret",
  ],
  me: ["dynamodb:GetItem on RateLimitTable", "secretsmanager:GetSecretValue on auth-token-secret"],
  "chat-post": stored,
  "chat-stop": stored,
  "chat-stream": [
    ...stored,
    "bedrock:InvokeModelWithResponseStream on inference-profile/us.amazon.nova-2-lite-v1:0",
    "bedrock:InvokeModelWithResponseStream on foundation-model/amazon.nova-2-lite-v1:0",
  ],
  "conversation-list": stored,
  "conversation-get": stored,
  "conversation-update": stored,
  "conversation-delete": stored,
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
  // X-Ray knows no resources.
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
        [resources].flat().map((resource) => `${action} on ${thingOf(resource, own)}`),
      );
  });
}

function thingOf(resource: unknown, own: string): string {
  if (typeof resource === "string") return resource;
  const id = at(resource, "Fn::GetAtt.0");
  if (typeof id === "string") return id === `${logicalName(own)}LogGroup` ? "its log" : id;
  const arn = textAt(resource, "Fn::Sub");
  const secret = /:secret:enterprise-agentic-ai\/([a-z-]+)-\?{6}$/.exec(arn)?.[1];
  return secret ?? /(?:inference-profile|foundation-model)\/[^*]+$/.exec(arn)?.[0] ?? arn;
}

const logicalName = (name: string) =>
  `${name.charAt(0).toUpperCase()}${name.slice(1)}`.replaceAll("-", "Dash");

const isFunction = (id: string | undefined) => id?.endsWith("LambdaFunction") === true;
const nameOf = (lambda: unknown) => textAt(lambda, "Properties.Handler").split("/")[1] ?? "";

/** `enterprise-agentic-ai-prod` */
function stageName(template: Template): string {
  const [[, lambda] = []] = ofType(template, "AWS::Lambda::Function");
  return textAt(lambda, "Properties.FunctionName").replace(`-${nameOf(lambda)}`, "");
}

/** Names that must be unique in an account. */
function namesIn(properties: object): string[] {
  return Object.entries(properties).flatMap(([key, value]) => {
    if (/^(Name|\w+Name)$/.test(key) && !ordinaryNames.includes(key)) {
      return typeof value === "string" ? [value] : [];
    }
    return key.endsWith("Config") && typeof value === "object" && value !== null
      ? namesIn(value)
      : [];
  });
}
const ordinaryNames = ["StageName", "PolicyName", "MetricName", "HeaderName", "AttributeName"];

function headersOf(template: Template, id: string): Record<string, string> {
  const config = at(template.Resources[id], "Properties.ResponseHeadersPolicyConfig");
  const security = at(config, "SecurityHeadersConfig");
  const seconds = at(security, "StrictTransportSecurity.AccessControlMaxAgeSec");
  const subdomains = at(security, "StrictTransportSecurity.IncludeSubdomains") === true;
  const custom = listAt(config, "CustomHeadersConfig.Items").map((item) => [
    textAt(item, "Header").toLowerCase(),
    textAt(item, "Value"),
  ]);
  return {
    ...Object.fromEntries(custom),
    "content-security-policy": textAt(security, "ContentSecurityPolicy.ContentSecurityPolicy"),
    "x-content-type-options": at(security, "ContentTypeOptions") ? "nosniff" : "",
    "referrer-policy": textAt(security, "ReferrerPolicy.ReferrerPolicy"),
    "strict-transport-security": `max-age=${seconds}${subdomains ? "; includeSubDomains" : ""}`,
  };
}

function differences(actual: Record<string, string>, expected: Record<string, string>): string[] {
  return Object.keys({ ...actual, ...expected }).flatMap((name) =>
    unless(actual[name] === expected[name], `${name}: ${actual[name]}`),
  );
}

/** Alarms are the exception: ten are free, each further one is 0.10 USD a month. */
const freeWhileIdle = [
  "AWS::ApiGateway::ApiKey",
  "AWS::ApiGateway::Deployment",
  "AWS::ApiGateway::GatewayResponse",
  "AWS::ApiGateway::Method",
  "AWS::ApiGateway::Resource",
  "AWS::ApiGateway::RestApi",
  "AWS::ApiGateway::Stage",
  "AWS::ApiGateway::UsagePlan",
  "AWS::ApiGateway::UsagePlanKey",
  "AWS::Budgets::Budget",
  "AWS::CloudFront::CachePolicy",
  "AWS::CloudFront::Distribution",
  "AWS::CloudFront::Function",
  "AWS::CloudFront::OriginAccessControl",
  "AWS::CloudFront::OriginRequestPolicy",
  "AWS::CloudFront::ResponseHeadersPolicy",
  "AWS::CloudWatch::Alarm",
  "AWS::CloudWatch::Dashboard",
  "AWS::DynamoDB::Table",
  "AWS::Events::Rule",
  "AWS::IAM::Role",
  "AWS::Lambda::EventInvokeConfig",
  "AWS::Lambda::Function",
  "AWS::Lambda::Permission",
  "AWS::Lambda::Url",
  "AWS::Logs::LogGroup",
  "AWS::S3::Bucket",
  "AWS::S3::BucketPolicy",
  "AWS::SNS::Subscription",
  "AWS::SNS::Topic",
];
