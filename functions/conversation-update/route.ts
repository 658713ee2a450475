import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { requireSession } from "#lib/auth/require-session.ts";
import { ConversationPath, ConversationUpdate } from "#lib/contract/conversation.ts";
import type { ConversationStore } from "#lib/conversations/conversation-store.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { parseBody, parsePath } from "#lib/platform/http/parse-request.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { LimitedParts } from "../parts.ts";

type ConversationUpdateParts = LimitedParts & { conversations: ConversationStore };

/** `PATCH /api/v1/conversations/{id}`: gives a conversation another title. */
export function createConversationUpdate(parts: ConversationUpdateParts) {
  return defineRoute("conversation-update", parts.telemetry)
    .use(requireSession(parts.sessions))
    .use(refuseCrossSite(parts.publicOrigin))
    .use(parsePath(ConversationPath))
    .use(parseBody(ConversationUpdate))
    .use(limitRate(parts.bucket, parts.addressOf))
    .handler(async ({ session, params, body }) => {
      const conversation = await parts.conversations.rename({
        owner: session.owner,
        id: params.id,
        title: body.title,
      });
      if (!conversation) throw new HttpProblem("not_found", 404, "There is no such conversation.");
      return json(200, conversation);
    });
}
