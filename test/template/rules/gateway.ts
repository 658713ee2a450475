import { readDeployment } from "#local/deployment.ts";
import { at, listAt, ofType, target, textAt } from "#test/template/template.ts";
import { type Rules, unless } from "./rule.ts";

const deployment = readDeployment();

const capitalised = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

/** The names of the methods whose functions stream. */
const streamedMethods = new Set(
  deployment.routes.filter(({ streamed }) => streamed).map(methodName),
);

/** Returns the name that the `sls` command gives to a route's method. */
function methodName({ method, path }: { method: string; path: string }): string {
  const words = path.split("/").map((part) =>
    part
      .replaceAll("-", "Dash")
      .replace(/\{(.*)\}/, "$1Var")
      .replace(/[^0-9A-Za-z]/g, ""),
  );
  return ["ApiGatewayMethod", ...words, method.toLowerCase()].map(capitalised).join("");
}

/** Rules for API Gateway: keys, timeouts, limits, its own responses. */
export const gatewayRules: Rules = {
  "every route is a method that requires a key": (template) => {
    const methods = ofType(template, "AWS::ApiGateway::Method");
    return [
      ...unless(methods.length === deployment.routes.length, `${methods.length} methods`),
      ...methods.flatMap(([id, method]) =>
        unless(at(method, "Properties.ApiKeyRequired") === true, `${id} requires no key`),
      ),
    ];
  },

  "streams use the streaming integration, and other functions end before API Gateway's timeout": (
    template,
  ) =>
    ofType(template, "AWS::ApiGateway::Method")
      .flatMap(([id, method]) => {
        const integration = at(method, "Properties.Integration");
        const uri = listAt(integration, "Uri.Fn::Join.1");
        const timeoutSeconds = Number(
          at(template.Resources, `${uri.map(target).find(isFunction)}.Properties.Timeout`),
        );
        const isStream = streamedMethods.has(id);
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
      })
      .concat(
        unless(
          [...streamedMethods].every((id) => Object.hasOwn(template.Resources, id)),
          "a streamed method has another name",
        ),
      ),

  "the API has a throttle for all and per key, and the plan has both keys": (template) => {
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
        "a log shows bodies",
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

  "a deployment waits for all methods and gateway responses": (template) => {
    const [[, deployed] = []] = ofType(template, "AWS::ApiGateway::Deployment");
    const waitsFor = listAt(deployed, "DependsOn");
    return ["AWS::ApiGateway::Method", "AWS::ApiGateway::GatewayResponse"]
      .flatMap((type) => ofType(template, type))
      .flatMap(([id]) => unless(waitsFor.includes(id), `the deployment does not wait for ${id}`));
  },

  "the gateway's own responses are problems": (template) => {
    const responses = ofType(template, "AWS::ApiGateway::GatewayResponse").map(
      ([, response]) => response.Properties,
    );
    const expected: Record<string, string> = {
      DEFAULT_4XX: "400",
      DEFAULT_5XX: "502",
      MISSING_AUTHENTICATION_TOKEN: "404",
      INVALID_API_KEY: "403",
      REQUEST_TOO_LARGE: "413",
      THROTTLED: "429",
      QUOTA_EXCEEDED: "429",
    };
    return Object.entries(expected).flatMap(([type, status]) => {
      const response = responses.find(({ ResponseType }) => ResponseType === type);
      const headers = at(response, "ResponseParameters") ?? {};
      return [
        ...unless(at(response, "StatusCode") === status, `${type} is not a ${status}`),
        ...unless(
          status !== "429" || Object.hasOwn(Object(headers), "gatewayresponse.header.retry-after"),
          `${type} has no Retry-After`,
        ),
        ...unless(
          Object.values(headers).includes("'application/problem+json'"),
          `${type} is not a problem`,
        ),
      ];
    });
  },
};

const isFunction = (id: string | undefined) => id?.endsWith("LambdaFunction") === true;
