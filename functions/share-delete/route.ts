import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { requireSession, requireToken } from "#lib/auth/require-session.ts";
import { SharePath } from "#lib/contract/share.ts";
import type { ShareStore } from "#lib/conversations/share-store.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { noContent } from "#lib/platform/http/http-response.ts";
import { parsePath } from "#lib/platform/http/parse-request.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { LimitedDependencies } from "../dependencies.ts";

type ShareDeleteDependencies = LimitedDependencies & { shares: Pick<ShareStore, "delete"> };

/** `DELETE /api/v1/shares/{id}`: revokes a link at once. */
export function createShareDelete(dependencies: ShareDeleteDependencies) {
  const { telemetry, sessions, publicOrigin, bucket, addressOf, shares } = dependencies;
  return defineRoute("share-delete", telemetry)
    .use(requireToken(sessions))
    .use(refuseCrossSite(publicOrigin))
    .use(parsePath(SharePath))
    .use(sideBySide(requireSession(sessions), limitRate(bucket, addressOf)))
    .handler(async ({ session, params }) => {
      const wasDeleted = await shares.delete({ owner: session.owner, id: params.id });
      if (!wasDeleted) throw new HttpProblem("not_found", 404, "Link not found, or not yours.");
      return noContent();
    });
}
