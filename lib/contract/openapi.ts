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

/** Everything on the wire that has a name of its own in the document. */
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

/** The OpenAPI 3.1 document of the API, made from the schemas that check its requests. */
export function openApiDocument(version: string): Json {
  return {
    openapi: "3.1.0",
    info: {
      title: "Enterprise Agentic AI",
      version,
      description:
        "A private, agentic chat. Browsers use the session cookie, programs a bearer token from POST /api/login.",
    },
    paths: {
      "/api/login": {
        post: operation("login", "Begin a session", {
          body: "LoginRequest",
          answers: { 200: ["The session began", "LoginAnswer"] },
          problems: [400, 401, 403, 413, 415, 429, 503],
          open: true,
        }),
      },
      "/api/logout": {
        post: operation("logout", "End the session", {
          answers: {
            204: [
              "The session is over, with the cookie and the token of its login; the cookie is removed",
            ],
          },
          problems: [403, 503],
          open: true,
        }),
      },
      "/api/me": {
        get: operation("me", "Who am I", {
          answers: { 200: ["A session", "Me"] },
          problems: [401],
        }),
      },
      "/api/v1/chat": chatOperations(false),
      "/api/chat": chatOperations(true),
      "/api/v1/conversations": {
        get: operation("conversation-list", "My conversations, newest first", {
          parameters: queryParameters(ConversationListQuery),
          answers: { 200: ["A page of them", "ConversationPage"] },
          problems: [400, 401, 429, 503],
        }),
      },
      "/api/v1/conversations/{id}": {
        get: operation(
          "conversation-get",
          "A conversation with its newest turns, or earlier ones",
          {
            parameters: [
              ...pathParameters(ConversationPath),
              ...queryParameters(ConversationQuery),
            ],
            answers: { 200: ["Title and turns, oldest first", "ConversationWithTurns"] },
            problems: [400, 401, 404, 429, 503],
          },
        ),
        patch: operation("conversation-update", "Rename a conversation", {
          parameters: pathParameters(ConversationPath),
          body: "ConversationUpdate",
          answers: { 200: ["As it is now", "Conversation"] },
          problems: [400, 401, 403, 404, 413, 415, 429, 503],
        }),
        delete: operation("conversation-delete", "Delete a conversation with all its turns", {
          parameters: pathParameters(ConversationPath),
          answers: { 204: ["It is gone"] },
          problems: [400, 401, 403, 404, 429, 503],
        }),
      },
      "/health": {
        get: operation("health", "Whether the system and what it depends on work", {
          parameters: healthParameters,
          answers: {
            200: ["Works, or works in part", "HealthReport"],
            503: ["The database is down", "HealthReport"],
          },
          problems: [],
          open: true,
        }),
        head: operation("health-head", "As the GET, without its body", {
          parameters: healthParameters,
          answers: { 200: ["Works, or works in part"], 503: ["The database is down"] },
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
    description: "1: only whether the function itself answers; nothing else is touched",
    schema: { type: "string" },
  },
];

function chatOperations(deprecated: boolean): Json {
  const suffix = deprecated ? "-deprecated" : "";
  return {
    post: operation(`chat-post${suffix}`, "Accept a message; the answer is streamed by the GET", {
      deprecated,
      parameters: [
        {
          name: "Idempotency-Key",
          in: "header",
          required: false,
          description: "The same key and body are accepted once, however often they are sent",
          schema: { type: "string", minLength: 1, maxLength: 255 },
        },
      ],
      body: "ChatRequest",
      answers: { 200: ["The message is safe", "ChatAccepted"] },
      problems: [400, 401, 403, 404, 409, 413, 415, 422, 429, 503],
    }),
    get: operation(`chat-stream${suffix}`, "Run the queued turns, or follow the one running", {
      deprecated,
      parameters: queryParameters(ChatStreamQuery),
      answers: {
        200: ["The events, or with Accept: application/json the turn's state", "TurnState"],
        204: ["There is nothing to stream"],
      },
      problems: [400, 401, 403, 404, 429, 503],
      stream: true,
    }),
    delete: operation(`chat-stop${suffix}`, "Stop a turn", {
      deprecated,
      parameters: queryParameters(ChatStopQuery),
      answers: { 200: ["The turn as it is now", "TurnState"] },
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
  /** Needs no session. */
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
      description: "A problem, RFC 9457",
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

/** What a client may send: checks that JSON Schema cannot say are left out, the server still makes them. */
function jsonSchema(schema: v.GenericSchema): Json {
  const { $schema: _, ...rest } = toJsonSchema(schema, { errorMode: "ignore", typeMode: "input" });
  return rest as Json;
}
