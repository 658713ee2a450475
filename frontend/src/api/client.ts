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
  unreadable,
} from "./api-problem.ts";

// API Gateway gives up on a buffered route after 29 s.
const deadlineMs = 35_000;

/** Each function is one endpoint. All of them throw `ApiProblem` and nothing else, except the reason of an aborted signal. */
export async function login(password: string): Promise<void> {
  await ask("/api/login", LoginAnswer, { method: "POST", body: { password } });
}

export async function logout(): Promise<void> {
  await tell("/api/logout", { method: "POST" });
}

/** Who this browser is signed in as. Throws a 401 when nobody is. */
export async function me(): Promise<Me> {
  return await ask("/api/me", Me);
}

/** The same `idempotencyKey` may be sent again without the message being accepted twice. */
export async function sendMessage(
  message: {
    text: string;
    conversationId: string | null;
    idempotencyKey: string;
    /** The newest turn, whose place the message takes. */
    replaces?: string | undefined;
  },
  signal: AbortSignal,
): Promise<ChatAccepted> {
  return await ask("/api/v1/chat", ChatAccepted, {
    method: "POST",
    headers: { "idempotency-key": message.idempotencyKey },
    body: {
      message: message.text,
      conversation_id: message.conversationId,
      replaces: message.replaces,
    },
    signal,
  });
}

/** The turn as it stands after the request to stop; it may take a moment until it is `stopped`. */
export async function stopTurn(conversationId: string, turnId: string): Promise<TurnState> {
  return await ask(chatUrl(conversationId, turnId), TurnState, { method: "DELETE" });
}

/** The newest turns of a conversation, or those before `before`, the `earlier_cursor` of another page. */
export async function getConversation(
  id: string,
  options: { before?: string | undefined; signal: AbortSignal },
): Promise<ConversationWithTurns> {
  const { before, signal } = options;
  return await ask(`${conversationUrl(id)}${query({ before })}`, ConversationWithTurns, { signal });
}

/** One page of this person's conversations, newest first, of those that hold `q`. */
export async function listConversations(
  options: { cursor?: string | undefined; q?: string | undefined },
  signal: AbortSignal,
): Promise<ConversationPage> {
  return await ask(`/api/v1/conversations${query(options)}`, ConversationPage, { signal });
}

export async function renameConversation(id: string, title: string): Promise<Conversation> {
  return await ask(conversationUrl(id), Conversation, { method: "PATCH", body: { title } });
}

/** Goes on when the page is left meanwhile. */
export async function deleteConversation(id: string): Promise<void> {
  await tell(conversationUrl(id), { method: "DELETE", keepalive: true });
}

/** Which model answers; asks nothing of the database. */
export async function getLiveness(): Promise<HealthReport> {
  return await ask("/health?live=1", HealthReport);
}

/** Address of a turn's event stream, and of the turn itself. */
export function chatUrl(conversationId: string, turnId: string): string {
  return `/api/v1/chat?${new URLSearchParams({ conversation_id: conversationId, turn_id: turnId })}`;
}

const conversationUrl = (id: string) => `/api/v1/conversations/${encodeURIComponent(id)}`;

/** With the question mark, of those that are given; "" when none is. */
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

async function ask<Schema extends v.GenericSchema>(
  path: string,
  schema: Schema,
  options: RequestOptions = {},
): Promise<v.InferOutput<Schema>> {
  const response = await request(path, options);
  const parsed = v.safeParse(schema, parseJson(await readText(response, options.signal)));
  if (!parsed.success) throw unreadable(response.status);
  return parsed.output;
}

/** For what is answered without a word. Whatever says more, like a portal's login page, is not our service. */
async function tell(path: string, options: RequestOptions): Promise<void> {
  const { status } = await request(path, options);
  if (status !== 204) throw unreadable(status);
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
  if (!response.ok) throw await problemOf(response, signal);
  return response;
}

async function problemOf(response: Response, signal?: AbortSignal): Promise<ApiProblem> {
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
