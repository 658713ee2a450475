import { requireSession } from "#lib/auth/require-session.ts";
import type { Me } from "#lib/contract/session.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { json } from "#lib/platform/http/http-response.ts";
import type { SessionParts } from "../parts.ts";

/** `GET /api/me`: who the caller is, and how long a message may be; or 401. */
export function createMe(parts: SessionParts & { messageLimit: number }) {
  return defineRoute("me", parts.telemetry)
    .use(requireSession(parts.sessions))
    .handler(async ({ session }) => {
      const me: Me = {
        authenticated: true,
        subject: session.owner,
        expires_at: session.expiresAt.toISOString(),
        message_limit: parts.messageLimit,
      };
      return json(200, me);
    });
}
