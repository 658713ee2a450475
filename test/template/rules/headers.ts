import { pageHeaders } from "#local/front-door/page-headers.ts";
import { at, listAt, type Template, textAt } from "#test/template/template.ts";
import { type Rules, unless } from "./rule.ts";

/** The address of the bucket, as `lib/platform/s3.ts` writes it in AWS. */
const documentBucketOrigin = `https://enterprise-agentic-ai-prod-documents-\${AWS::AccountId}.s3.\${AWS::Region}.\${AWS::URLSuffix}`;

/** Rules for the headers that CloudFront adds to responses. */
export const headerRules: Rules = {
  "the page has the headers of the twin, and the two that need TLS": (template) => {
    const headers = headersOf(template, "PageHeaders");
    const ofTwin = pageHeaders(documentBucketOrigin);
    const expected = {
      ...ofTwin,
      "content-security-policy": `${ofTwin["content-security-policy"]}; upgrade-insecure-requests`,
      "strict-transport-security": "max-age=63072000; includeSubDomains",
    };
    return differences(headers, expected);
  },

  "responses of the API have the headers of the functions": (template) =>
    differences(headersOf(template, "ApiHeaders"), {
      "cache-control": "no-store",
      "content-security-policy":
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'",
      "x-content-type-options": "nosniff",
      "referrer-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "strict-transport-security": "max-age=63072000; includeSubDomains",
    }),
};

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
    "content-security-policy": policyIn(at(security, "ContentSecurityPolicy")),
    "x-content-type-options": at(security, "ContentTypeOptions") ? "nosniff" : "",
    "referrer-policy": textAt(security, "ReferrerPolicy.ReferrerPolicy"),
    "strict-transport-security": `max-age=${seconds}${subdomains ? "; includeSubDomains" : ""}`,
  };
}

/** The page's policy is a text with the address of the bucket in it. */
const policyIn = (policy: unknown) =>
  at(policy, "ContentSecurityPolicy.Fn::Sub") === undefined
    ? textAt(policy, "ContentSecurityPolicy")
    : textAt(policy, "ContentSecurityPolicy.Fn::Sub");

function differences(actual: Record<string, string>, expected: Record<string, string>): string[] {
  return Object.keys({ ...actual, ...expected }).flatMap((name) =>
    unless(actual[name] === expected[name], `${name}: ${actual[name]}`),
  );
}
