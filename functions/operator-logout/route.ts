import type { OperatorSessions } from "#lib/auth/operator-session.ts";
import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { noContent } from "#lib/platform/http/http-response.ts";
import { addResponseCookie } from "#lib/platform/http/response-headers.ts";
import type { RequestTelemetry } from "#lib/platform/telemetry.ts";

interface OperatorLogoutDependencies {
  telemetry: RequestTelemetry;
  operators: Pick<OperatorSessions, "revoke" | "removedCookie">;
  publicOrigin: string | undefined;
}

/** `POST /api/operator/logout`: revokes the operator's session and deletes its cookie. A second call does the same. */
export function createOperatorLogout(dependencies: OperatorLogoutDependencies) {
  const { telemetry, operators, publicOrigin } = dependencies;
  return defineRoute("operator-logout", telemetry)
    .use(refuseCrossSite(publicOrigin))
    .handler(async (request) => {
      // Set first, so that the browser deletes its token even if the session cannot be revoked now.
      addResponseCookie(request, operators.removedCookie());
      await operators.revoke(request);
      return noContent();
    });
}
