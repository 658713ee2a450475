import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { requireSession, requireToken } from "#lib/auth/require-session.ts";
import { ConversationImport, maxImportBytes } from "#lib/contract/conversation-import.ts";
import type { ImportConversation } from "#lib/conversations/import-conversation.ts";
import { noRoomForCopy } from "#lib/conversations/no-room-for-copy.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { readIdempotencyKey } from "#lib/platform/http/idempotency-key.ts";
import { parseBody } from "#lib/platform/http/parse-request.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { LimitedDependencies } from "../dependencies.ts";

type ConversationImportDependencies = LimitedDependencies & {
  importConversation: ImportConversation;
};

/** `POST /api/v1/conversations`: stores a conversation from elsewhere. Its texts are data: nothing in them runs. */
export function createConversationImport(dependencies: ConversationImportDependencies) {
  const { telemetry, sessions, publicOrigin, bucket, addressOf, importConversation } = dependencies;
  return defineRoute("conversation-import", telemetry)
    .use(requireToken(sessions))
    .use(refuseCrossSite(publicOrigin))
    .use(parseBody(ConversationImport, { maxBytes: maxImportBytes }))
    .use(sideBySide(requireSession(sessions), limitRate(bucket, addressOf)))
    .handler(async (request) => {
      const stored = await importConversation({
        ...request.body,
        owner: request.session.owner,
        idempotencyKey: readIdempotencyKey(request),
      });
      if (stored.outcome !== "imported") throw noRoomForCopy(stored.outcome);
      return json(200, { conversation_id: stored.conversationId });
    });
}
