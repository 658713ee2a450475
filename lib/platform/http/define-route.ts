import middy from "@middy/core";
import type { RequestTelemetry } from "#lib/platform/telemetry.ts";
import type { HttpRequest } from "./http-request.ts";
import type { HttpResponse } from "./http-response.ts";
import { sharedConcerns } from "./shared-concerns.ts";

/** A route that answers at once. What it adds of its own comes after, in the order a request meets it. */
export function defineRoute(route: string, telemetry: RequestTelemetry) {
  return middy<HttpRequest, HttpResponse>({ requestEnd: () => telemetry.flush() }).use(
    sharedConcerns(route, telemetry),
  );
}
