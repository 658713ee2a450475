import { forwardedHeaders } from "#local/front-door/forward.ts";
import { at, listAt, ofType, target, textAt } from "#test/template/template.ts";
import { type Rules, unless } from "./rule.ts";

const cachingDisabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const allViewerExceptHostHeader = "b689b0a8-53d0-40ab-baf2-68738e2966ac";

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
        api.map((behavior) => at(behavior, "PathPattern")).join() === "/api/logout,/api/*,/health",
        "the API has other paths",
      ),
      ...api.flatMap((behavior) => [
        ...unless(at(behavior, "TargetOriginId") === "api", "an API path goes to the page"),
        ...unless(at(behavior, "CachePolicyId") === cachingDisabled, "responses are cached"),
        ...unless(at(behavior, "Compress") === false, "compression delays streams"),
        ...unless(
          at(behavior, "PathPattern") === "/api/logout"
            ? at(behavior, "OriginRequestPolicyId") === allViewerExceptHostHeader
            : target(at(behavior, "OriginRequestPolicyId")) === "ApiRequestPolicy",
          "CloudFront drops headers",
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
      // CloudFront's limit for a policy.
      ...unless(passed.length <= 10, "more than ten headers"),
      ...unless(at(policy, "CookiesConfig.CookieBehavior") === "all", "CloudFront drops cookies"),
      ...unless(
        at(policy, "QueryStringsConfig.QueryStringBehavior") === "all",
        "CloudFront drops queries",
      ),
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
