import type { MiddlewareObj } from "@middy/core";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import type { HttpRequest } from "./http-request.ts";
import type { HttpResponse } from "./http-response.ts";
import { setResponseHeaders } from "./response-headers.ts";

/** `/api/chat` is the old path of `/api/v1/chat`. RFC 9745 writes the date in Unix seconds. */
const deprecatedSince = "@1768262400"; // 2026-01-13T00:00:00Z

/** Marks responses of the old path as deprecated (RFC 9745) and links the new path (RFC 8288). */
export function markDeprecated(telemetry: Telemetry): MiddlewareObj<HttpRequest, HttpResponse> {
  return {
    before({ event }) {
      if (!/^\/api\/chat\/?$/.test(event.path)) return;
      setResponseHeaders(event, {
        "x-deprecated": "true",
        deprecation: deprecatedSince,
        link: '</api/v1/chat>; rel="successor-version"',
      });
      telemetry.warn("route.deprecated", { path: "/api/chat" });
    },
  };
}
