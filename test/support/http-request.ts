import type { HttpRequest } from "#lib/platform/http/http-request.ts";

/** Returns a request as middlewares get it, with defaults for all fields that a test leaves out. */
export function httpRequest(request: Partial<HttpRequest> = {}): HttpRequest {
  return {
    requestId: "request",
    method: "GET",
    path: "/",
    headers: {},
    cookies: {},
    query: {},
    params: {},
    body: "",
    isBase64Encoded: false,
    sourceIp: "192.0.2.1",
    receivedBy: "gateway",
    ...request,
  };
}
