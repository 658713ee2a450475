import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import type { HttpRequest } from "#lib/platform/http/http-request.ts";
import { setResponseHeaders } from "#lib/platform/http/response-headers.ts";
import type { NetworkCheck } from "#lib/platform/http/side-by-side.ts";
import type { Attempt, Bucket } from "./bucket.ts";
import type { BucketRule } from "./bucket-rules.ts";

/**
 * Takes a token from the client's bucket, or throws a 429 with the time to wait. If the bucket counts failures, only
 * a 401 of the route spends the token; a success and every other error give the token back.
 */
export function limitRate(
  bucket: Bucket,
  addressOf: (request: HttpRequest) => Promise<string>,
): NetworkCheck<HttpRequest> {
  const admitted = new WeakMap<HttpRequest, { address: string; attempt: Attempt }>();
  const countsFailures = bucket.rule.counts === "failures";

  /** Returns the token that an admitted request took, once. */
  function tokenOf(event: HttpRequest) {
    const token = admitted.get(event);
    admitted.delete(event);
    return token;
  }

  /** Returns the token of an ending request, and announces what is left in the bucket. */
  function endedTokenOf(event: HttpRequest) {
    const token = tokenOf(event);
    if (token) setResponseHeaders(event, rateLimitHeaders(bucket.rule, token.attempt));
    return token;
  }

  return {
    async before({ event }) {
      const address = await addressOf(event);
      const attempt = await bucket.take(address);
      if (!attempt.admitted) throw rateLimited(bucket.rule, attempt);
      admitted.set(event, { address, attempt });
    },

    async undo(event) {
      const token = tokenOf(event);
      if (token) await bucket.giveBack(token.address, token.attempt);
    },

    async after({ event }) {
      const token = endedTokenOf(event);
      if (token && countsFailures) await bucket.giveBack(token.address, token.attempt);
    },

    async onError(request) {
      const token = endedTokenOf(request.event);
      if (!token || !countsFailures) return;
      try {
        if (isFailure(request.error)) await bucket.keep(token.address, token.attempt);
        else await bucket.giveBack(token.address, token.attempt);
      } catch (error) {
        // An uncounted wrong password must look like any other 503, or guessing would be free.
        request.error = error as Error;
      }
    },
  };
}

/** The problem of an attempt that was not admitted. */
export const rateLimited = (rule: BucketRule, attempt: Attempt): HttpProblem =>
  new HttpProblem(
    "rate_limited",
    429,
    "Rate limit exceeded. Please wait before making more requests.",
    { retryAfterSeconds: attempt.nextTokenSeconds, headers: rateLimitHeaders(rule, attempt) },
  );

const isFailure = (error: unknown): boolean => error instanceof HttpProblem && error.status === 401;

/** The two fields of draft-ietf-httpapi-ratelimit-headers, which is not an RFC yet. */
function rateLimitHeaders(rule: BucketRule, attempt: Attempt): Record<string, string> {
  return {
    "ratelimit-policy": `"${rule.name}";q=${rule.capacity};w=${rule.windowSeconds}`,
    ratelimit: `"${rule.name}";r=${attempt.remaining};t=${attempt.nextTokenSeconds}`,
  };
}
