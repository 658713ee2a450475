import type { HttpRequest } from "#lib/platform/http/http-request.ts";

/** A request as middlewares see it, with only what a test says about it. */
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
