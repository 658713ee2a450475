import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { requireSession } from "#lib/auth/require-session.ts";
import { acceptMessage } from "#lib/chat/accept-message.ts";
import { chatRequestUpTo } from "#lib/contract/chat.ts";
import { maxChatRequestBytes } from "#lib/contract/message-limit.ts";
import type { TurnStore } from "#lib/conversations/turn-store.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { parseBody } from "#lib/platform/http/parse-request.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { LimitedParts } from "../parts.ts";

interface ChatPostParts extends LimitedParts {
  turns: Pick<TurnStore, "accept">;
  messageLimit: number;
}

/** `POST /api/v1/chat`: accepts a message; the answer is made by whoever asks for its stream. */
export function createChatPost(parts: ChatPostParts) {
  return defineRoute("chat-post", parts.telemetry)
    .use(requireSession(parts.sessions))
    .use(refuseCrossSite(parts.publicOrigin))
    .use(parseBody(chatRequestUpTo(parts.messageLimit), { maxBytes: maxChatRequestBytes }))
    .use(limitRate(parts.bucket, parts.addressOf))
    .handler(async (request) => json(200, await acceptMessage(parts, request)));
}
