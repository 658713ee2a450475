import { ConversationListQuery } from "#lib/contract/conversation.ts";
import type { ConversationStore } from "#lib/conversations/conversation-store.ts";
import { requireCaller, requireCredential } from "#lib/keys/require-caller.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { parseQuery } from "#lib/platform/http/parse-request.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { CallerRouteDependencies } from "../dependencies.ts";

type ConversationListDependencies = CallerRouteDependencies & { conversations: ConversationStore };

/** `GET /api/v1/conversations`: returns one page of the owner's conversations, newest first. */
export function createConversationList(dependencies: ConversationListDependencies) {
  const { telemetry, bucket, addressOf, conversations } = dependencies;
  return defineRoute("conversation-list", telemetry)
    .use(requireCredential(dependencies))
    .use(parseQuery(ConversationListQuery))
    .use(sideBySide(requireCaller(dependencies, "chat"), limitRate(bucket, addressOf)))
    .handler(async ({ caller, query }) => {
      const { q: search, archived, ...position } = query;
      const page = await conversations.list({
        ...{ owner: caller.owner, search, archived: archived === "true" },
        ...position,
      });
      if (!page) {
        throw new HttpProblem(
          "bad_request",
          400,
          "cursor must be the next_cursor of another page.",
          {
            field: "cursor",
          },
        );
      }
      return json(200, page);
    });
}
