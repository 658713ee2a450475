import type { Context } from "aws-lambda";
import type { Agent } from "#lib/agent/agent.ts";
import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { requireSession } from "#lib/auth/require-session.ts";
import { acceptMessage } from "#lib/chat/accept-message.ts";
import type { ClaimWithThread, ThreadClaim } from "#lib/chat/claim-with-thread.ts";
import { endWithError } from "#lib/chat/end-with-error.ts";
import { type Asked, streamTurns } from "#lib/chat/stream-turns.ts";
import { ChatStreamQuery, chatRequestUpTo } from "#lib/contract/chat.ts";
import { maxChatRequestBytes } from "#lib/contract/message-limit.ts";
import { endOfTurnId } from "#lib/contract/stream-event.ts";
import type { TurnStore } from "#lib/conversations/turn-store.ts";
import { defineStreamRoute } from "#lib/platform/http/define-route.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { json, noContent } from "#lib/platform/http/http-response.ts";
import { parseBody, parseQuery } from "#lib/platform/http/parse-request.ts";
import { prefersMediaType } from "#lib/platform/http/prefers-media-type.ts";
import type { Bucket } from "#lib/rate-limit/bucket.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import { eventStreamResponse } from "#lib/sse/event-stream-response.ts";
import type { LimitedParts } from "../parts.ts";

interface ChatStreamParts extends Omit<LimitedParts, "bucket"> {
  turns: TurnStore;
  claim: ClaimWithThread;
  loadAgent: () => Promise<Agent>;
  getBucket: Bucket;
  postBucket: Bucket;
  turnDeadlineSeconds: number;
  messageLimit: number;
}

/** Kept free at the end of an invocation, to store what there is. */
const marginMs = 20_000;
const pollMs = 500;
const maxSummaryMs = 60_000;

/** `GET /api/v1/chat`: runs the queued turns, or follows the one running; JSON on request. */
export function createChatStream(parts: ChatStreamParts) {
  return defineStreamRoute("chat-stream", parts.telemetry)
    .use(requireSession(parts.sessions))
    .use(refuseCrossSite(parts.publicOrigin))
    .use(parseQuery(ChatStreamQuery))
    .use(limitRate(parts.getBucket, parts.addressOf))
    .handler(async ({ headers, query, session, requestId }, context) => {
      const asked = {
        owner: session.owner,
        conversationId: query.conversation_id,
        turnId: query.turn_id,
      };
      if (asksForState(headers.accept)) {
        const watched = await parts.turns.watch(asked);
        if (!watched) throw unknownConversation();
        return json(200, watched.turn);
      }
      const claim = await parts.claim(asked);
      if (isToldAlready(claim, headers["last-event-id"])) return noContent();
      return answer(parts, asked, claim, requestId, context);
    });
}

/** `POST /api/v1/chat` on the function URL: accepts and streams in one request, for programs. */
export function createAcceptAndStream(parts: ChatStreamParts) {
  return defineStreamRoute("chat-accept-and-stream", parts.telemetry)
    .use(requireSession(parts.sessions))
    .use(parseBody(chatRequestUpTo(parts.messageLimit), { maxBytes: maxChatRequestBytes }))
    .use(limitRate(parts.postBucket, parts.addressOf))
    .handler(async (request, context) => {
      const accepted = await acceptMessage(parts, request);
      const asked = {
        owner: request.session.owner,
        conversationId: accepted.conversation_id,
        turnId: accepted.turn_id,
      };
      const claim = await parts.claim(asked);
      return answer(parts, asked, claim, request.requestId, context);
    });
}

/** Whatever else is asked of the function URL: 404, and a body that says so. */
export function createUnknownRoute({ telemetry }: Pick<ChatStreamParts, "telemetry">) {
  return defineStreamRoute("unknown", telemetry).handler(async () => {
    throw new HttpProblem("not_found", 404, "There is nothing at this address.");
  });
}

function answer(
  parts: ChatStreamParts,
  asked: Asked,
  claim: ThreadClaim,
  requestId: string,
  context: Context,
) {
  if (claim.outcome === "unknown") throw unknownConversation();
  if (claim.outcome === "empty") return noContent();
  const remainingMs = () => context.getRemainingTimeInMillis();
  const deadlineMs = parts.turnDeadlineSeconds * 1_000;
  const streamParts = {
    ...parts,
    requestId,
    deadlineMs: () => Math.min(deadlineMs, remainingMs() - marginMs),
    // With less than a whole turn left another invocation begins the next one.
    isTimeLeft: () => remainingMs() >= deadlineMs + marginMs,
    summaryMs: () => Math.min(maxSummaryMs, remainingMs() - marginMs),
    pause: () => new Promise<void>((resolve) => setTimeout(resolve, pollMs)),
  };
  const events = streamTurns(streamParts, asked, claim);
  return eventStreamResponse(endWithError(events, requestId, parts.telemetry));
}

/** A client without a preference is given the stream. */
const asksForState = (accept: string | undefined): boolean =>
  prefersMediaType(accept, "application/json", "text/event-stream");

/** A reconnecting client that has seen the end of the newest turn: 204 tells it to stop. */
function isToldAlready(claim: ThreadClaim, lastEventId: string | undefined): boolean {
  return claim.outcome === "idle" && lastEventId === endOfTurnId(claim.turn.turn_id);
}

const unknownConversation = () =>
  new HttpProblem("not_found", 404, "There is no such conversation or turn.");
