import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { requireSession } from "#lib/auth/require-session.ts";
import { ConversationPath } from "#lib/contract/conversation.ts";
import type { ConversationStore } from "#lib/conversations/conversation-store.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { noContent } from "#lib/platform/http/http-response.ts";
import { parsePath } from "#lib/platform/http/parse-request.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { LimitedParts } from "../parts.ts";

type ConversationDeleteParts = LimitedParts & { conversations: ConversationStore };

/** `DELETE /api/v1/conversations/{id}`: the conversation, its turns and its thread, even while one runs. */
export function createConversationDelete(parts: ConversationDeleteParts) {
  return defineRoute("conversation-delete", parts.telemetry)
    .use(requireSession(parts.sessions))
    .use(refuseCrossSite(parts.publicOrigin))
    .use(parsePath(ConversationPath))
    .use(limitRate(parts.bucket, parts.addressOf))
    .handler(async ({ session, params }) => {
      const deleted = await parts.conversations.delete({
        owner: session.owner,
        id: params.id,
      });
      if (!deleted) throw new HttpProblem("not_found", 404, "There is no such conversation.");
      return noContent();
    });
}
