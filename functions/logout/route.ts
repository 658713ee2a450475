import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { noContent } from "#lib/platform/http/http-response.ts";
import { addResponseCookie } from "#lib/platform/http/response-headers.ts";
import type { SessionDependencies } from "../dependencies.ts";

/** `POST /api/logout`: revokes the session and deletes the cookie. A second call does the same. */
export function createLogout({ telemetry, sessions, publicOrigin }: SessionDependencies) {
  return defineRoute("logout", telemetry)
    .use(refuseCrossSite(publicOrigin))
    .handler(async (request) => {
      // Set first, so that the browser deletes its token even if the session cannot be revoked now.
      addResponseCookie(request, sessions.cookie.removed());
      const session = await sessions.formerSession(request);
      if (session) await sessions.revoke(session);
      return noContent();
    });
}
