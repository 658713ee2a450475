import { forwardedHeaders } from "#local/front-door/forward.ts";
import { at, listAt, ofType, target, textAt } from "#test/template/template.ts";
import { type Rules, unless } from "./rule.ts";

const cachingDisabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const allViewerExceptHostHeader = "b689b0a8-53d0-40ab-baf2-68738e2966ac";

/** CloudFront: what goes where, what it passes on, and the bucket behind it. */
export const frontRules: Rules = {
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
        api.map((behavior) => at(behavior, "PathPattern")).join() === "/api/logout,/api/*,/health",
        "the paths of the API are others",
      ),
      ...api.flatMap((behavior) => [
        ...unless(at(behavior, "TargetOriginId") === "api", "an API path goes to the page"),
        ...unless(at(behavior, "CachePolicyId") === cachingDisabled, "answers are cached"),
        ...unless(at(behavior, "Compress") === false, "streams are held back to be compressed"),
        ...unless(
          at(behavior, "PathPattern") === "/api/logout"
            ? at(behavior, "OriginRequestPolicyId") === allViewerExceptHostHeader
            : target(at(behavior, "OriginRequestPolicyId")) === "ApiRequestPolicy",
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
        "CloudFront does not sign",
      ),
    ];
  },
};
