import type { Context } from "aws-lambda";
import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { requireOfferedModel } from "#lib/budget/require-offered-model.ts";
import { acceptAndClaimMessage } from "#lib/chat/accept-message.ts";
import type { ThreadClaim } from "#lib/chat/claim-with-thread.ts";
import { linkApprovals } from "#lib/chat/link-approvals.ts";
import { openStream, refuseWithoutBudget, unknownTurn } from "#lib/chat/open-stream.ts";
import type { StreamTarget } from "#lib/chat/stream-turns.ts";
import { ChatStreamQuery, chatRequestUpTo } from "#lib/contract/chat.ts";
import { maxChatRequestBytes } from "#lib/contract/message-limit.ts";
import { endOfTurnId, waitingId } from "#lib/contract/stream-event.ts";
import {
  type RequestWithCredential,
  requireCaller,
  requireCredential,
} from "#lib/keys/require-caller.ts";
import { untilRevoked } from "#lib/keys/until-revoked.ts";
import { acceptsGzip } from "#lib/platform/http/accepts-gzip.ts";
import { defineStreamRoute } from "#lib/platform/http/define-route.ts";
import type { HttpRequest } from "#lib/platform/http/http-request.ts";
import { json, noContent } from "#lib/platform/http/http-response.ts";
import { readIdempotencyKey } from "#lib/platform/http/idempotency-key.ts";
import { parseBody, parseQuery } from "#lib/platform/http/parse-request.ts";
import { prefersMediaType } from "#lib/platform/http/prefers-media-type.ts";
import { setResponseHeaders } from "#lib/platform/http/response-headers.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import type { Bucket } from "#lib/rate-limit/bucket.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import { eventStreamResponse } from "#lib/sse/event-stream-response.ts";
import type { TurnRouteDependencies } from "../turn-dependencies.ts";

interface ChatStreamDependencies extends TurnRouteDependencies {
  getBucket: Bucket;
  postBucket: Bucket;
  /** The models that a conversation may choose. */
  offeredModelIds: readonly string[];
}

/** `GET /api/v1/chat`: streams the queued and running turns, or returns a turn's state to clients that prefer JSON. */
export function createChatStream(dependencies: ChatStreamDependencies) {
  const { telemetry, publicOrigin, getBucket, addressOf, turns } = dependencies;
  return defineStreamRoute("chat-stream", telemetry)
    .use(requireCredential(dependencies))
    .use(refuseCrossSite(publicOrigin))
    .use(parseQuery(ChatStreamQuery))
    .use(sideBySide(requireCaller(dependencies, "chat"), limitRate(getBucket, addressOf)))
    .handler(async (request, context) => {
      const { headers, query, caller } = request;
      const target = {
        owner: caller.owner,
        conversationId: query.conversation_id,
        turnId: query.turn_id,
      };
      if (prefersMediaType(headers.accept, "application/json", "text/event-stream")) {
        const watched = await turns.watch(target);
        if (!watched) throw unknownTurn();
        return json(200, await linkApprovals(watched.turn, dependencies));
      }
      const claim = await dependencies.claim(target);
      if (hasReceivedTheLast(claim, headers["last-event-id"])) return noContent();
      return streamResponse(dependencies, target, claim, request, context);
    });
}

/**
 * `POST /api/v1/chat/stream`, and `POST /api/v1/chat` on the function URL: accepts a message and streams its turn in one
 * request. `Content-Location` names the address where a later GET resumes this stream (RFC 9110, 8.7), and
 * `Idempotent-Replayed` is `true` for a turn that an earlier request with the same key has begun.
 */
export function createAcceptAndStream(dependencies: ChatStreamDependencies) {
  const { telemetry, publicOrigin, postBucket, addressOf, messageLimit, offeredModelIds } =
    dependencies;
  return defineStreamRoute("chat-accept-and-stream", telemetry)
    .use(requireCredential(dependencies))
    .use(refuseCrossSite(publicOrigin))
    .use(parseBody(chatRequestUpTo(messageLimit), { maxBytes: maxChatRequestBytes }))
    .use(requireOfferedModel(offeredModelIds))
    .use(sideBySide(requireCaller(dependencies, "chat"), limitRate(postBucket, addressOf)))
    .handler(async (request, context) => {
      const { owner } = request.caller;
      const { accepted, claim } = await acceptAndClaimMessage(dependencies, {
        ...request.caller,
        body: request.body,
        idempotencyKey: readIdempotencyKey(request),
      });
      setResponseHeaders(request, {
        "content-location": accepted.stream_url,
        "idempotent-replayed": String(accepted.replayed),
      });
      const target = {
        owner,
        conversationId: accepted.conversation_id,
        turnId: accepted.turn_id,
      };
      if (claim.outcome === "idle") refuseWithoutBudget(claim.turn);
      return streamResponse(dependencies, target, claim, request, context);
    });
}

function streamResponse(
  dependencies: ChatStreamDependencies,
  target: StreamTarget,
  claim: ThreadClaim,
  request: RequestWithCredential,
  context: Context,
) {
  const events = openStream(dependencies, target, claim, {
    requestId: request.requestId,
    remainingMs: () => context.getRemainingTimeInMillis(),
  });
  if (!events) return noContent();
  return eventStreamResponse(untilRevoked(dependencies, request, events), {
    coding: codingOf(request),
  });
}

/** API Gateway would have to pass bytes through that are no UTF-8, and CloudFront does not forward `Accept-Encoding`. */
const codingOf = ({ receivedBy, headers }: HttpRequest) =>
  receivedBy === "function-url" && acceptsGzip(headers["accept-encoding"]) ? "gzip" : "identity";

/**
 * A client that reconnects after the newest turn's last event, or after the `waiting` event of a parking that still lasts,
 * gets a 204, so that it does not reconnect again.
 */
function hasReceivedTheLast(claim: ThreadClaim, lastEventId: string | undefined): boolean {
  switch (claim.outcome) {
    case "idle":
      return lastEventId === endOfTurnId(claim.turn.turn_id);
    case "waiting":
      return lastEventId === waitingId(claim.turn.turn_id, claim.turn.parkings);
    default:
      return false;
  }
}
