import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { noContent } from "#lib/platform/http/http-response.ts";
import type { SessionParts } from "../parts.ts";

/** `POST /api/logout`: ends the session on the server and takes the cookie away, however often it is asked. */
export function createLogout({ telemetry, sessions, publicOrigin }: SessionParts) {
  return defineRoute("logout", telemetry)
    .use(refuseCrossSite(publicOrigin))
    .handler(async (request) => {
      // First, so that the browser forgets its token even if nobody can end the session now.
      request.responseCookies.push(sessions.cookie.removed());
      const session = await sessions.formerSession(request);
      if (session) await sessions.revoke(session);
      return noContent();
    });
}
