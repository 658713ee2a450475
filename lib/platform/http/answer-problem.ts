import type { MiddlewareObj } from "@middy/core";
import type { Problem } from "#lib/contract/problem.ts";
import { problemTitles } from "#lib/contract/problem-titles.ts";
import { DatabaseUnavailable } from "#lib/platform/database-errors.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import { HttpProblem } from "./http-problem.ts";
import type { HttpRequest } from "./http-request.ts";
import type { HttpResponse } from "./http-response.ts";

/** The one place where an error becomes a response. */
export function answerProblem(telemetry: Telemetry): MiddlewareObj<HttpRequest, HttpResponse> {
  return {
    onError(request) {
      const problem = toProblem(request.error, request.event.requestId, telemetry);
      request.response = {
        statusCode: problem.status,
        headers: {
          "content-type": "application/problem+json",
          ...(problem.retry_after !== undefined && { "retry-after": String(problem.retry_after) }),
          ...(request.error instanceof HttpProblem && request.error.headers),
        },
        body: JSON.stringify(problem),
      };
    },
  };
}

/** What the client may read of an error. What was not meant for it becomes a blank 500; the log keeps the cause. */
export function toProblem(error: unknown, requestId: string, telemetry: Telemetry): Problem {
  if (!(error instanceof HttpProblem)) {
    telemetry.error("request.failed", error);
    return {
      type: "internal_error",
      title: problemTitles.internal_error,
      status: 500,
      detail: "Something went wrong on our side. Please try again.",
      request_id: requestId,
    };
  }
  const isDatabase = error instanceof DatabaseUnavailable;
  if (error.status >= 500) {
    const fields = isDatabase ? { reason: error.reason } : {};
    telemetry.error("request.refused", error.cause ?? error, fields);
  }
  if (isDatabase) countUnavailable(error, telemetry);
  return {
    type: error.type,
    title: problemTitles[error.type],
    status: error.status,
    detail: error.message,
    request_id: requestId,
    ...(error.field !== undefined && { field: error.field }),
    ...(error.retryAfterSeconds !== undefined && { retry_after: error.retryAfterSeconds }),
  };
}

/** The alarms watch the metrics without a dimension. */
function countUnavailable({ reason, needsOperator }: DatabaseUnavailable, telemetry: Telemetry) {
  telemetry.measure("DatabaseUnavailable", 1);
  telemetry.measure("DatabaseUnavailable", 1, { reason });
  if (needsOperator) telemetry.measure("DatabaseNeedsOperator", 1);
}
