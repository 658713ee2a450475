import { AiSdkChatPath } from "#lib/contract/ai-sdk.ts";
import { ConversationQuery } from "#lib/contract/conversation.ts";
import type { ConversationStore } from "#lib/conversations/conversation-store.ts";
import { uiMessagesOf } from "#lib/facades/ai-sdk-messages.ts";
import { sentence } from "#lib/facades/facade-problem.ts";
import { findForeign } from "#lib/facades/foreign-id.ts";
import { requireCaller, requireCredential } from "#lib/keys/require-caller.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { parsePath, parseQuery } from "#lib/platform/http/parse-request.ts";
import { setResponseHeaders } from "#lib/platform/http/response-headers.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { CallerRouteDependencies } from "../dependencies.ts";

type AiSdkMessagesDependencies = CallerRouteDependencies & {
  conversations: Pick<ConversationStore, "get">;
};

/**
 * `GET /api/ai-sdk/chat/{id}`: returns one page of a chat's messages, for `useChat` to begin with. A chat that the owner does
 * not have is empty, because a page loads a chat before its first message. `Link` names the page before (RFC 8288).
 */
export function createAiSdkMessages(dependencies: AiSdkMessagesDependencies) {
  const { telemetry, bucket, addressOf, conversations } = dependencies;
  return defineRoute("ai-sdk-messages", telemetry, sentence)
    .use(requireCredential(dependencies, { cookies: false }))
    .use(parsePath(AiSdkChatPath))
    .use(parseQuery(ConversationQuery))
    .use(sideBySide(requireCaller(dependencies, "chat"), limitRate(bucket, addressOf)))
    .handler(async (request) => {
      const { owner } = request.caller;
      const foreign = { owner, protocol: "ai-sdk", id: request.params.id, field: "id" } as const;
      const found = await findForeign(foreign, (id) =>
        conversations.get({ owner, id, ...request.query }),
      );
      if (found?.earlier_cursor) {
        setResponseHeaders(request, { link: `<?before=${found.earlier_cursor}>; rel="prev"` });
      }
      return json(200, uiMessagesOf(found?.turns ?? []));
    });
}
