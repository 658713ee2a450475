import type { MiddlewareObj } from "@middy/core";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import type { HttpRequest } from "#lib/platform/http/http-request.ts";
import type { HttpResponse } from "#lib/platform/http/http-response.ts";
import type { RequestWithToken } from "./require-session.ts";

/**
 * Refuses cross-site requests of browsers with a 403. Must run after `requireToken` or `requireCredential` on
 * routes that have both, because requests with a bearer token or an API key pass: a browser never adds a bearer token by itself.
 */
export function refuseCrossSite(
  publicOrigin: string | undefined,
): MiddlewareObj<HttpRequest & Partial<RequestWithToken> & { apiKey?: unknown }, HttpResponse> {
  return {
    before({ event }) {
      if (
        event.apiKey ||
        event.signedSession?.use === "bearer" ||
        isOwnRequest(event.headers, publicOrigin)
      )
        return;
      throw new HttpProblem(
        "cross_site",
        403,
        "Requests from other sites are blocked. Use this site's own page.",
      );
    },
  };
}

/**
 * Current browsers send `Sec-Fetch-Site`, older ones at least `Origin`. A page's script can set neither header.
 * A client that sends neither header is not a browser.
 */
function isOwnRequest(
  { "sec-fetch-site": site, origin }: Record<string, string>,
  publicOrigin: string | undefined,
): boolean {
  if (site !== undefined) return site === "same-origin";
  if (origin !== undefined) return origin === publicOrigin;
  return true;
}
