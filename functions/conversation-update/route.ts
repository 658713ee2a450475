import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { requireOfferedModel } from "#lib/budget/require-offered-model.ts";
import { ConversationPath, conversationUpdateUpTo, maxPinned } from "#lib/contract/conversation.ts";
import { maxChatRequestBytes } from "#lib/contract/message-limit.ts";
import type { ConversationStore } from "#lib/conversations/conversation-store.ts";
import type { Update } from "#lib/conversations/update-conversation.ts";
import { requireCaller, requireCredential } from "#lib/keys/require-caller.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { parseBody, parsePath } from "#lib/platform/http/parse-request.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { CallerRouteDependencies } from "../dependencies.ts";

type ConversationUpdateDependencies = CallerRouteDependencies & {
  conversations: ConversationStore;
  /** The longest message, in UTF-16 units. */
  messageLimit: number;
  /** The models that a conversation may choose. */
  offeredModelIds: readonly string[];
};

/** `PATCH /api/v1/conversations/{id}`: changes what the body names, and returns the conversation. */
export function createConversationUpdate(dependencies: ConversationUpdateDependencies) {
  const { telemetry, publicOrigin, bucket, addressOf, conversations } = dependencies;
  const { messageLimit, offeredModelIds } = dependencies;
  return defineRoute("conversation-update", telemetry)
    .use(requireCredential(dependencies))
    .use(refuseCrossSite(publicOrigin))
    .use(parsePath(ConversationPath))
    .use(parseBody(conversationUpdateUpTo(messageLimit), { maxBytes: maxChatRequestBytes }))
    .use(requireOfferedModel(offeredModelIds))
    .use(sideBySide(requireCaller(dependencies, "chat"), limitRate(bucket, addressOf)))
    .handler(async ({ caller, params, body }) => {
      const update = await conversations.update({ ...body, owner: caller.owner, id: params.id });
      if (update.outcome !== "updated") throw problemOf(update.outcome);
      return json(200, update.conversation);
    });
}

function problemOf(refusal: Exclude<Update["outcome"], "updated">): HttpProblem {
  switch (refusal) {
    case "unknown":
      return new HttpProblem("not_found", 404, "Conversation not found, or not yours.");
    case "turn_open":
      return new HttpProblem(
        "turn_open",
        409,
        "This message is still being answered. Stop it or wait for its end, then change it.",
      );
    case "too_many_edits":
      return new HttpProblem(
        "too_many_edits",
        409,
        "This message was changed too often. Send the new text as a new version.",
      );
    case "too_many_pinned":
      return new HttpProblem(
        "too_many_pinned",
        409,
        `You can pin ${maxPinned} conversations. Unpin one first.`,
      );
    case "storage_full":
      return new HttpProblem(
        "storage_full",
        413,
        "Your storage is full. Delete some conversations, then try again.",
      );
  }
}
