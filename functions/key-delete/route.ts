import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { requireSession, requireToken } from "#lib/auth/require-session.ts";
import { ApiKeyPath } from "#lib/contract/api-key.ts";
import type { ApiKeyStore } from "#lib/keys/api-key-store.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { noContent } from "#lib/platform/http/http-response.ts";
import { parsePath } from "#lib/platform/http/parse-request.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { LimitedDependencies } from "../dependencies.ts";

type KeyDeleteDependencies = LimitedDependencies & { keys: Pick<ApiKeyStore, "revoke"> };

/** `DELETE /api/v1/keys/{id}`: revokes a key. Within a minute it opens nothing any more, and its streams end. */
export function createKeyDelete(dependencies: KeyDeleteDependencies) {
  const { telemetry, sessions, publicOrigin, bucket, addressOf, keys } = dependencies;
  return defineRoute("key-delete", telemetry)
    .use(requireToken(sessions))
    .use(refuseCrossSite(publicOrigin))
    .use(parsePath(ApiKeyPath))
    .use(sideBySide(requireSession(sessions), limitRate(bucket, addressOf)))
    .handler(async ({ session, params }) => {
      const { id } = params;
      if (!(await keys.revoke({ owner: session.owner, id }))) {
        throw new HttpProblem("not_found", 404, "Key not found, or not yours.");
      }
      telemetry.info("key.revoked", { key_id: id });
      return noContent();
    });
}
