import type { MiddlewareObj } from "@middy/core";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import type { HttpRequest } from "#lib/platform/http/http-request.ts";
import type { HttpResponse } from "#lib/platform/http/http-response.ts";
import type { Bucket, Taken } from "./bucket.ts";
import { rateLimitHeaders } from "./rate-limit-headers.ts";

/**
 * Takes a token from the client's bucket or refuses with a 429 that says for how long. Where the bucket
 * counts failures, a route that answers, rather than throws, gives its token back.
 */
export function limitRate(
  bucket: Bucket,
  addressOf: (request: HttpRequest) => Promise<string>,
): MiddlewareObj<HttpRequest, HttpResponse> {
  const admitted = new WeakMap<HttpRequest, { address: string; taken: Taken }>();
  return {
    async before({ event }) {
      const address = await addressOf(event);
      const taken = await bucket.take(address);
      Object.assign(event.responseHeaders, rateLimitHeaders(bucket.rule, taken));
      if (!taken.admitted) {
        throw new HttpProblem(
          "rate_limited",
          429,
          "Rate limit exceeded. Please wait before making more requests.",
          { retryAfterSeconds: taken.nextTokenSeconds },
        );
      }
      admitted.set(event, { address, taken });
    },

    async after({ event }) {
      const spent = admitted.get(event);
      if (spent && bucket.rule.counts === "failures") {
        await bucket.giveBack(spent.address, spent.taken);
      }
    },
  };
}
