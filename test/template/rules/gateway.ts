import { readDeployment } from "#local/deployment.ts";
import { at, listAt, ofType, target, textAt } from "#test/template/template.ts";
import { type Rules, unless } from "./rule.ts";

const deployment = readDeployment();

/** API Gateway: who is let in, how long it waits, what it answers itself. */
export const gatewayRules: Rules = {
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
};

const isFunction = (id: string | undefined) => id?.endsWith("LambdaFunction") === true;
