import type { MiddlewareObj } from "@middy/core";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import type { HttpRequest } from "./http-request.ts";
import type { HttpResponse } from "./http-response.ts";

/** `/api/chat` came before `/api/v1/chat` and answers the same, marked as RFC 9745 and RFC 8288 say. */
const deprecatedSince = "@1768262400"; // 2026-01-13T00:00:00Z

/** Tells callers of the old paths that there are new ones. */
export function markDeprecated(telemetry: Telemetry): MiddlewareObj<HttpRequest, HttpResponse> {
  return {
    before({ event }) {
      if (!/^\/api\/chat\/?$/.test(event.path)) return;
      Object.assign(event.responseHeaders, {
        "x-deprecated": "true",
        deprecation: deprecatedSince,
        link: '</api/v1/chat>; rel="successor-version"',
      });
      telemetry.warn("route.deprecated", { path: "/api/chat" });
    },
  };
}
