import { randomUUID } from "node:crypto";
import type { MiddlewareObj } from "@middy/core";
import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from "aws-lambda";
import { type HttpRequest, toHttpRequest } from "./http-request.ts";
import type { HttpResponse } from "./http-response.ts";

/** A client's own id is taken over if it can do no harm in a log line or a header. */
const harmlessId = /^[A-Za-z0-9._:+/=-]{1,128}$/;

/**
 * First of every route: the raw event becomes an `HttpRequest` with an id, and on the way out the
 * answer gets the headers that the middlewares have collected.
 */
export function readRequest(): MiddlewareObj<HttpRequest, HttpResponse> {
  return {
    before(request) {
      const event = toHttpRequest(request.event as unknown as RawEvent);
      const given = event.headers["x-request-id"] ?? "";
      event.requestId = harmlessId.test(given) ? given : randomUUID();
      event.responseHeaders = { ...everyAnswer, "x-request-id": event.requestId };
      request.event = event;
    },
    after: ({ event, response }) => addHeaders(event, response),
    onError: ({ event, response }) => addHeaders(event, response),
  };
}

type RawEvent = APIGatewayProxyEvent | APIGatewayProxyEventV2;

/** Answers of the API are data, never a page: nothing may run, frame, sniff or keep them. */
const everyAnswer = {
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "strict-transport-security": "max-age=63072000; includeSubDomains",
};

function addHeaders(event: HttpRequest, response: HttpResponse | null | undefined): void {
  if (!response) return;
  // A response to HEAD has the headers of the GET and no body (RFC 9110, 9.3.2).
  if (event.method === "HEAD") response.body = "";
  response.headers = { ...event.responseHeaders, ...response.headers };
  if (event.responseCookies.length > 0) {
    response.multiValueHeaders = { "set-cookie": event.responseCookies };
  }
}
