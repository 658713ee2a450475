import { randomUUID } from "node:crypto";
import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { requireSession, requireToken } from "#lib/auth/require-session.ts";
import { SharedPath } from "#lib/contract/share.ts";
import { noRoomForCopy } from "#lib/conversations/no-room-for-copy.ts";
import type { ShareStore } from "#lib/conversations/share-store.ts";
import { unknownLink } from "#lib/conversations/unknown-link.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { parsePath } from "#lib/platform/http/parse-request.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { LimitedDependencies } from "../dependencies.ts";

type SharedCopyDependencies = LimitedDependencies & { shares: Pick<ShareStore, "copy"> };

/** `POST /api/v1/shared/{token}/copy`: copies what a link shows into a conversation of the caller. */
export function createSharedCopy(dependencies: SharedCopyDependencies) {
  const { telemetry, sessions, publicOrigin, bucket, addressOf, shares } = dependencies;
  return defineRoute("shared-copy", telemetry)
    .use(requireToken(sessions))
    .use(refuseCrossSite(publicOrigin))
    .use(parsePath(SharedPath))
    .use(sideBySide(requireSession(sessions), limitRate(bucket, addressOf)))
    .handler(async ({ session, params }) => {
      const conversationId = randomUUID();
      const { owner } = session;
      const outcome = await shares.copy({ token: params.token, owner, conversationId });
      if (outcome === "unknown") throw unknownLink();
      if (outcome !== "copied") throw noRoomForCopy(outcome);
      return json(200, { conversation_id: conversationId });
    });
}
