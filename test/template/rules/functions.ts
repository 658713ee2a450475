import { readConfig } from "#lib/platform/config.ts";
import { readDeployment } from "#local/deployment.ts";
import { at, ofType, target, textAt } from "#test/template/template.ts";
import { nameOf, stageOf } from "./function-name.ts";
import { type Rules, unless } from "./rule.ts";

/** Rules for Lambda: how functions run, and what calls them beside API Gateway. */
export const functionRules: Rules = {
  "functions run on Node 24 and arm64, with traces and a log that expires": (template) =>
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

  "every function has a valid configuration for AWS": (template) =>
    ofType(template, "AWS::Lambda::Function").flatMap(([id, lambda]) => {
      const variables = Object.entries(at(lambda, "Properties.Environment.Variables") ?? {});
      const environment = Object.fromEntries(
        variables.map(([name, value]) => [name, typeof value === "string" ? value : "resolved"]),
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
            environment.POWERTOOLS_SERVICE_NAME === stageOf(lambda),
            `${id}: metrics of another stage`,
          ),
        ];
      } catch (error) {
        return [`${id}: ${String(error)}`];
      }
    }),

  "function URLs stream, no site's scripts may call them, and no other function is public": (
    template,
  ) => {
    const urls = ofType(template, "AWS::Lambda::Url").map(([, { Properties }]) => Properties);
    const publicIds = ofType(template, "AWS::Lambda::Permission")
      .filter(([, { Properties }]) => Properties.Principal === "*")
      .map(([, { Properties }]) => target(Properties.FunctionName));
    const names = urls.map((url) => nameOf(template.Resources[functionOf(url)]));
    return [
      ...unless(
        names.toSorted().join() ===
          readDeployment()
            .functions.filter(({ hasUrl }) => hasUrl)
            .map(({ name }) => name)
            .toSorted()
            .join(),
        `function URLs: ${names.join()}`,
      ),
      ...urls.flatMap((url) => [
        ...unless(at(url, "InvokeMode") === "RESPONSE_STREAM", "a URL does not stream"),
        ...unless(at(url, "Cors") === undefined, "a URL has CORS"),
        ...unless(
          publicIds.filter((id) => id === functionOf(url)).length === 2,
          "a URL lacks its two permissions",
        ),
        ...unless(
          Object.entries(template.Outputs).some(
            // The `sls` command adds an output of its own, with a name that nobody would look for.
            ([name, output]) =>
              name !== `${functionOf(url)}Url` &&
              target(at(output, "Value")) === `${functionOf(url)}Url`,
          ),
          `no output names the URL of ${functionOf(url)}`,
        ),
      ]),
      ...unless(publicIds.length === 2 * urls.length, "another function is public"),
    ];
  },

  "conversation-expire runs once a day, is not retried, and has an alarm": (template) => {
    const id = "ConversationDashexpireLambdaFunction";
    const rules = ofType(template, "AWS::Events::Rule").filter(
      ([, { Properties }]) => target(at(Properties, "Targets.0.Arn")) === id,
    );
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
      ...unless(rules.length === 1, "not exactly one schedule"),
      ...unless(
        at(rule, "Properties.ScheduleExpression") === "rate(1 day)",
        "the schedule has another rate",
      ),
      ...unless(at(rule, "Properties.State") === "ENABLED", "the schedule is off"),
      ...unless(
        callers.length === 1 &&
          at(callers[0], "1.Properties.Principal") === "events.amazonaws.com" &&
          target(at(callers[0], "1.Properties.SourceArn")) === ruleId,
        "not exactly the schedule may call the function",
      ),
      ...unless(at(retries, "1.Properties.MaximumRetryAttempts") === 0, "a failed run is retried"),
      ...unless(alarm !== undefined, "no alarm watches its failures"),
    ];
  },

  "turn-run is repeated twice, keeps its events for hours, and has an alarm for those it loses": (
    template,
  ) => {
    const id = "TurnDashrunLambdaFunction";
    const { Properties: settings } =
      ofType(template, "AWS::Lambda::EventInvokeConfig")
        .map(([, config]) => config)
        .find(({ Properties }) => target(Properties.FunctionName) === id) ?? {};
    const alarm = ofType(template, "AWS::CloudWatch::Alarm").find(
      ([, { Properties }]) =>
        Properties.MetricName === "AsyncEventsDropped" &&
        target(at(Properties, "Dimensions.0.Value")) === id,
    );
    const callers = ["ChatDashpost", "TurnDashrun"].map((name) =>
      textAt(
        template.Resources[`${name}LambdaFunction`],
        "Properties.Environment.Variables.TURN_RUN_FUNCTION",
      ),
    );
    const name = textAt(template.Resources[id], "Properties.FunctionName");
    return [
      ...unless(at(settings, "MaximumRetryAttempts") === 2, "a failed run is not repeated twice"),
      ...unless(
        at(settings, "MaximumEventAgeInSeconds") === 21_600,
        "an event does not wait for six hours",
      ),
      ...unless(
        callers.every((caller) => caller === name),
        `turn-run is called ${callers.join(" and ")}`,
      ),
      ...unless(
        ofType(template, "AWS::Lambda::Permission").every(
          ([, { Properties }]) => target(Properties.FunctionName) !== id,
        ),
        "other services may call turn-run",
      ),
      ...unless(alarm !== undefined, "no alarm watches its lost events"),
    ];
  },
};

const functionOf = (url: unknown): string => target(at(url, "TargetFunctionArn")) ?? "";
