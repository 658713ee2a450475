import middy from "@middy/core";
import { executionModeStreamifyResponse } from "@middy/core/StreamifyResponse";
import type { RequestTelemetry } from "#lib/platform/telemetry.ts";
import { type HttpRequest, readRequest } from "./http-request.ts";
import type { HttpResponse } from "./http-response.ts";
import { markDeprecated } from "./mark-deprecated.ts";
import { observeRequest } from "./observe-request.ts";
import { type ProblemForm, respondWithProblem } from "./respond-with-problem.ts";
import { sendResponseHeaders } from "./response-headers.ts";
import { endOfWork } from "./work-after-response.ts";

/**
 * Returns a route whose response has a complete body. The route adds its own middlewares, then its handler.
 * @param form what a problem looks like, if the route speaks another protocol than ours
 */
export function defineRoute(route: string, telemetry: RequestTelemetry, form?: ProblemForm) {
  return middy<HttpRequest, HttpResponse>({ requestEnd: () => telemetry.flush() }).use(
    sharedMiddlewares(route, telemetry, form),
  );
}

/**
 * Returns a route whose response body may be a stream. Calling the route needs Lambda's global `awslambda`.
 * Middy runs the `after` hooks before the body flows, and `requestEnd` once the body has ended. So metrics that the
 * stream measures still leave with this request.
 */
export function defineStreamRoute(route: string, telemetry: RequestTelemetry, form?: ProblemForm) {
  return middy<HttpRequest, HttpResponse>({
    executionMode: executionModeStreamifyResponse,
    async requestEnd({ event }) {
      await endOfWork(event as HttpRequest);
      await telemetry.flush();
    },
  }).use(sharedMiddlewares(route, telemetry, form));
}

/** A request passes these from first to last. The response passes them from last to first. */
const sharedMiddlewares = (route: string, telemetry: RequestTelemetry, form?: ProblemForm) => [
  readRequest(),
  sendResponseHeaders(),
  observeRequest(route, telemetry),
  markDeprecated(telemetry),
  respondWithProblem(telemetry, form),
];
