import * as v from "valibot";
import { ChatAccepted, type ToolCall, TurnState } from "#lib/contract/chat.ts";
import {
  Conversation,
  ConversationPage,
  type ConversationUpdate,
  ConversationWithTurns,
} from "#lib/contract/conversation.ts";
import type { ConversationSettings } from "#lib/contract/conversation-settings.ts";
import type { ChatDecision } from "#lib/contract/decision.ts";
import { unreadableResponse } from "./api-problem.ts";
import { type EventConnection, openEventConnection } from "./event-connection.ts";
import { query } from "./query.ts";
import { requestJson, requestNoContent } from "./request.ts";

/** A stored message: its turn, and whether an earlier request with the same key stored it. */
export type AcceptedTurn = v.InferOutput<typeof AcceptedTurn>;
const AcceptedTurn = v.omit(ChatAccepted, ["stream_url"]);

// Each function calls one endpoint. It throws an `ApiProblem`, or the signal's reason if the caller aborts the signal.

export interface NewMessage {
  text: string;
  conversationId: string | null;
  idempotencyKey: string;
  /** The id of the turn that the message follows; null begins the conversation anew. Without it: the last shown turn. */
  after?: string | null | undefined;
  /** Only for the first message of a conversation. */
  settings?: ConversationSettings | undefined;
}

/** Sends a message. A second request with the same `idempotencyKey` returns the turn of the first one. */
export async function sendMessage(message: NewMessage, signal: AbortSignal): Promise<ChatAccepted> {
  return await requestJson("/api/v1/chat", ChatAccepted, {
    method: "POST",
    headers: idempotencyHeader(message),
    body: messageBody(message),
    signal,
  });
}

/**
 * Sends a message and opens the stream of its answer, in one request. Resolves with the headers of the response: the service
 * has stored the message by then. Aborting `signal` later does not close the stream.
 */
export async function sendAndStream(
  message: NewMessage,
  signal: AbortSignal,
): Promise<{ accepted: AcceptedTurn; stream: EventConnection }> {
  const stream = await openEventConnection(
    "/api/v1/chat/stream",
    {
      method: "POST",
      headers: {
        accept: "text/event-stream",
        "content-type": "application/json",
        ...idempotencyHeader(message),
      },
      body: JSON.stringify(messageBody(message)),
    },
    signal,
  );
  const accepted = stream && readAcceptedTurn(stream.headers);
  if (!stream || !accepted) {
    stream?.close();
    throw unreadableResponse(502);
  }
  return { accepted, stream };
}

/** The header names the turn. The first event may belong to a turn of another tab, which runs before this one. */
function readAcceptedTurn(headers: Headers): AcceptedTurn | undefined {
  const address = new URL(headers.get("content-location") ?? "", location.href);
  const parsed = v.safeParse(AcceptedTurn, {
    ...Object.fromEntries(address.searchParams),
    status: "queued",
    replayed: headers.get("idempotent-replayed") === "true",
  });
  return parsed.success ? parsed.output : undefined;
}

const idempotencyHeader = (message: NewMessage) => ({ "idempotency-key": message.idempotencyKey });

const messageBody = ({ text, conversationId, after, settings }: NewMessage) => ({
  message: text,
  conversation_id: conversationId,
  after,
  settings,
});

/** Requests a stop and returns the turn's state, which may still be `running` for a moment. */
export async function stopTurn(conversationId: string, turnId: string): Promise<TurnState> {
  return await requestJson(chatUrl(conversationId, turnId), TurnState, { method: "DELETE" });
}

/** A person's decision about one call of a waiting turn, and what the person tells the model with it. */
export interface CallDecision {
  conversationId: string;
  turnId: string;
  call: ToolCall;
  decision: ChatDecision["decision"];
  note?: string | undefined;
}

/** Returns the turn's state. The same decision sent again has the same result. */
export async function decideCall(decided: CallDecision): Promise<TurnState> {
  const { conversationId, turnId, call, decision, note } = decided;
  return await requestJson("/api/v1/chat/decision", TurnState, {
    method: "POST",
    body: {
      conversation_id: conversationId,
      turn_id: turnId,
      call_id: call.id,
      arguments_sha256: call.approval?.arguments_sha256,
      decision,
      note,
    },
  });
}

/** Returns the newest page of turns, or the page before `before`, the `earlier_cursor` of another page. Of all branches or the shown one. */
export async function getConversation(
  id: string,
  options: { before?: string | undefined; branches?: "all" | undefined; signal: AbortSignal },
): Promise<ConversationWithTurns> {
  const { before, branches, signal } = options;
  return await requestJson(
    `${conversationUrl(id)}${query({ before, branches })}`,
    ConversationWithTurns,
    {
      signal,
    },
  );
}

/** Returns one page of the owner's conversations, newest first. With `q` only conversations that contain `q`. */
export async function listConversations(
  options: {
    cursor?: string | undefined;
    q?: string | undefined;
    limit?: string | undefined;
    archived?: "true" | undefined;
  },
  signal: AbortSignal,
): Promise<ConversationPage> {
  return await requestJson(`/api/v1/conversations${query(options)}`, ConversationPage, { signal });
}

/** Changes what `update` names. The browser completes this request even if the person leaves the page (`keepalive`). */
export async function updateConversation(
  id: string,
  update: ConversationUpdate,
): Promise<Conversation> {
  return await requestJson(conversationUrl(id), Conversation, {
    ...{ method: "PATCH", body: update },
    // Browsers refuse more than 64 KB. The message of a turn may be longer, and its editor keeps the text.
    keepalive: update.message === undefined,
  });
}

/** The browser completes this request even if the person leaves the page (`keepalive`). */
export async function deleteConversation(id: string): Promise<void> {
  await requestNoContent(conversationUrl(id), { method: "DELETE", keepalive: true });
}

/** Returns the address of a turn. The `Accept` header chooses between its event stream and its state. */
export function chatUrl(conversationId: string, turnId: string): string {
  return `/api/v1/chat?${new URLSearchParams({ conversation_id: conversationId, turn_id: turnId })}`;
}

const conversationUrl = (id: string) => `/api/v1/conversations/${encodeURIComponent(id)}`;
