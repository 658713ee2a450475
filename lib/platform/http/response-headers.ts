import type { MiddlewareObj } from "@middy/core";
import type { HttpRequest } from "./http-request.ts";
import type { HttpResponse } from "./http-response.ts";

/** The API returns data, never a page: no browser may run, frame, sniff or cache a response. */
const headersOfEveryResponse = {
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "strict-transport-security": "max-age=63072000; includeSubDomains",
};

interface PreparedHeaders {
  headers: Record<string, string>;
  cookies: string[];
}

/**
 * What middlewares and routes have set so far. A middleware sets headers before the response exists: the request may
 * still end in a result, a stream or a problem.
 */
const prepared = new WeakMap<HttpRequest, PreparedHeaders>();

/** Sets headers of the response to this request, whichever response it becomes. The response's own headers win. */
export function setResponseHeaders(request: HttpRequest, headers: Record<string, string>): void {
  Object.assign(preparedFor(request).headers, headers);
}

/** @param setCookie the value of one `Set-Cookie` header, which every response to this request will carry */
export function addResponseCookie(request: HttpRequest, setCookie: string): void {
  preparedFor(request).cookies.push(setCookie);
}

/** Completes every response, also a problem, with the headers and cookies that were set for its request. */
export function sendResponseHeaders(): MiddlewareObj<HttpRequest, HttpResponse> {
  return {
    after: ({ event, response }) => complete(response, event),
    onError: ({ event, response }) => complete(response, event),
  };
}

function complete(response: HttpResponse | null | undefined, request: HttpRequest): void {
  if (!response) return;
  const { headers, cookies } = preparedFor(request);
  // A response to HEAD has the headers of the GET and no body (RFC 9110, 9.3.2).
  if (request.method === "HEAD") response.body = "";
  response.headers = {
    ...headersOfEveryResponse,
    "x-request-id": request.requestId,
    ...headers,
    ...response.headers,
  };
  if (cookies.length > 0) response.multiValueHeaders = { "set-cookie": cookies };
}

function preparedFor(request: HttpRequest): PreparedHeaders {
  const known = prepared.get(request) ?? { headers: {}, cookies: [] };
  prepared.set(request, known);
  return known;
}
