import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { noContent } from "#lib/platform/http/http-response.ts";
import { addResponseCookie } from "#lib/platform/http/response-headers.ts";
import type { SessionParts } from "../parts.ts";

/** `POST /api/logout`: ends the session on the server and takes the cookie away, however often it is asked. */
export function createLogout({ telemetry, sessions, publicOrigin }: SessionParts) {
  return defineRoute("logout", telemetry)
    .use(refuseCrossSite(publicOrigin))
    .handler(async (request) => {
      // Set before anything can fail, so that the browser forgets its token even if the session cannot be ended now.
      addResponseCookie(request, sessions.cookie.removed());
      const session = await sessions.formerSession(request);
      if (session) await sessions.revoke(session);
      return noContent();
    });
}
