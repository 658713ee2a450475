import { requireSession } from "#lib/auth/require-session.ts";
import type { Me } from "#lib/contract/session.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { json } from "#lib/platform/http/http-response.ts";
import type { SessionParts } from "../parts.ts";

/** `GET /api/me`: who the caller is, or 401. */
export function createMe(parts: SessionParts) {
  return defineRoute("me", parts.telemetry)
    .use(requireSession(parts.sessions))
    .handler(async ({ session }) => {
      const me: Me = {
        authenticated: true,
        subject: session.subject,
        expires_at: session.expiresAt.toISOString(),
      };
      return json(200, me);
    });
}
