import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { requireSession, requireToken } from "#lib/auth/require-session.ts";
import { ConversationPath, ConversationUpdate } from "#lib/contract/conversation.ts";
import type { ConversationStore } from "#lib/conversations/conversation-store.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { parseBody, parsePath } from "#lib/platform/http/parse-request.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { LimitedDependencies } from "../dependencies.ts";

type ConversationUpdateDependencies = LimitedDependencies & { conversations: ConversationStore };

/** `PATCH /api/v1/conversations/{id}`: changes a conversation's title and returns the conversation. */
export function createConversationUpdate(dependencies: ConversationUpdateDependencies) {
  const { telemetry, sessions, publicOrigin, bucket, addressOf, conversations } = dependencies;
  return defineRoute("conversation-update", telemetry)
    .use(requireToken(sessions))
    .use(refuseCrossSite(publicOrigin))
    .use(parsePath(ConversationPath))
    .use(parseBody(ConversationUpdate))
    .use(sideBySide(requireSession(sessions), limitRate(bucket, addressOf)))
    .handler(async ({ session, params, body }) => {
      if (body.title === undefined) {
        throw new HttpProblem("bad_request", 400, "title is missing.", { field: "title" });
      }
      const conversation = await conversations.rename({
        owner: session.owner,
        id: params.id,
        title: body.title,
      });
      if (!conversation)
        throw new HttpProblem("not_found", 404, "Conversation not found, or not yours.");
      return json(200, conversation);
    });
}
