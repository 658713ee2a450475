import { ConversationPath, ConversationQuery } from "#lib/contract/conversation.ts";
import type { ConversationStore } from "#lib/conversations/conversation-store.ts";
import { requireCaller, requireCredential } from "#lib/keys/require-caller.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { parsePath, parseQuery } from "#lib/platform/http/parse-request.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { CallerRouteDependencies } from "../dependencies.ts";

type ConversationGetDependencies = CallerRouteDependencies & { conversations: ConversationStore };

/** `GET /api/v1/conversations/{id}`: returns a conversation's title and one page of its turns. */
export function createConversationGet(dependencies: ConversationGetDependencies) {
  const { telemetry, bucket, addressOf, conversations } = dependencies;
  return defineRoute("conversation-get", telemetry)
    .use(requireCredential(dependencies))
    .use(parsePath(ConversationPath))
    .use(parseQuery(ConversationQuery))
    .use(sideBySide(requireCaller(dependencies, "chat"), limitRate(bucket, addressOf)))
    .handler(async ({ caller, params, query }) => {
      const conversation = await conversations.get({
        owner: caller.owner,
        id: params.id,
        ...query,
      });
      if (!conversation)
        throw new HttpProblem("not_found", 404, "Conversation not found, or not yours.");
      return json(200, conversation);
    });
}
