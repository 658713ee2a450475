import type { MiddlewareObj } from "@middy/core";
import httpJsonBodyParser from "@middy/http-json-body-parser";
import * as v from "valibot";
import { HttpProblem } from "./http-problem.ts";
import type { HttpRequest } from "./http-request.ts";
import type { HttpResponse } from "./http-response.ts";

type Schema<Output> = v.GenericSchema<unknown, Output>;

/** Enough for short texts. A route with long texts passes its own limit. */
const defaultMaxBytes = 32_768;

/** Replaces the body by the schema's output. Throws 413 for a large body, 415 for a type other than JSON, else 400. */
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
        // The parser reads only headers, body and isBase64Encoded. Its types ask for API Gateway's event.
        await json.before?.(request as never);
      } catch (error) {
        throw toHttpProblem(error);
      }
      event.body = conform(schema, event.body, "body");
    },
  };
}

/** Replaces the query parameters by the schema's output, or throws a 400 that names the parameter. */
export function parseQuery<Output>(
  schema: Schema<Output>,
): MiddlewareObj<HttpRequest & { query: Output }, HttpResponse> {
  return {
    before({ event }) {
      event.query = conform(schema, event.query, "query");
    },
  };
}

/** Replaces the path parameters by the schema's output, or throws a 400 that names the parameter. */
export function parsePath<Output>(
  schema: Schema<Output>,
): MiddlewareObj<HttpRequest & { params: Output }, HttpResponse> {
  return {
    before({ event }) {
      event.params = conform(schema, event.params, "path");
    },
  };
}

/**
 * Returns the schema's output.
 * @throws HttpProblem 400 that names the first invalid field and never contains the value
 */
export function conform<Output>(schema: Schema<Output>, value: unknown, where: string): Output {
  const parsed = v.safeParse(schema, value, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const field = v.getDotPath(issue) ?? where;
  throw new HttpProblem("bad_request", 400, `${field} ${describe(issue)}.`, { field });
}

/** Our schemas' own messages are sentences for people. Valibot's default messages repeat the received value. */
function describe(issue: v.BaseIssue<unknown>): string {
  if (issue.received === "undefined") return "is missing";
  return issue.message.startsWith("Invalid ")
    ? `must be ${issue.expected ?? "valid"}`
    : issue.message;
}

function sizeOf({ body }: HttpRequest): number {
  return typeof body === "string" ? Buffer.byteLength(body) : 0;
}

/** The parser's own check (7.9.2) refuses the white space that RFC 9110 allows before the semicolon. */
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
