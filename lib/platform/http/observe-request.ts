import type { MiddlewareObj } from "@middy/core";
import type { RequestTelemetry } from "#lib/platform/telemetry.ts";
import type { HttpRequest } from "./http-request.ts";
import type { HttpResponse } from "./http-response.ts";

/** Adds the request's id and route to its log lines. Logs and measures the response. */
export function observeRequest(
  route: string,
  telemetry: RequestTelemetry,
): MiddlewareObj<HttpRequest, HttpResponse> {
  const startedAt = new WeakMap<HttpRequest, number>();
  const end = (event: HttpRequest, response: HttpResponse | null | undefined) => {
    if (!response) return;
    const status = response.statusCode;
    const durationMs = Math.round(performance.now() - (startedAt.get(event) ?? 0));
    telemetry.info("request.answered", { status, duration_ms: durationMs });
    telemetry.measure("Requests", 1, { route });
    telemetry.measure("Latency", durationMs, { route });
    if (status >= 500) telemetry.measure("Errors5xx", 1, { route });
    else if (status >= 400) telemetry.measure("Errors4xx", 1, { route });
  };
  return {
    before({ event, context }) {
      startedAt.set(event, performance.now());
      telemetry.begin({
        correlation_id: event.requestId,
        function_request_id: context.awsRequestId,
        route,
        method: event.method,
      });
    },
    after: ({ event, response }) => end(event, response),
    onError: ({ event, response }) => end(event, response),
  };
}
