import { requireSession, requireToken } from "#lib/auth/require-session.ts";
import { ShareListQuery } from "#lib/contract/share.ts";
import { type ShareStore, withLink } from "#lib/conversations/share-store.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { parseQuery } from "#lib/platform/http/parse-request.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { LimitedDependencies } from "../dependencies.ts";

type ShareListDependencies = LimitedDependencies & { shares: Pick<ShareStore, "list"> };

/** `GET /api/v1/shares`: returns the owner's links, newest first, of one conversation or of all. */
export function createShareList(dependencies: ShareListDependencies) {
  const { telemetry, sessions, publicOrigin, bucket, addressOf, shares } = dependencies;
  return defineRoute("share-list", telemetry)
    .use(requireToken(sessions))
    .use(parseQuery(ShareListQuery))
    .use(sideBySide(requireSession(sessions), limitRate(bucket, addressOf)))
    .handler(async ({ session, query }) => {
      const listed = await shares.list({
        owner: session.owner,
        conversationId: query.conversation_id,
      });
      return json(200, { shares: listed.map((share) => withLink(share, publicOrigin)) });
    });
}
