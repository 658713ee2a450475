import type { Context } from "aws-lambda";
import { acceptAndClaimMessage } from "#lib/chat/accept-message.ts";
import type { ThreadClaim } from "#lib/chat/claim-with-thread.ts";
import { decideHere } from "#lib/chat/decide-call.ts";
import { hasEnded } from "#lib/chat/has-ended.ts";
import { openStream, refuseWithoutBudget, unknownTurn } from "#lib/chat/open-stream.ts";
import type { StreamTarget } from "#lib/chat/stream-turns.ts";
import { AiSdkRequest } from "#lib/contract/ai-sdk.ts";
import type { ChatRequest, TurnState } from "#lib/contract/chat.ts";
import { ConversationQuery } from "#lib/contract/conversation.ts";
import type { ConversationStore } from "#lib/conversations/conversation-store.ts";
import { uiMessagesOf } from "#lib/facades/ai-sdk-messages.ts";
import { type AiSdkIntent, type Decision, readAiSdkRequest } from "#lib/facades/ai-sdk-request.ts";
import { aiSdkHeaders, createAiSdkEncoder } from "#lib/facades/ai-sdk-stream.ts";
import { sentence } from "#lib/facades/facade-problem.ts";
import { findForeign, inForeignConversation, messageKeyOf } from "#lib/facades/foreign-id.ts";
import { findNewestTurn, stopNewestTurn } from "#lib/facades/newest-turn.ts";
import { maxHistoryBytes, readIntent } from "#lib/facades/read-intent.ts";
import {
  type Caller,
  type RequestWithCredential,
  requireCaller,
  requireCredential,
} from "#lib/keys/require-caller.ts";
import { untilRevoked } from "#lib/keys/until-revoked.ts";
import { defineStreamRoute } from "#lib/platform/http/define-route.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import type { HttpRequest } from "#lib/platform/http/http-request.ts";
import { type HttpResponse, json, noContent } from "#lib/platform/http/http-response.ts";
import { parseBody, parseQuery } from "#lib/platform/http/parse-request.ts";
import { setResponseHeaders } from "#lib/platform/http/response-headers.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import type { Bucket } from "#lib/rate-limit/bucket.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import { eventStreamResponse } from "#lib/sse/event-stream-response.ts";
import type { TurnRouteDependencies } from "../turn-dependencies.ts";

interface AiSdkDependencies extends TurnRouteDependencies {
  getBucket: Bucket;
  postBucket: Bucket;
  stopBucket: Bucket;
  conversationBucket: Bucket;
  getConversation: ConversationStore["get"];
}

/** `POST /api/ai-sdk/chat`: takes a message, a new version or decisions, and streams the answer. */
export function createAiSdkSend(dependencies: AiSdkDependencies) {
  const { telemetry, postBucket, addressOf, messageLimit } = dependencies;
  return defineStreamRoute("ai-sdk-chat", telemetry, sentence)
    .use(requireCredential(dependencies, { cookies: false }))
    .use(parseBody(AiSdkRequest, { maxBytes: maxHistoryBytes }))
    .use(readIntent((body: AiSdkRequest) => readAiSdkRequest(body, messageLimit)))
    .use(sideBySide(requireCaller(dependencies, "chat"), limitRate(postBucket, addressOf)))
    .handler(async (request, context) => {
      const { intent } = request;
      const { owner } = request.caller;
      return inForeignConversation(foreignChat(owner, request.body.id), async (conversationId) => {
        const { target, claim, base } =
          intent.kind === "decide"
            ? await decide(dependencies, { owner, conversationId }, intent.decisions)
            : await accept(dependencies, { ...request.caller, conversationId }, intent);
        return streamResponse(dependencies, target, claim, { request, context, base });
      });
    });
}

/**
 * `GET /api/ai-sdk/chat/{id}/stream`: streams the newest answer of a chat from its start, if it has not ended. Anything else
 * is a 204, because the client asks on each load, and takes every other status for a failure of the chat.
 */
export function createAiSdkResume(dependencies: AiSdkDependencies) {
  const { telemetry, getBucket, addressOf, turns } = dependencies;
  return defineStreamRoute("ai-sdk-resume", telemetry, sentence)
    .use(requireCredential(dependencies, { cookies: false }))
    .use(sideBySide(requireCaller(dependencies, "chat"), limitRate(getBucket, addressOf)))
    .handler(async (request, context) => {
      const { owner } = request.caller;
      const newest = await findNewestTurn(turns, foreignChat(owner, chatIdOf(request)));
      if (!newest || hasEnded(newest)) return noContent();
      const target = {
        owner,
        conversationId: newest.conversation_id,
        turnId: newest.turn_id,
      };
      const claim = await dependencies.claim(target);
      return streamResponse(dependencies, target, claim, { request, context });
    });
}

/**
 * `GET /api/ai-sdk/chat/{id}`: returns one page of a chat's messages, for `useChat` to begin with. A chat that the owner does
 * not have is empty, because a page loads a chat before its first message. `Link` names the page before (RFC 8288).
 */
export function createAiSdkMessages(dependencies: AiSdkDependencies) {
  const { telemetry, conversationBucket, addressOf, getConversation } = dependencies;
  return defineStreamRoute("ai-sdk-messages", telemetry, sentence)
    .use(requireCredential(dependencies, { cookies: false }))
    .use(parseQuery(ConversationQuery))
    .use(sideBySide(requireCaller(dependencies, "chat"), limitRate(conversationBucket, addressOf)))
    .handler(async (request) => {
      const { owner } = request.caller;
      const foreign = foreignChat(owner, chatIdOf(request));
      const found = await findForeign(foreign, (id) =>
        getConversation({ owner, id, ...request.query }),
      );
      if (found?.earlier_cursor) {
        setResponseHeaders(request, { link: `<?before=${found.earlier_cursor}>; rel="prev"` });
      }
      return json(200, uiMessagesOf(found?.turns ?? []));
    });
}

/** `DELETE /api/ai-sdk/chat/{id}/stream`: stops the newest answer of a chat. The client itself only hangs up. */
export function createAiSdkStop(dependencies: AiSdkDependencies) {
  const { telemetry, stopBucket, addressOf } = dependencies;
  return defineStreamRoute("ai-sdk-stop", telemetry, sentence)
    .use(requireCredential(dependencies, { cookies: false }))
    .use(sideBySide(requireCaller(dependencies, "chat"), limitRate(stopBucket, addressOf)))
    .handler(async (request) => {
      const { owner } = request.caller;
      await stopNewestTurn(dependencies, foreignChat(owner, chatIdOf(request)));
      return noContent();
    });
}

interface Place extends Caller {
  conversationId: string;
}

interface Opened {
  target: StreamTarget & { turnId: string };
  claim: ThreadClaim;
  /** What the client shows of the answer already. */
  base?: { text: string; tools: TurnState["tools"] };
}

async function accept(
  dependencies: AiSdkDependencies,
  { conversationId, ...caller }: Place,
  intent: Exclude<AiSdkIntent, { kind: "decide" }>,
): Promise<Opened> {
  const { owner } = caller;
  const { accepted, claim } = await acceptAndClaimMessage(dependencies, {
    ...caller,
    body: await chatRequestOf(dependencies, { owner, conversationId }, intent),
    createsMissing: true,
    // Only a new message has an id of its own, which the client repeats if it sends the message again.
    idempotencyKey:
      intent.kind === "send" ? messageKeyOf("ai-sdk", conversationId, intent.messageId) : undefined,
  });
  if (claim.outcome === "idle") refuseWithoutBudget(claim.turn);
  return { target: { owner, conversationId, turnId: accepted.turn_id }, claim };
}

async function chatRequestOf(
  { turns }: AiSdkDependencies,
  place: Place,
  intent: Exclude<AiSdkIntent, { kind: "decide" }>,
): Promise<ChatRequest> {
  const request = { conversation_id: place.conversationId, message: intent.message };
  if (intent.kind === "send") return request;
  const { after, replaces } = intent;
  if (after !== undefined) return { ...request, after };
  const replaced = replaces ?? (await turns.watch(place))?.turn.turn_id;
  return replaced === undefined ? request : { ...request, replaces: replaced };
}

/** Stores the decisions, and goes on with the turn in this invocation. */
async function decide(
  dependencies: AiSdkDependencies,
  { owner, conversationId }: Place,
  decisions: readonly Decision[],
): Promise<Opened> {
  let turn: TurnState | undefined;
  for (const decision of decisions) {
    turn = await decideHere(dependencies, owner, { conversation_id: conversationId, ...decision });
  }
  if (!turn) throw unknownTurn();
  const target = { owner, conversationId, turnId: turn.turn_id };
  const base = { text: turn.result ?? turn.partial ?? "", tools: turn.tools };
  return { target, claim: await dependencies.claim(target), base };
}

async function streamResponse(
  dependencies: AiSdkDependencies,
  target: Opened["target"],
  claim: ThreadClaim,
  {
    request,
    context,
    base,
  }: { request: RequestWithCredential; context: Context; base?: Opened["base"] },
): Promise<HttpResponse> {
  const events = openStream(dependencies, target, claim, {
    requestId: request.requestId,
    remainingMs: () => context.getRemainingTimeInMillis(),
  });
  if (!events) return noContent();
  return eventStreamResponse(untilRevoked(dependencies, request, events), {
    encoder: createAiSdkEncoder({ ...target, base }),
    headers: aiSdkHeaders,
  });
}

const foreignChat = (owner: string, id: string) =>
  ({ owner, protocol: "ai-sdk", id, field: "id" }) as const;

/** The function URL does not take paths apart, so the id is read from the path itself. */
function chatIdOf({ path }: HttpRequest): string {
  const [, id = ""] = /^\/api\/ai-sdk\/chat\/([^/]+)(?:\/stream)?\/?$/.exec(path) ?? [];
  try {
    return decodeURIComponent(id);
  } catch {
    throw new HttpProblem("bad_request", 400, "id must be encoded as a part of an address.", {
      field: "id",
    });
  }
}
