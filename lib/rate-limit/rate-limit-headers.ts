import type { Taken } from "./bucket.ts";
import type { BucketRule } from "./bucket-rules.ts";

/** The two fields of draft-ietf-httpapi-ratelimit-headers, which is no RFC yet: what it becomes changes here alone. */
export function rateLimitHeaders(rule: BucketRule, taken: Taken): Record<string, string> {
  return {
    "ratelimit-policy": `"${rule.name}";q=${rule.capacity};w=${rule.windowSeconds}`,
    ratelimit: `"${rule.name}";r=${taken.remaining};t=${taken.nextTokenSeconds}`,
  };
}
