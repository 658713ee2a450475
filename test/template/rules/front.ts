import { apiBehaviors, type Forwarding, forwardedHeaders } from "#local/front-door/behaviors.ts";
import { at, listAt, ofType, target, textAt } from "#test/template/template.ts";
import { type Rules, unless } from "./rule.ts";

const cachingDisabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const allViewerExceptHostHeader = "b689b0a8-53d0-40ab-baf2-68738e2966ac";

/** The cache policy and the origin request policy of a path, by what is forwarded on it. */
const policies: Record<Forwarding, [cache: string, request: string]> = {
  browser: [cachingDisabled, "ApiRequestPolicy"],
  client: ["ClientCachePolicy", "ClientRequestPolicy"],
  all: [cachingDisabled, allViewerExceptHostHeader],
};

/** Returns an id of AWS, or the name of our own resource. */
const policyOf = (behavior: unknown, name: string) =>
  typeof at(behavior, name) === "string" ? at(behavior, name) : target(at(behavior, name));

/** Rules for CloudFront: origins, forwarded headers, the bucket of the page. */
export const frontRules: Rules = {
  "CloudFront sends pages and API to their origins, and caches no response of the API": (
    template,
  ) => {
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
        api.map((behavior) => at(behavior, "PathPattern")).join() ===
          apiBehaviors.map(({ pattern }) => pattern).join(),
        "the API has other paths",
      ),
      ...api.flatMap((behavior, index) => [
        ...unless(at(behavior, "TargetOriginId") === "api", "an API path goes to the page"),
        ...unless(at(behavior, "Compress") === false, "compression delays streams"),
        ...unless(
          [
            policyOf(behavior, "CachePolicyId"),
            policyOf(behavior, "OriginRequestPolicyId"),
          ].join() === policies[apiBehaviors[index]?.forwarding ?? "all"].join(),
          `${textAt(behavior, "PathPattern")} has other policies`,
        ),
        ...unless(
          target(at(behavior, "ResponseHeadersPolicyId")) === "ApiHeaders",
          "the API's headers are missing",
        ),
        ...unless(
          listAt(behavior, "AllowedMethods").includes("DELETE"),
          "CloudFront refuses methods",
        ),
        ...unless(at(behavior, "ViewerProtocolPolicy") === "https-only", "the API allows http"),
      ]),
      ...unless(
        target(at(config, "DefaultCacheBehavior.ResponseHeadersPolicyId")) === "PageHeaders",
        "the page's headers are missing",
      ),
      ...unless(
        target(at(config, "DefaultCacheBehavior.FunctionAssociations.0.FunctionARN")) ===
          "PagePath",
        "the function for page paths is missing",
      ),
      ...unless(at(config, "CustomErrorResponses") === undefined, "errors of the API become pages"),
      ...unless(
        at(config, "DefaultCacheBehavior.ViewerProtocolPolicy") === "redirect-to-https",
        "the page allows http",
      ),
    ];
  },

  "CloudFront sends its key to the API over TLS, and waits longer than a stream is quiet": (
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
        "CloudFront sends no key",
      ),
      ...unless(
        at(origin, "OriginCustomHeaders.0.HeaderValue") === at(key, "Properties.Value") &&
          /^\{\{resolve:secretsmanager:\S+\/origin-api-key:SecretString:key::\S*\}\}$/.test(
            textAt(key, "Properties.Value"),
          ),
        "CloudFront's key does not come from the secret",
      ),
      ...unless(
        at(origin, "CustomOriginConfig.OriginProtocolPolicy") === "https-only",
        "the key is sent without TLS",
      ),
      ...unless(
        Number(at(origin, "CustomOriginConfig.OriginReadTimeout") ?? 30) >= 3 * pingSeconds,
        "CloudFront's timeout ends a quiet stream",
      ),
    ];
  },

  "CloudFront forwards the same headers as the twin's front door": (template) => {
    const request = (id: string) =>
      at(template.Resources[id], "Properties.OriginRequestPolicyConfig");
    const cache = at(
      template.Resources.ClientCachePolicy,
      "Properties.CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin",
    );
    const passed = {
      browser: [...headersOf(request("ApiRequestPolicy")), "cookie"],
      client: [...headersOf(request("ClientRequestPolicy")), ...headersOf(cache)],
    };
    return [
      ...(["browser", "client"] as const).flatMap((forwarding) =>
        unless(
          passed[forwarding].toSorted().join() ===
            [...forwardedHeaders[forwarding], "cloudfront-viewer-address"].toSorted().join(),
          `${forwarding}: ${passed[forwarding].join()}`,
        ),
      ),
      ...[request("ApiRequestPolicy"), request("ClientRequestPolicy"), cache].flatMap((policy) => [
        // CloudFront's limit for a policy.
        ...unless(headersOf(policy).length <= 10, "more than ten headers"),
        ...unless(
          at(policy, "QueryStringsConfig.QueryStringBehavior") === "all",
          "CloudFront drops queries",
        ),
      ]),
      ...unless(
        !["ApiRequestPolicy", "ClientRequestPolicy"].some((id) =>
          headersOf(request(id)).includes("authorization"),
        ),
        "CloudFront refuses Authorization in an origin request policy",
      ),
      ...unless(cookiesOf(request("ApiRequestPolicy")) === "all", "CloudFront drops cookies"),
      ...unless(
        cookiesOf(request("ClientRequestPolicy")) === "none" && cookiesOf(cache) === "none",
        "other people's clients send cookies",
      ),
    ];
  },

  "CloudFront stores no response to other people's clients": (template) => {
    const config = at(template.Resources.ClientCachePolicy, "Properties.CachePolicyConfig");
    return [
      ...unless(
        at(config, "MinTTL") === 0 && at(config, "DefaultTTL") === 0,
        "a response without cache-control is stored",
      ),
      // CloudFront refuses a policy with a cache key whose times are all 0.
      ...unless(at(config, "MaxTTL") === 1, "MaxTTL is not 1 s"),
    ];
  },

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
        "the bucket can be made public",
      ),
      ...unless(
        allowed.map((statement) => at(statement, "Action")).join() ===
          "s3:GetObject,s3:ListBucket" &&
          allowed.every(
            (statement) =>
              at(statement, "Principal.Service") === "cloudfront.amazonaws.com" &&
              textAt(statement, "Condition.StringEquals.AWS:SourceArn").includes("distribution/"),
          ),
        "others may read the bucket",
      ),
      ...unless(
        target(
          at(
            template.Resources.Distribution,
            "Properties.DistributionConfig.Origins.0.OriginAccessControlId",
          ),
        ) === "PageAccess",
        "CloudFront does not sign requests to the bucket",
      ),
    ];
  },
};

const headersOf = (policy: unknown) =>
  listAt(policy, "HeadersConfig.Headers").map((name) => String(name).toLowerCase());

const cookiesOf = (policy: unknown) => at(policy, "CookiesConfig.CookieBehavior");
