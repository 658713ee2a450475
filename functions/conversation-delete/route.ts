import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { ConversationPath } from "#lib/contract/conversation.ts";
import type { ConversationStore } from "#lib/conversations/conversation-store.ts";
import { requireCaller, requireCredential } from "#lib/keys/require-caller.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { noContent } from "#lib/platform/http/http-response.ts";
import { parsePath } from "#lib/platform/http/parse-request.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { CallerRouteDependencies } from "../dependencies.ts";

type ConversationDeleteDependencies = CallerRouteDependencies & {
  conversations: ConversationStore;
};

/** `DELETE /api/v1/conversations/{id}`: deletes a conversation with its turns and its thread, even while a turn runs. */
export function createConversationDelete(dependencies: ConversationDeleteDependencies) {
  const { telemetry, publicOrigin, bucket, addressOf, conversations } = dependencies;
  return defineRoute("conversation-delete", telemetry)
    .use(requireCredential(dependencies))
    .use(refuseCrossSite(publicOrigin))
    .use(parsePath(ConversationPath))
    .use(sideBySide(requireCaller(dependencies, "chat"), limitRate(bucket, addressOf)))
    .handler(async ({ caller, params }) => {
      const wasDeleted = await conversations.delete({ owner: caller.owner, id: params.id });
      if (!wasDeleted)
        throw new HttpProblem("not_found", 404, "Conversation not found, or not yours.");
      return noContent();
    });
}
