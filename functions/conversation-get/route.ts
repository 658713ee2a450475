import { requireSession } from "#lib/auth/require-session.ts";
import { ConversationPath, ConversationQuery } from "#lib/contract/conversation.ts";
import type { ConversationStore } from "#lib/conversations/conversation-store.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { parsePath, parseQuery } from "#lib/platform/http/parse-request.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { LimitedParts } from "../parts.ts";

type ConversationGetParts = LimitedParts & { conversations: ConversationStore };

/** `GET /api/v1/conversations/{id}`: title and turns, what a reload shows, in pages. */
export function createConversationGet(parts: ConversationGetParts) {
  return defineRoute("conversation-get", parts.telemetry)
    .use(requireSession(parts.sessions))
    .use(parsePath(ConversationPath))
    .use(parseQuery(ConversationQuery))
    .use(limitRate(parts.bucket, parts.addressOf))
    .handler(async ({ session, params, query }) => {
      const conversation = await parts.conversations.get({
        owner: session.owner,
        id: params.id,
        ...query,
      });
      if (!conversation) throw new HttpProblem("not_found", 404, "There is no such conversation.");
      return json(200, conversation);
    });
}
