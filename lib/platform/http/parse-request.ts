import type { MiddlewareObj } from "@middy/core";
import httpJsonBodyParser from "@middy/http-json-body-parser";
import * as v from "valibot";
import { HttpProblem } from "./http-problem.ts";
import type { HttpRequest } from "./http-request.ts";
import type { HttpResponse } from "./http-response.ts";

type Schema<Output> = v.GenericSchema<unknown, Output>;

/** Room for every short text; routes with long ones name their own limit. */
const defaultMaxBytes = 32_768;

/** JSON that fits the schema, or a 400 that names the field; 413 and 415 before that. */
export function parseBody<Output>(
  schema: Schema<Output>,
  { maxBytes = defaultMaxBytes } = {},
): MiddlewareObj<HttpRequest & { body: Output }, HttpResponse> {
  const json = httpJsonBodyParser({ disableContentTypeCheck: true });
  return {
    async before(request) {
      const { event } = request;
      if (sizeOf(event) > maxBytes) {
        throw new HttpProblem(
          "payload_too_large",
          413,
          `Send a body of at most ${maxBytes} bytes.`,
        );
      }
      if (!isJson(event.headers["content-type"])) {
        throw new HttpProblem(
          "unsupported_media_type",
          415,
          "Send the body as JSON with content-type: application/json.",
        );
      }
      try {
        // Its types are written for API Gateway's own events; it reads headers, body and isBase64Encoded.
        await json.before?.(request as never);
      } catch (error) {
        throw toHttpProblem(error);
      }
      event.body = conform(schema, event.body, "body");
    },
  };
}

/** The query parameters, fitted to the schema, or a 400 that names the parameter. */
export function parseQuery<Output>(
  schema: Schema<Output>,
): MiddlewareObj<HttpRequest & { query: Output }, HttpResponse> {
  return {
    before({ event }) {
      event.query = conform(schema, event.query, "query");
    },
  };
}

/** The parameters of the path, fitted to the schema, or a 400 that names the parameter. */
export function parsePath<Output>(
  schema: Schema<Output>,
): MiddlewareObj<HttpRequest & { params: Output }, HttpResponse> {
  return {
    before({ event }) {
      event.params = conform(schema, event.params, "path");
    },
  };
}

/** @throws HttpProblem 400 with the first fault's field; the value itself is never repeated */
export function conform<Output>(schema: Schema<Output>, value: unknown, where: string): Output {
  const parsed = v.safeParse(schema, value, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const field = v.getDotPath(issue) ?? where;
  throw new HttpProblem("bad_request", 400, `${field} ${describe(issue)}.`, { field });
}

/** Returns our own message of the issue. A message that valibot makes repeats the received value, so its text is replaced. */
function describe(issue: v.BaseIssue<unknown>): string {
  if (issue.received === "undefined") return "is missing";
  return issue.message.startsWith("Invalid ")
    ? `must be ${issue.expected ?? "valid"}`
    : issue.message;
}

function sizeOf({ body }: HttpRequest): number {
  return typeof body === "string" ? Buffer.byteLength(body) : 0;
}

/** The parser's own check (7.9.2) refuses the space that RFC 9110 allows before the semicolon. */
const isJson = (contentType = ""): boolean =>
  /^application\/([a-z0-9.+-]+\+)?json[ \t]*(;|$)/i.test(contentType);

function toHttpProblem(error: unknown): unknown {
  const statusCode = error instanceof Error && "statusCode" in error ? error.statusCode : undefined;
  if (statusCode === 422) {
    return new HttpProblem("bad_request", 400, "Send the body as valid JSON.", {
      field: "body",
      cause: error,
    });
  }
  return error;
}
