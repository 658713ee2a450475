import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { requireOfferedModel } from "#lib/budget/require-offered-model.ts";
import { acceptMessage } from "#lib/chat/accept-message.ts";
import { startTurnRun } from "#lib/chat/start-turn-run.ts";
import type { SendTurnRun } from "#lib/chat/turn-run-event.ts";
import { chatRequestUpTo } from "#lib/contract/chat.ts";
import { maxChatRequestBytes } from "#lib/contract/message-limit.ts";
import type { TurnStore } from "#lib/conversations/turn-store.ts";
import { requireCaller, requireCredential } from "#lib/keys/require-caller.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { readIdempotencyKey } from "#lib/platform/http/idempotency-key.ts";
import { parseBody } from "#lib/platform/http/parse-request.ts";
import { prefersAsync } from "#lib/platform/http/prefers-async.ts";
import { setResponseHeaders } from "#lib/platform/http/response-headers.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { CallerRouteDependencies } from "../dependencies.ts";

interface ChatPostDependencies extends CallerRouteDependencies {
  turns: Pick<TurnStore, "accept">;
  sendTurnRun: SendTurnRun;
  messageLimit: number;
  /** The models that a conversation may choose. */
  offeredModelIds: readonly string[];
}

/**
 * `POST /api/v1/chat`: accepts a message. A later `GET` of the returned `stream_url` runs its turn. With
 * `Prefer: respond-async` the turn runs without any further request.
 */
export function createChatPost(dependencies: ChatPostDependencies) {
  const { telemetry, publicOrigin, bucket, addressOf, messageLimit, offeredModelIds } =
    dependencies;
  return defineRoute("chat-post", telemetry)
    .use(requireCredential(dependencies))
    .use(refuseCrossSite(publicOrigin))
    .use(parseBody(chatRequestUpTo(messageLimit), { maxBytes: maxChatRequestBytes }))
    .use(requireOfferedModel(offeredModelIds))
    .use(sideBySide(requireCaller(dependencies, "chat"), limitRate(bucket, addressOf)))
    .handler(async (request) => {
      const { owner } = request.caller;
      const accepted = await acceptMessage(dependencies, {
        ...request.caller,
        body: request.body,
        idempotencyKey: readIdempotencyKey(request),
      });
      if (prefersAsync(request.headers.prefer)) {
        await startTurnRun(dependencies, owner, accepted);
        setResponseHeaders(request, { "preference-applied": "respond-async" });
      }
      return json(200, accepted);
    });
}
