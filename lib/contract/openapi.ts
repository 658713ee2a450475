import type * as v from "valibot";
import { AgUiRequest, AgUiThread } from "./ag-ui.ts";
import { AiSdkChatPath, AiSdkMessages, AiSdkRequest } from "./ai-sdk.ts";
import { ApiKeyCreate, ApiKeyCreated, ApiKeyList, ApiKeyPath } from "./api-key.ts";
import {
  ChatAccepted,
  ChatRequest,
  ChatStopQuery,
  ChatStreamQuery,
  ToolCall,
  TurnRemark,
  TurnState,
  Usage,
} from "./chat.ts";
import {
  Conversation,
  ConversationListQuery,
  ConversationPage,
  ConversationPath,
  ConversationQuery,
  ConversationUpdate,
  ConversationWithSettings,
  ConversationWithTurns,
} from "./conversation.ts";
import { ConversationImport, ImportedConversation } from "./conversation-import.ts";
import { ChatDecision, ChatDecisionQuery, DecidedTurn, LinkedToolCall } from "./decision.ts";
import { DeviceCode, DeviceList, DeviceLoginRequest, DevicePath } from "./device.ts";
import {
  Document,
  DocumentCreate,
  DocumentCreated,
  DocumentListQuery,
  DocumentPage,
  DocumentPath,
  DocumentQuery,
  DocumentUpdate,
  DocumentWithParts,
  UpdatedDocument,
} from "./document.ts";
import { FeedbackPath, FeedbackUpdate, StoredFeedback } from "./feedback.ts";
import { HealthReport } from "./health.ts";
import { McpMessage } from "./mcp.ts";
import { ModelChoice } from "./model-choice.ts";
import { NoteList, NotePath, NotesUpdate } from "./note.ts";
import {
  OpenAiChatCompletion,
  OpenAiChatRequest,
  OpenAiModels,
  OpenAiResponse,
  OpenAiResponsePath,
  OpenAiResponseQuery,
  OpenAiResponseRequest,
} from "./openai.ts";
import {
  type Json,
  jsonSchema,
  operation,
  pathParameters,
  queryParameters,
} from "./openapi-operation.ts";
import {
  OperatorLoginRequest,
  OperatorReport,
  OperatorReportQuery,
  OperatorSession,
} from "./operator.ts";
import { Problem } from "./problem.ts";
import { LoginAnswer, LoginRequest, Me, MeDeletion } from "./session.ts";
import { OwnerSettings, OwnerSettingsUpdate } from "./settings.ts";
import {
  CopiedConversation,
  Share,
  ShareCreate,
  SharedConversation,
  SharedPath,
  SharedQuery,
  ShareList,
  ShareListQuery,
  SharePath,
} from "./share.ts";
import { streamEventSchemas } from "./stream-event.ts";
import { Trace, TracePath } from "./trace.ts";
import { UsageQuery, UsageReport } from "./usage.ts";

/** The named schemas of the document. */
const components = {
  ChatRequest,
  ChatAccepted,
  ChatDecision,
  DecidedTurn,
  LinkedToolCall,
  TurnState,
  ToolCall,
  Usage,
  TurnRemark,
  Conversation,
  ConversationPage,
  ConversationWithSettings,
  ConversationWithTurns,
  ConversationUpdate,
  ConversationImport,
  ImportedConversation,
  Document,
  DocumentCreate,
  DocumentCreated,
  DocumentPage,
  DocumentWithParts,
  DocumentUpdate,
  UpdatedDocument,
  FeedbackUpdate,
  StoredFeedback,
  NoteList,
  NotesUpdate,
  OwnerSettings,
  OwnerSettingsUpdate,
  ModelChoice,
  OpenAiChatCompletion,
  OpenAiChatRequest,
  OpenAiModels,
  OpenAiResponse,
  OpenAiResponseRequest,
  AiSdkRequest,
  AiSdkMessages,
  AgUiRequest,
  McpMessage,
  UsageReport,
  Trace,
  OperatorLoginRequest,
  OperatorSession,
  OperatorReport,
  LoginRequest,
  LoginAnswer,
  ApiKeyCreate,
  ApiKeyCreated,
  ApiKeyList,
  Share,
  ShareCreate,
  ShareList,
  SharedConversation,
  CopiedConversation,
  DeviceCode,
  DeviceLoginRequest,
  DeviceList,
  Me,
  MeDeletion,
  HealthReport,
  Problem,
  ...Object.fromEntries(
    Object.entries(streamEventSchemas).map(([name, schema]) => [streamComponent(name), schema]),
  ),
} satisfies Record<string, v.GenericSchema>;

function streamComponent(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}Event`;
}

/** Returns the OpenAPI 3.1 document, generated from the schemas that validate the requests. */
export function openApiDocument(version: string): Json {
  return {
    openapi: "3.1.0",
    info: {
      title: "Enterprise Agentic AI",
      version,
      description:
        "A private, agentic chat. Browsers send the session cookie. Programs send a bearer token from POST /api/login.",
    },
    paths: {
      "/api/login": {
        post: operation("login", "Sign in", {
          body: "LoginRequest",
          success: { 200: ["The session has begun", "LoginAnswer"] },
          problems: [400, 401, 403, 413, 415, 429, 503],
          open: true,
        }),
      },
      "/api/logout": {
        post: operation("logout", "Sign out", {
          success: {
            204: ["The session and its bearer token are revoked, and the cookie is removed"],
          },
          problems: [403, 503],
          open: true,
        }),
      },
      "/api/v1/keys": {
        get: operation("key-list", "List the keys of your programs, newest first", {
          success: { 200: ["The keys that are not revoked, without their secrets", "ApiKeyList"] },
          problems: [401, 429, 503],
        }),
        post: operation("key-create", "Make a key for a program", {
          body: "ApiKeyCreate",
          success: { 200: ["The key, which no later response shows", "ApiKeyCreated"] },
          problems: [400, 401, 403, 409, 413, 415, 429, 503],
        }),
      },
      "/api/v1/keys/{id}": {
        delete: operation("key-delete", "Revoke a key", {
          parameters: pathParameters(ApiKeyPath),
          success: { 204: ["The key opens nothing any more, within a minute"] },
          problems: [400, 401, 403, 404, 429, 503],
        }),
      },
      "/api/v1/shares": {
        get: operation("share-list", "List your links to conversations, newest first", {
          parameters: queryParameters(ShareListQuery),
          success: { 200: ["The links that have not expired", "ShareList"] },
          problems: [400, 401, 429, 503],
        }),
        post: operation("share-create", "Make a read-only link to a conversation as it is now", {
          body: "ShareCreate",
          success: { 200: ["The link", "Share"] },
          problems: [400, 401, 403, 404, 409, 413, 415, 429, 503],
        }),
      },
      "/api/v1/shares/{id}": {
        delete: operation("share-delete", "Revoke a link", {
          parameters: pathParameters(SharePath),
          success: { 204: ["The link shows nothing any more"] },
          problems: [400, 401, 403, 404, 429, 503],
        }),
      },
      "/api/v1/shared/{token}": {
        get: operation("shared-get", "Get what a link shows", {
          parameters: [...pathParameters(SharedPath), ...queryParameters(SharedQuery)],
          success: { 200: ["One page of the conversation as it was", "SharedConversation"] },
          problems: [400, 403, 404, 429, 503],
          open: true,
        }),
      },
      "/api/v1/shared/{token}/copy": {
        post: operation("shared-copy", "Copy what a link shows into a conversation of your own", {
          parameters: pathParameters(SharedPath),
          success: { 200: ["The new conversation", "CopiedConversation"] },
          problems: [400, 401, 403, 404, 409, 413, 429, 503],
        }),
      },
      "/api/v1/device-codes": {
        post: operation("device-code-create", "Make a code that logs another browser in", {
          success: { 200: ["The code, which works once and for ten minutes", "DeviceCode"] },
          problems: [401, 403, 409, 429, 503],
        }),
      },
      "/api/v1/device-logins": {
        post: operation("device-login", "Sign in with a code from another device", {
          body: "DeviceLoginRequest",
          success: { 200: ["The session of the code's owner has begun", "LoginAnswer"] },
          problems: [400, 401, 403, 413, 415, 429, 503],
          open: true,
        }),
      },
      "/api/v1/devices": {
        get: operation("device-list", "List the devices that can open your conversations", {
          success: { 200: ["The devices, the last used first", "DeviceList"] },
          problems: [401, 429, 503],
        }),
      },
      "/api/v1/devices/{id}": {
        delete: operation("device-delete", "Sign a device out", {
          parameters: pathParameters(DevicePath),
          success: { 204: ["The device's session is revoked"] },
          problems: [400, 401, 403, 404, 429, 503],
        }),
      },
      "/api/me": {
        get: operation("me", "Get the current session", {
          success: { 200: ["The session and the limits of this deployment", "Me"] },
          problems: [401],
        }),
        delete: operation("me-delete", "Delete everything of yours, and sign out all devices", {
          success: { 200: ["Whether all is deleted, or the same request goes on", "MeDeletion"] },
          problems: [401, 403, 429, 503],
        }),
      },
      "/api/v1/chat": chatOperations(false),
      "/api/v1/chat/stream": {
        post: operation("chat-accept-and-stream", "Send a message and stream the answer", {
          parameters: [idempotencyKey],
          body: "ChatRequest",
          success: { 200: ["The message is stored, and the events of its turn follow"] },
          headers: {
            "Content-Location": "The address where a GET resumes this stream",
            "Idempotent-Replayed":
              "Whether an earlier request with the same key has begun this turn",
          },
          stream: true,
          problems: [400, 401, 402, 403, 404, 409, 413, 415, 422, 429, 503],
        }),
      },
      "/api/v1/chat/decision": {
        post: operation("chat-decide", "Approve or deny a tool call that waits", {
          body: "ChatDecision",
          success: {
            200: [
              "The turn, and where its continuation is streamed; with a link only the call (LinkedToolCall)",
              "DecidedTurn",
            ],
          },
          problems: [400, 401, 402, 403, 404, 409, 413, 415, 429, 503],
        }),
        get: operation("chat-decide-show", "Get the tool call of an approval link", {
          parameters: queryParameters(ChatDecisionQuery),
          success: { 200: ["The call, whoever owns its conversation", "LinkedToolCall"] },
          problems: [400, 401, 404, 409, 429, 503],
        }),
      },
      "/api/chat": chatOperations(true),
      "/api/v1/conversations": {
        get: operation("conversation-list", "List conversations, newest first", {
          parameters: queryParameters(ConversationListQuery),
          success: { 200: ["One page of conversations", "ConversationPage"] },
          problems: [400, 401, 429, 503],
        }),
        post: operation("conversation-import", "Add a conversation from elsewhere", {
          parameters: [idempotencyKey],
          body: "ConversationImport",
          success: { 200: ["The new conversation", "ImportedConversation"] },
          problems: [400, 401, 403, 409, 413, 415, 429, 503],
        }),
      },
      "/api/v1/conversations/{id}": {
        get: operation("conversation-get", "Get a conversation with one page of its turns", {
          parameters: [...pathParameters(ConversationPath), ...queryParameters(ConversationQuery)],
          success: {
            200: ["The conversation, with its turns oldest first", "ConversationWithTurns"],
          },
          problems: [400, 401, 404, 429, 503],
        }),
        patch: operation("conversation-update", "Change a conversation", {
          parameters: pathParameters(ConversationPath),
          body: "ConversationUpdate",
          success: { 200: ["The changed conversation", "ConversationWithSettings"] },
          problems: [400, 401, 403, 404, 409, 413, 415, 429, 503],
        }),
        delete: operation("conversation-delete", "Delete a conversation with all its turns", {
          parameters: pathParameters(ConversationPath),
          success: { 204: ["The conversation is deleted"] },
          problems: [400, 401, 403, 404, 429, 503],
        }),
      },
      "/api/v1/feedback/{turn_id}": {
        put: operation("feedback-update", "Say what you think of an answer, or take it back", {
          parameters: pathParameters(FeedbackPath),
          body: "FeedbackUpdate",
          success: { 200: ["What is stored now", "StoredFeedback"] },
          problems: [400, 401, 403, 404, 413, 415, 429, 503],
        }),
      },
      "/api/v1/notes": {
        get: operation("note-list", "List what the agent keeps about you, newest first", {
          success: {
            200: ["The notes, and whether the agent may keep and read notes", "NoteList"],
          },
          problems: [401, 429, 503],
        }),
        patch: operation("note-update", "Let the agent keep and read notes, or not", {
          body: "NotesUpdate",
          success: { 200: ["The setting and the notes, which stay either way", "NoteList"] },
          problems: [400, 401, 403, 413, 415, 429, 503],
        }),
      },
      "/api/v1/notes/{id}": {
        delete: operation("note-delete", "Delete a note", {
          parameters: pathParameters(NotePath),
          success: { 204: ["The note is deleted"] },
          problems: [400, 401, 403, 404, 429, 503],
        }),
      },
      "/api/v1/documents": {
        get: operation("document-list", "List documents, newest first", {
          parameters: queryParameters(DocumentListQuery),
          success: { 200: ["One page of documents, and what still fits", "DocumentPage"] },
          problems: [400, 401, 404, 429, 503],
        }),
        post: operation("document-create", "Add a document, or a newer version of one", {
          body: "DocumentCreate",
          success: {
            200: ["The document, and the form that uploads its file", "DocumentCreated"],
          },
          problems: [400, 401, 403, 404, 409, 413, 415, 429, 503],
        }),
      },
      "/api/v1/documents/{id}": {
        get: operation("document-get", "Get a document with one page of its text", {
          parameters: [...pathParameters(DocumentPath), ...queryParameters(DocumentQuery)],
          success: { 200: ["One version, with its parts in order", "DocumentWithParts"] },
          problems: [400, 401, 404, 429, 503],
        }),
        patch: operation("document-update", "Rename, share, attach or read a document again", {
          parameters: pathParameters(DocumentPath),
          body: "DocumentUpdate",
          success: { 200: ["The changed document", "UpdatedDocument"] },
          problems: [400, 401, 403, 404, 409, 413, 415, 429, 503],
        }),
        delete: operation("document-delete", "Delete a document with all its versions", {
          parameters: pathParameters(DocumentPath),
          success: { 204: ["The document is deleted"] },
          problems: [400, 401, 403, 404, 429, 503],
        }),
      },
      "/api/v1/settings": {
        get: operation("settings-get", "Get what you have set for all your conversations", {
          success: { 200: ["Your instructions for the model, and your prompts", "OwnerSettings"] },
          problems: [401, 429, 503],
        }),
        patch: operation("settings-update", "Change what you have set for all your conversations", {
          body: "OwnerSettingsUpdate",
          success: { 200: ["The changed settings", "OwnerSettings"] },
          problems: [400, 401, 403, 413, 415, 429, 503],
        }),
      },
      "/api/v1/usage": {
        get: operation("usage-get", "Get what you have spent, by day, and what is left", {
          parameters: queryParameters(UsageQuery),
          success: { 200: ["The last days and the budgets", "UsageReport"] },
          problems: [400, 401, 429, 503],
        }),
      },
      "/api/v1/traces/{turn_id}": {
        get: operation("trace-get", "Get what happened in a turn, and when", {
          parameters: pathParameters(TracePath),
          success: { 200: ["The attempts with their steps, and the waits between them", "Trace"] },
          problems: [400, 401, 404, 429, 503],
        }),
      },
      "/api/operator/login": {
        post: operation("operator-login", "Sign in as an operator", {
          body: "OperatorLoginRequest",
          success: { 200: ["The session of an hour has begun", "OperatorSession"] },
          problems: [400, 401, 403, 413, 415, 429, 503],
          open: true,
        }),
      },
      "/api/operator/logout": {
        post: operation("operator-logout", "Sign out as an operator", {
          success: { 204: ["The operator's cookie is removed and its session revoked"] },
          problems: [403, 503],
          open: true,
        }),
      },
      "/api/v1/operator/report": {
        get: operation("operator-report", "Get how the service has worked, as an operator", {
          parameters: queryParameters(OperatorReportQuery),
          success: { 200: ["Figures of the period, and what is open now", "OperatorReport"] },
          problems: [400, 401, 429, 503],
          open: true,
        }),
      },
      "/api/ai-sdk/chat": {
        post: operation("ai-sdk-chat", "Send a message of the AI SDK and stream the answer", {
          body: "AiSdkRequest",
          success: {
            200: [
              "The UI message stream of the answer (version 1); refusals are one sentence of text",
            ],
          },
          stream: true,
          problems: [400, 401, 402, 404, 409, 413, 415, 422, 429, 503],
        }),
      },
      "/api/ai-sdk/chat/{id}": {
        get: operation("ai-sdk-messages", "Get the messages of a chat for useChat to begin with", {
          parameters: [...pathParameters(AiSdkChatPath), ...queryParameters(ConversationQuery)],
          success: { 200: ["One page of messages, oldest first", "AiSdkMessages"] },
          headers: { Link: "The query of the page before, if there is one (RFC 8288)" },
          problems: [400, 401, 429, 503],
        }),
      },
      "/api/ai-sdk/chat/{id}/stream": {
        get: operation("ai-sdk-resume", "Stream the newest answer of a chat from its start", {
          parameters: pathParameters(AiSdkChatPath),
          success: {
            200: ["The UI message stream of an answer that has not ended"],
            204: ["No such chat, or its newest answer has ended"],
          },
          stream: true,
          problems: [400, 401, 402, 429, 503],
        }),
        delete: operation("ai-sdk-stop", "Stop the newest answer of a chat", {
          parameters: pathParameters(AiSdkChatPath),
          success: { 204: ["The answer is stopped, or there was none to stop"] },
          problems: [400, 401, 429, 503],
        }),
      },
      "/v1/responses": {
        post: operation("response-create", "Send a message of OpenAI's Responses API", {
          body: "OpenAiResponseRequest",
          success: { 200: ["The response, or with stream: true its events", "OpenAiResponse"] },
          stream: true,
          problems: [400, 401, 402, 404, 409, 413, 415, 422, 429, 503],
        }),
      },
      "/v1/responses/{id}": {
        get: operation("response-get", "Get a response of the Responses API, or stream it", {
          parameters: [
            ...pathParameters(OpenAiResponsePath),
            ...queryParameters(OpenAiResponseQuery),
          ],
          success: { 200: ["The response, or with stream=true its events", "OpenAiResponse"] },
          stream: true,
          problems: [400, 401, 402, 404, 429, 503],
        }),
      },
      "/v1/responses/{id}/cancel": {
        post: operation("response-cancel", "Stop the answer of a response", {
          parameters: pathParameters(OpenAiResponsePath),
          success: { 200: ["The response", "OpenAiResponse"] },
          problems: [401, 404, 429, 503],
        }),
      },
      "/v1/chat/completions": {
        post: operation("chat-completion-create", "Send a history of OpenAI's Chat Completions", {
          body: "OpenAiChatRequest",
          success: {
            200: ["The answer, or with stream: true its chunks", "OpenAiChatCompletion"],
          },
          stream: true,
          problems: [400, 401, 402, 404, 409, 413, 415, 422, 429, 503],
        }),
      },
      "/v1/models": {
        get: operation("model-list", "List the models as OpenAI's API does", {
          success: { 200: ["The models, and the name of the default", "OpenAiModels"] },
          problems: [401, 429, 503],
        }),
      },
      "/ag-ui": {
        post: operation("ag-ui", "Run a thread of AG-UI and stream its events", {
          body: "AgUiRequest",
          success: {
            200: ["The events of a run of AG-UI 1.0, which ends with RUN_FINISHED or RUN_ERROR"],
          },
          stream: true,
          problems: [400, 401, 402, 404, 409, 413, 415, 422, 429, 503],
        }),
        delete: operation("ag-ui-stop", "Stop the newest answer of a thread", {
          parameters: queryParameters(AgUiThread),
          success: { 204: ["The answer is stopped, or there was none to stop"] },
          problems: [400, 401, 429, 503],
        }),
      },
      "/mcp": {
        post: operation("mcp", "Send a message of the Model Context Protocol", {
          body: "McpMessage",
          success: {
            200: ["The message's response, streamed; refusals are errors of JSON-RPC 2.0"],
            202: ["A notification was received"],
          },
          stream: true,
          problems: [400, 401, 403, 413, 415, 429, 503],
        }),
        get: operation("mcp-no-stream", "Refuse a stream that belongs to no message", {
          success: { 405: ["There is none"] },
          problems: [],
          open: true,
        }),
        delete: operation("mcp-no-session", "Refuse to end a session", {
          success: { 405: ["There is none"] },
          problems: [],
          open: true,
        }),
      },
      "/health": {
        get: operation("health", "Check the service and its dependencies", {
          parameters: healthParameters,
          success: {
            200: ["All checks pass, or the service is degraded", "HealthReport"],
            503: ["The database is unavailable", "HealthReport"],
          },
          problems: [],
          open: true,
        }),
        head: operation("health-head", "The same as GET, without a body", {
          parameters: healthParameters,
          success: {
            200: ["All checks pass, or the service is degraded"],
            503: ["The database is unavailable"],
          },
          problems: [],
          open: true,
        }),
      },
    },
    components: {
      securitySchemes: {
        session: { type: "apiKey", in: "cookie", name: "__Host-session" },
        bearer: { type: "http", scheme: "bearer" },
      },
      schemas: Object.fromEntries(
        Object.entries(components).map(([name, schema]) => [name, jsonSchema(schema)]),
      ),
    },
  };
}

const healthParameters: Json[] = [
  {
    name: "live",
    in: "query",
    required: false,
    description: "1: check only that the function responds, not its dependencies",
    schema: { type: "string" },
  },
];

const idempotencyKey: Json = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description: "Repeated requests with the same key and body are accepted once",
  schema: { type: "string", minLength: 1, maxLength: 255 },
};

const preferAsync: Json = {
  name: "Prefer",
  in: "header",
  required: false,
  description:
    "respond-async (RFC 7240): the turn runs without a GET. A 503 with a turn_id has kept the message; the same request with the same Idempotency-Key starts its turn",
  schema: { type: "string" },
};

function chatOperations(deprecated: boolean): Json {
  const suffix = deprecated ? "-deprecated" : "";
  return {
    post: operation(`chat-post${suffix}`, "Send a message; GET streams the answer", {
      deprecated,
      parameters: [idempotencyKey, preferAsync],
      body: "ChatRequest",
      success: { 200: ["The message is stored", "ChatAccepted"] },
      headers: { "Preference-Applied": "respond-async, if the turn runs without a GET" },
      problems: [400, 401, 403, 404, 409, 413, 415, 422, 429, 503],
    }),
    get: operation(
      `chat-stream${suffix}`,
      "Stream the answer: run queued turns, or follow the running turn",
      {
        deprecated,
        parameters: queryParameters(ChatStreamQuery),
        success: {
          200: ["The events; with Accept: application/json the state of the turn", "TurnState"],
          204: ["No turn to stream"],
        },
        problems: [400, 401, 402, 403, 404, 429, 503],
        stream: true,
      },
    ),
    delete: operation(`chat-stop${suffix}`, "Stop a turn", {
      deprecated,
      parameters: queryParameters(ChatStopQuery),
      success: { 200: ["The state of the turn", "TurnState"] },
      problems: [400, 401, 403, 404, 429, 503],
    }),
  };
}
