import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { requireSession, requireToken } from "#lib/auth/require-session.ts";
import { ShareCreate } from "#lib/contract/share.ts";
import { maxShares, type ShareStore, withLink } from "#lib/conversations/share-store.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { parseBody } from "#lib/platform/http/parse-request.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { LimitedDependencies } from "../dependencies.ts";

type ShareCreateDependencies = LimitedDependencies & { shares: Pick<ShareStore, "create"> };

/** `POST /api/v1/shares`: makes a read-only link to a branch of a conversation as it is now. */
export function createShareCreate(dependencies: ShareCreateDependencies) {
  const { telemetry, sessions, publicOrigin, bucket, addressOf, shares } = dependencies;
  return defineRoute("share-create", telemetry)
    .use(requireToken(sessions))
    .use(refuseCrossSite(publicOrigin))
    .use(parseBody(ShareCreate))
    .use(sideBySide(requireSession(sessions), limitRate(bucket, addressOf)))
    .handler(async ({ session, body }) => {
      const creation = await shares.create({
        owner: session.owner,
        conversationId: body.conversation_id,
        turnId: body.turn_id,
        expiresInDays: body.expires_in_days,
        withTools: body.with_tools,
      });
      if (creation.outcome !== "created") throw refusals[creation.outcome]();
      return json(200, withLink(creation.share, publicOrigin));
    });
}

const refusals = {
  unknown: () => new HttpProblem("not_found", 404, "Conversation not found, or not yours."),
  turn_open: () =>
    new HttpProblem("turn_open", 409, "This answer has not ended. Share it when it has."),
  too_many_shares: () =>
    new HttpProblem(
      "too_many_shares",
      409,
      `You have ${maxShares} links, which is the most. Delete one first.`,
    ),
};
