/** Which request headers CloudFront forwards on a path of the API. */
export type Forwarding = "browser" | "client" | "all";

/**
 * CloudFront's behaviours for the API, as in `infra/front.yml`: the first pattern that matches a path decides. A path that
 * none matches belongs to the page.
 */
export const apiBehaviors: readonly { pattern: string; forwarding: Forwarding }[] = [
  // A program revokes its token here.
  { pattern: "/api/logout", forwarding: "all" },
  { pattern: "/api/ai-sdk/*", forwarding: "client" },
  { pattern: "/api/*", forwarding: "browser" },
  { pattern: "/v1/*", forwarding: "client" },
  { pattern: "/ag-ui*", forwarding: "client" },
  { pattern: "/mcp*", forwarding: "client" },
  { pattern: "/health", forwarding: "browser" },
];

/** The headers of every request to the API. A policy of CloudFront may name ten; the tenth is the viewer's address. */
const commonHeaders = [
  "accept",
  "content-type",
  "origin",
  "sec-fetch-site",
  "last-event-id",
  "idempotency-key",
  "x-request-id",
  "prefer",
  "user-agent",
];
/** CloudFront forwards `Authorization` only if a cache policy names it, so the cache policy names all of these. */
const clientHeaders = [
  "authorization",
  "mcp-protocol-version",
  "mcp-method",
  "mcp-name",
  "x-stainless-retry-count",
];

/** By their names in lower case. Other people's clients have a key or a token, and never a cookie. */
export const forwardedHeaders: Record<Exclude<Forwarding, "all">, readonly string[]> = {
  browser: [...commonHeaders, "cookie"],
  client: [...commonHeaders, ...clientHeaders],
};

/** Returns what is forwarded on a path, or undefined for a path of the page. */
export function forwardingOf(path: string): Forwarding | undefined {
  return apiBehaviors.find(({ pattern }) =>
    pattern.endsWith("*") ? path.startsWith(pattern.slice(0, -1)) : path === pattern,
  )?.forwarding;
}
