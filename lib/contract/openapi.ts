import { toJsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";
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
  ConversationWithTurns,
} from "./conversation.ts";
import { HealthReport } from "./health.ts";
import { Problem } from "./problem.ts";
import { LoginAnswer, LoginRequest, Me } from "./session.ts";
import { streamEventSchemas } from "./stream-event.ts";

type Json = Record<string, unknown>;

/** The named schemas of the document. */
const components = {
  ChatRequest,
  ChatAccepted,
  TurnState,
  ToolCall,
  Usage,
  TurnRemark,
  Conversation,
  ConversationPage,
  ConversationWithTurns,
  ConversationUpdate,
  LoginRequest,
  LoginAnswer,
  Me,
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
          answers: { 200: ["The session has begun", "LoginAnswer"] },
          problems: [400, 401, 403, 413, 415, 429, 503],
          open: true,
        }),
      },
      "/api/logout": {
        post: operation("logout", "Sign out", {
          answers: {
            204: ["The session and its bearer token are revoked, and the cookie is removed"],
          },
          problems: [403, 503],
          open: true,
        }),
      },
      "/api/me": {
        get: operation("me", "Get the current session", {
          answers: { 200: ["The session and the limits of this deployment", "Me"] },
          problems: [401],
        }),
      },
      "/api/v1/chat": chatOperations(false),
      "/api/chat": chatOperations(true),
      "/api/v1/conversations": {
        get: operation("conversation-list", "List conversations, newest first", {
          parameters: queryParameters(ConversationListQuery),
          answers: { 200: ["One page of conversations", "ConversationPage"] },
          problems: [400, 401, 429, 503],
        }),
      },
      "/api/v1/conversations/{id}": {
        get: operation("conversation-get", "Get a conversation with one page of its turns", {
          parameters: [...pathParameters(ConversationPath), ...queryParameters(ConversationQuery)],
          answers: {
            200: ["The conversation, with its turns oldest first", "ConversationWithTurns"],
          },
          problems: [400, 401, 404, 429, 503],
        }),
        patch: operation("conversation-update", "Rename a conversation", {
          parameters: pathParameters(ConversationPath),
          body: "ConversationUpdate",
          answers: { 200: ["The renamed conversation", "Conversation"] },
          problems: [400, 401, 403, 404, 413, 415, 429, 503],
        }),
        delete: operation("conversation-delete", "Delete a conversation with all its turns", {
          parameters: pathParameters(ConversationPath),
          answers: { 204: ["The conversation is deleted"] },
          problems: [400, 401, 403, 404, 429, 503],
        }),
      },
      "/health": {
        get: operation("health", "Check the service and its dependencies", {
          parameters: healthParameters,
          answers: {
            200: ["All checks pass, or the service is degraded", "HealthReport"],
            503: ["The database is unavailable", "HealthReport"],
          },
          problems: [],
          open: true,
        }),
        head: operation("health-head", "The same as GET, without a body", {
          parameters: healthParameters,
          answers: {
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

function chatOperations(deprecated: boolean): Json {
  const suffix = deprecated ? "-deprecated" : "";
  return {
    post: operation(`chat-post${suffix}`, "Send a message; GET streams the answer", {
      deprecated,
      parameters: [
        {
          name: "Idempotency-Key",
          in: "header",
          required: false,
          description: "Repeated requests with the same key and body are accepted once",
          schema: { type: "string", minLength: 1, maxLength: 255 },
        },
      ],
      body: "ChatRequest",
      answers: { 200: ["The message is stored", "ChatAccepted"] },
      problems: [400, 401, 403, 404, 409, 413, 415, 422, 429, 503],
    }),
    get: operation(
      `chat-stream${suffix}`,
      "Stream the answer: run queued turns, or follow the running turn",
      {
        deprecated,
        parameters: queryParameters(ChatStreamQuery),
        answers: {
          200: ["The events; with Accept: application/json the state of the turn", "TurnState"],
          204: ["No turn to stream"],
        },
        problems: [400, 401, 403, 404, 429, 503],
        stream: true,
      },
    ),
    delete: operation(`chat-stop${suffix}`, "Stop a turn", {
      deprecated,
      parameters: queryParameters(ChatStopQuery),
      answers: { 200: ["The state of the turn", "TurnState"] },
      problems: [400, 401, 403, 404, 429, 503],
    }),
  };
}

interface OperationOptions {
  answers: Record<number, [description: string, component?: string]>;
  problems: number[];
  body?: string;
  parameters?: Json[];
  deprecated?: boolean;
  stream?: boolean;
  /** The operation needs no session. */
  open?: boolean;
}

function operation(operationId: string, summary: string, options: OperationOptions): Json {
  const { answers, problems, body, parameters, deprecated, stream, open } = options;
  const responses: Json = {};
  for (const [status, [description, component]] of Object.entries(answers)) {
    const content = {
      ...(stream && component && { "text/event-stream": { schema: { type: "string" } } }),
      ...(component && { "application/json": { schema: reference(component) } }),
    };
    responses[status] = { description, ...(component && { content }) };
  }
  for (const status of problems) {
    responses[status] = {
      description: "A problem (RFC 9457)",
      content: { "application/problem+json": { schema: reference("Problem") } },
    };
  }
  return {
    operationId,
    summary,
    ...(deprecated && { deprecated }),
    security: open ? [] : [{ session: [] }, { bearer: [] }],
    ...(parameters && { parameters }),
    ...(body && {
      requestBody: {
        required: true,
        content: { "application/json": { schema: reference(body) } },
      },
    }),
    responses,
  };
}

const reference = (component: string): Json => ({ $ref: `#/components/schemas/${component}` });

type ObjectSchema = v.GenericSchema & { entries: Record<string, v.GenericSchema> };

const queryParameters = (schema: ObjectSchema): Json[] => parametersIn("query", schema);
const pathParameters = (schema: ObjectSchema): Json[] => parametersIn("path", schema);

function parametersIn(place: "query" | "path", schema: ObjectSchema): Json[] {
  return Object.entries(schema.entries).map(([name, entry]) => ({
    name,
    in: place,
    required: entry.type !== "optional",
    schema: jsonSchema(entry),
  }));
}

/** Returns the schema of what a client may send. Leaves out checks that JSON Schema cannot express; the server still makes them. */
function jsonSchema(schema: v.GenericSchema): Json {
  const { $schema: _, ...rest } = toJsonSchema(schema, { errorMode: "ignore", typeMode: "input" });
  return rest as Json;
}
