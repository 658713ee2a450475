import type { MiddlewareObj } from "@middy/core";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import type { HttpRequest } from "#lib/platform/http/http-request.ts";
import type { HttpResponse } from "#lib/platform/http/http-response.ts";
import { addResponseCookie } from "#lib/platform/http/response-headers.ts";
import type { Session } from "./session-token.ts";
import type { Sessions } from "./sessions.ts";

/** Sets `request.session`, or throws a 401. Renews a cookie that is more than an hour old. */
export function requireSession(
  sessions: Sessions,
): MiddlewareObj<HttpRequest & { session: Session }, HttpResponse> {
  return {
    async before({ event }) {
      const session = await sessions.verify(event);
      if (!session) throw unauthorized(event);
      const renewed = await sessions.renew(session);
      if (renewed) addResponseCookie(event, sessions.cookie.holding(renewed.token));
      event.session = renewed?.session ?? session;
    },
  };
}

function unauthorized({ receivedBy }: HttpRequest): HttpProblem {
  return receivedBy === "function-url"
    ? new HttpProblem("unauthorized", 401, "Send a valid token as Authorization: Bearer <token>.", {
        headers: { "www-authenticate": "Bearer" },
      })
    : new HttpProblem("unauthorized", 401, "Sign in to continue.");
}
