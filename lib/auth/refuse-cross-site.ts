import type { MiddlewareObj } from "@middy/core";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import type { HttpRequest } from "#lib/platform/http/http-request.ts";
import type { HttpResponse } from "#lib/platform/http/http-response.ts";
import type { Session } from "./session.ts";

/**
 * Refuses with a 403 what a browser sends on behalf of another site. Goes after `requireSession` where there is one:
 * a bearer token is never sent by a browser of its own accord, so a request with one is nobody else's doing.
 */
export function refuseCrossSite(
  publicOrigin: string | undefined,
): MiddlewareObj<HttpRequest & { session?: Session }, HttpResponse> {
  return {
    before({ event }) {
      if (event.session?.use === "bearer" || isOwnRequest(event.headers, publicOrigin)) return;
      throw new HttpProblem(
        "cross_site",
        403,
        "This request came from another site. It was refused.",
      );
    },
  };
}

/**
 * Every browser of today says where a request began (`Sec-Fetch-Site`); older ones at least whose page it
 * was (`Origin`). Neither can be written by a page. What sends neither is no browser.
 */
function isOwnRequest(
  { "sec-fetch-site": site, origin }: Record<string, string>,
  publicOrigin: string | undefined,
): boolean {
  if (site !== undefined) return site === "same-origin";
  if (origin !== undefined) return origin === publicOrigin;
  return true;
}
