import middy from "@middy/core";
import { executionModeStreamifyResponse } from "@middy/core/StreamifyResponse";
import type { RequestTelemetry } from "#lib/platform/telemetry.ts";
import type { HttpRequest } from "./http-request.ts";
import type { HttpResponse } from "./http-response.ts";
import { sharedConcerns } from "./shared-concerns.ts";

/**
 * A route whose answer may be a stream. Needs the runtime's `awslambda` when it is called.
 * `after` hooks run before the body flows, so metrics leave in `requestEnd`, when it has ended.
 */
export function defineStreamRoute(route: string, telemetry: RequestTelemetry) {
  return middy<HttpRequest, HttpResponse>({
    executionMode: executionModeStreamifyResponse,
    requestEnd: () => telemetry.flush(),
  }).use(sharedConcerns(route, telemetry));
}
