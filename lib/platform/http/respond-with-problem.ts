import type { MiddlewareObj } from "@middy/core";
import type { Problem } from "#lib/contract/problem.ts";
import { problemTitles } from "#lib/contract/problem-titles.ts";
import { DatabaseUnavailable } from "#lib/platform/database-errors.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import { HttpProblem } from "./http-problem.ts";
import type { HttpRequest } from "./http-request.ts";
import type { HttpResponse } from "./http-response.ts";

/** Returns the body of a response that says what went wrong, and its headers. */
export type ProblemForm = (problem: Problem) => Pick<HttpResponse, "headers"> & { body: string };

/** RFC 9457, which every route of ours uses. */
const problemJson: ProblemForm = (problem) => ({
  headers: { "content-type": "application/problem+json" },
  body: JSON.stringify(problem),
});

/** Turns every thrown error into a response with a problem. No other code turns an error into a response. */
export function respondWithProblem(
  telemetry: Telemetry,
  form: ProblemForm = problemJson,
): MiddlewareObj<HttpRequest, HttpResponse> {
  return {
    onError(request) {
      const problem = toProblem(request.error, request.event.requestId, telemetry);
      const { headers, body } = form(problem);
      request.response = {
        statusCode: problem.status,
        headers: {
          ...headers,
          ...(problem.retry_after !== undefined && { "retry-after": String(problem.retry_after) }),
          ...(request.error instanceof HttpProblem && request.error.headers),
        },
        body,
      };
    },
  };
}

/**
 * Returns what the client may read of an error, and logs every error of status 500 or higher with its cause.
 * An error that is no `HttpProblem` becomes a blank 500.
 */
export function toProblem(error: unknown, requestId: string, telemetry: Telemetry): Problem {
  if (!(error instanceof HttpProblem)) {
    telemetry.error("request.failed", error);
    return {
      type: "internal_error",
      title: problemTitles.internal_error,
      status: 500,
      detail: "Something went wrong on our side. Try again.",
      request_id: requestId,
    };
  }
  const isDatabaseDown = error instanceof DatabaseUnavailable;
  if (error.status >= 500) {
    const fields = isDatabaseDown ? { reason: error.reason } : {};
    telemetry.error("request.refused", error.cause ?? error, fields);
  }
  if (isDatabaseDown) countUnavailable(error, telemetry);
  return {
    type: error.type,
    title: problemTitles[error.type],
    status: error.status,
    detail: error.message,
    request_id: requestId,
    ...(error.field !== undefined && { field: error.field }),
    ...(error.retryAfterSeconds !== undefined && { retry_after: error.retryAfterSeconds }),
    ...error.members,
  };
}

/** Counts with and without the reason, because the alarms watch only metrics without a dimension. */
function countUnavailable({ reason, needsOperator }: DatabaseUnavailable, telemetry: Telemetry) {
  telemetry.measure("DatabaseUnavailable", 1);
  telemetry.measure("DatabaseUnavailable", 1, { reason });
  if (needsOperator) telemetry.measure("DatabaseNeedsOperator", 1);
}
