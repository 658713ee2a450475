import type { MiddlewareObj } from "@middy/core";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import type { HttpRequest } from "#lib/platform/http/http-request.ts";
import type { HttpResponse } from "#lib/platform/http/http-response.ts";
import type { Bucket, Taken } from "./bucket.ts";
import { rateLimitHeaders } from "./rate-limit-headers.ts";

/**
 * Takes a token from the client's bucket or refuses with a 429 that says for how long. Where the bucket counts failures,
 * only a 401 of the route keeps the token. Every other end gives the token back: a success, and any fault of ours.
 */
export function limitRate(
  bucket: Bucket,
  addressOf: (request: HttpRequest) => Promise<string>,
): MiddlewareObj<HttpRequest, HttpResponse> {
  const admitted = new WeakMap<HttpRequest, { address: string; taken: Taken }>();
  /** The token of a request that ends now, for a bucket that counts failures. Each is settled once. */
  function release(event: HttpRequest) {
    if (bucket.rule.counts === "requests") return undefined;
    const held = admitted.get(event);
    admitted.delete(event);
    return held;
  }
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
      const held = release(event);
      if (held) await bucket.giveBack(held.address, held.taken);
    },

    async onError(request) {
      const held = release(request.event);
      if (!held) return;
      try {
        if (isFailure(request.error)) await bucket.keep(held.address, held.taken);
        else await bucket.giveBack(held.address, held.taken);
      } catch (error) {
        // A wrong password that nobody counts must not be told from a right one.
        request.error = error as Error;
      }
    },
  };
}

const isFailure = (error: unknown): boolean => error instanceof HttpProblem && error.status === 401;
