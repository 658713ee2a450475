import * as v from "valibot";
import { ChatAccepted, TurnState } from "#lib/contract/chat.ts";
import {
  Conversation,
  ConversationPage,
  ConversationWithTurns,
} from "#lib/contract/conversation.ts";
import { HealthReport } from "#lib/contract/health.ts";
import { LoginAnswer, Me } from "#lib/contract/session.ts";
import { anySignal } from "./any-signal.ts";
import {
  type ApiProblem,
  parseJson,
  readProblem,
  toApiProblem,
  unreadableResponse,
} from "./api-problem.ts";
import { type EventConnection, openEventConnection } from "./event-connection.ts";

/** A stored message: its turn, and whether an earlier request with the same key stored it. */
export type AcceptedTurn = v.InferOutput<typeof AcceptedTurn>;
const AcceptedTurn = v.omit(ChatAccepted, ["stream_url"]);

// API Gateway ends a buffered request after 29 s.
const deadlineMs = 35_000;

// Each function calls one endpoint. It throws an `ApiProblem`, or the signal's reason if the caller aborts the signal.

export async function login(password: string): Promise<void> {
  await requestJson("/api/login", LoginAnswer, { method: "POST", body: { password } });
}

export async function logout(): Promise<void> {
  await requestNoContent("/api/logout", { method: "POST" });
}

/** Returns the session of this browser. Throws a problem with status 401 if there is none. */
export async function getMe(): Promise<Me> {
  return await requestJson("/api/me", Me);
}

export interface NewMessage {
  text: string;
  conversationId: string | null;
  idempotencyKey: string;
  /** The id of the newest turn, which the message replaces. */
  replaces?: string | undefined;
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

const messageBody = ({ text, conversationId, replaces }: NewMessage) => ({
  message: text,
  conversation_id: conversationId,
  replaces,
});

/** Requests a stop and returns the turn's state, which may still be `running` for a moment. */
export async function stopTurn(conversationId: string, turnId: string): Promise<TurnState> {
  return await requestJson(chatUrl(conversationId, turnId), TurnState, { method: "DELETE" });
}

/** Returns the newest page of turns, or the page before `before`, the `earlier_cursor` of another page. */
export async function getConversation(
  id: string,
  options: { before?: string | undefined; signal: AbortSignal },
): Promise<ConversationWithTurns> {
  const { before, signal } = options;
  return await requestJson(`${conversationUrl(id)}${query({ before })}`, ConversationWithTurns, {
    signal,
  });
}

/** Returns one page of the owner's conversations, newest first. With `q` only conversations that contain `q`. */
export async function listConversations(
  options: { cursor?: string | undefined; q?: string | undefined },
  signal: AbortSignal,
): Promise<ConversationPage> {
  return await requestJson(`/api/v1/conversations${query(options)}`, ConversationPage, { signal });
}

export async function renameConversation(id: string, title: string): Promise<Conversation> {
  return await requestJson(conversationUrl(id), Conversation, { method: "PATCH", body: { title } });
}

/** The browser completes this request even if the person leaves the page (`keepalive`). */
export async function deleteConversation(id: string): Promise<void> {
  await requestNoContent(conversationUrl(id), { method: "DELETE", keepalive: true });
}

/** Returns the service's model. Does not query the database, so that it does not wake the database up. */
export async function getLiveness(): Promise<HealthReport> {
  return await requestJson("/health?live=1", HealthReport);
}

/** Returns the address of a turn. The `Accept` header chooses between its event stream and its state. */
export function chatUrl(conversationId: string, turnId: string): string {
  return `/api/v1/chat?${new URLSearchParams({ conversation_id: conversationId, turn_id: turnId })}`;
}

const conversationUrl = (id: string) => `/api/v1/conversations/${encodeURIComponent(id)}`;

/** Returns the query string of the fields that have a value, with its question mark; "" if no field has one. */
function query(fields: Record<string, string | undefined>): string {
  const given = Object.entries(fields).filter((field): field is [string, string] =>
    Boolean(field[1]),
  );
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}

interface RequestOptions {
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  headers?: Record<string, string>;
  body?: unknown;
  signal?: AbortSignal;
  keepalive?: boolean;
}

/** Returns the parsed body. Throws a problem of type `unreadable` if the body does not match the schema. */
async function requestJson<Schema extends v.GenericSchema>(
  path: string,
  schema: Schema,
  options: RequestOptions = {},
): Promise<v.InferOutput<Schema>> {
  const response = await request(path, options);
  const parsed = v.safeParse(schema, parseJson(await readText(response, options.signal)));
  if (!parsed.success) throw unreadableResponse(response.status);
  return parsed.output;
}

/** Expects a 204. Any other success, such as the login page of a public network, is not from our service. */
async function requestNoContent(path: string, options: RequestOptions): Promise<void> {
  const { status } = await request(path, options);
  if (status !== 204) throw unreadableResponse(status);
}

async function request(path: string, options: RequestOptions): Promise<Response> {
  const { method = "GET", headers = {}, body, signal, keepalive = false } = options;
  const deadline = AbortSignal.timeout(deadlineMs);
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: {
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? null : JSON.stringify(body),
      cache: "no-store",
      keepalive,
      signal: signal ? anySignal([signal, deadline]) : deadline,
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw toApiProblem(error);
  }
  if (!response.ok) throw await toProblem(response, signal);
  return response;
}

async function toProblem(response: Response, signal?: AbortSignal): Promise<ApiProblem> {
  try {
    return await readProblem(response);
  } catch (error) {
    signal?.throwIfAborted();
    return toApiProblem(error);
  }
}

async function readText(response: Response, signal?: AbortSignal): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    signal?.throwIfAborted();
    throw toApiProblem(error);
  }
}
