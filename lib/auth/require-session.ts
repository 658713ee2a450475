import type { MiddlewareObj } from "@middy/core";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import type { HttpRequest } from "#lib/platform/http/http-request.ts";
import type { HttpResponse } from "#lib/platform/http/http-response.ts";
import { addResponseCookie } from "#lib/platform/http/response-headers.ts";
import type { NetworkCheck } from "#lib/platform/http/side-by-side.ts";
import type { Session } from "./session-token.ts";
import type { Sessions } from "./sessions.ts";

/** A request with a token that we signed and that has not expired. Its session may be revoked. */
export type RequestWithToken = HttpRequest & { signedSession: Session };

/** Sets `request.signedSession`, or throws a 401. Sends no request, so it runs before every step that does. */
export function requireToken(sessions: Sessions): MiddlewareObj<RequestWithToken, HttpResponse> {
  return {
    async before({ event }) {
      const session = await sessions.signedSession(event);
      if (!session) throw unauthorized(event);
      event.signedSession = session;
    },
  };
}

/**
 * Sets `request.session`, or throws a 401 if the session of the token is revoked. Renews a cookie that is more than an
 * hour old. Must run after `requireToken`.
 */
export function requireSession(
  sessions: Sessions,
): NetworkCheck<RequestWithToken & { session: Session }> {
  return {
    async before({ event }) {
      if (await sessions.isRevoked(event.signedSession)) throw unauthorized(event);
      const renewed = await sessions.renew(event.signedSession, event.headers["user-agent"]);
      if (renewed) addResponseCookie(event, sessions.cookie.holding(renewed.token));
      event.session = renewed?.session ?? event.signedSession;
    },
  };
}

export function unauthorized({ receivedBy }: HttpRequest): HttpProblem {
  return receivedBy === "function-url"
    ? new HttpProblem("unauthorized", 401, "Send a valid token as Authorization: Bearer <token>.", {
        headers: { "www-authenticate": "Bearer" },
      })
    : new HttpProblem("unauthorized", 401, "Sign in to continue.");
}
