import { requireSession } from "#lib/auth/require-session.ts";
import { ConversationListQuery } from "#lib/contract/conversation.ts";
import type { ConversationStore } from "#lib/conversations/conversation-store.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { parseQuery } from "#lib/platform/http/parse-request.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { LimitedParts } from "../parts.ts";

type ConversationListParts = LimitedParts & { conversations: ConversationStore };

/** `GET /api/v1/conversations`: the visitor's conversations, newest first, in pages. */
export function createConversationList(parts: ConversationListParts) {
  return defineRoute("conversation-list", parts.telemetry)
    .use(requireSession(parts.sessions))
    .use(parseQuery(ConversationListQuery))
    .use(limitRate(parts.bucket, parts.addressOf))
    .handler(async ({ session, query }) => {
      const { q: search, ...place } = query;
      const page = await parts.conversations.list({ owner: session.owner, search, ...place });
      if (!page) {
        throw new HttpProblem("bad_request", 400, "cursor: is not a cursor of ours.", {
          field: "cursor",
        });
      }
      return json(200, page);
    });
}
