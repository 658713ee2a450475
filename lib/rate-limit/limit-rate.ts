import type { MiddlewareObj } from "@middy/core";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import type { HttpRequest } from "#lib/platform/http/http-request.ts";
import type { HttpResponse } from "#lib/platform/http/http-response.ts";
import { setResponseHeaders } from "#lib/platform/http/response-headers.ts";
import type { Attempt, Bucket } from "./bucket.ts";
import type { BucketRule } from "./bucket-rules.ts";

/**
 * Takes a token from the client's bucket, or throws a 429 with the time to wait. If the bucket counts failures, only
 * a 401 of the route spends the token; a success and every other error give the token back.
 */
export function limitRate(
  bucket: Bucket,
  addressOf: (request: HttpRequest) => Promise<string>,
): MiddlewareObj<HttpRequest, HttpResponse> {
  const admitted = new WeakMap<HttpRequest, { address: string; attempt: Attempt }>();

  /** Returns the token that an ending request holds, once. Only a bucket of failures holds tokens. */
  function release(event: HttpRequest) {
    if (bucket.rule.counts === "requests") return undefined;
    const held = admitted.get(event);
    admitted.delete(event);
    return held;
  }

  return {
    async before({ event }) {
      const address = await addressOf(event);
      const attempt = await bucket.take(address);
      setResponseHeaders(event, rateLimitHeaders(bucket.rule, attempt));
      if (!attempt.admitted) {
        throw new HttpProblem(
          "rate_limited",
          429,
          "Rate limit exceeded. Please wait before making more requests.",
          { retryAfterSeconds: attempt.nextTokenSeconds },
        );
      }
      admitted.set(event, { address, attempt });
    },

    async after({ event }) {
      const held = release(event);
      if (held) await bucket.giveBack(held.address, held.attempt);
    },

    async onError(request) {
      const held = release(request.event);
      if (!held) return;
      try {
        if (isFailure(request.error)) await bucket.keep(held.address, held.attempt);
        else await bucket.giveBack(held.address, held.attempt);
      } catch (error) {
        // An uncounted wrong password must look like any other 503, or guessing would be free.
        request.error = error as Error;
      }
    },
  };
}

const isFailure = (error: unknown): boolean => error instanceof HttpProblem && error.status === 401;

/** The two fields of draft-ietf-httpapi-ratelimit-headers, which is not an RFC yet. */
function rateLimitHeaders(rule: BucketRule, attempt: Attempt): Record<string, string> {
  return {
    "ratelimit-policy": `"${rule.name}";q=${rule.capacity};w=${rule.windowSeconds}`,
    ratelimit: `"${rule.name}";r=${attempt.remaining};t=${attempt.nextTokenSeconds}`,
  };
}
