import { randomUUID } from "node:crypto";
import type { MiddlewareObj } from "@middy/core";
import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from "aws-lambda";
import type { HttpResponse } from "./http-response.ts";

/** A request in the form that every route reads, whether API Gateway or the function URL received it. */
export interface HttpRequest {
  /** The client's `x-request-id`, or a new id. Response, problems and log lines all carry it. */
  requestId: string;
  method: string;
  path: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  cookies: Record<string, string>;
  /** Query and path parameters as they arrived. `parseQuery` and `parsePath` replace them by typed ones. */
  query: unknown;
  params: unknown;
  /** The body as it arrived. `parseBody` replaces it by the schema's output. */
  body: unknown;
  isBase64Encoded: boolean;
  /** The address at the other end of the connection. Behind CloudFront this is an address of CloudFront. */
  sourceIp: string;
  receivedBy: "gateway" | "function-url";
}

type LambdaEvent = APIGatewayProxyEvent | APIGatewayProxyEventV2;

/** The first middleware of every route. Replaces Lambda's event by an `HttpRequest`. */
export function readRequest(): MiddlewareObj<HttpRequest, HttpResponse> {
  return {
    before(request) {
      request.event = toHttpRequest(request.event as unknown as LambdaEvent);
    },
  };
}

/** Reads API Gateway's event (payload format 1.0) or the function URL's event (2.0). */
export function toHttpRequest(event: LambdaEvent): HttpRequest {
  return "rawPath" in event ? fromFunctionUrl(event) : fromGateway(event);
}

function fromGateway(event: APIGatewayProxyEvent): HttpRequest {
  const headers = lowerCaseNames(event.headers ?? {});
  return {
    requestId: requestIdOf(headers),
    method: event.httpMethod,
    path: event.path,
    headers,
    cookies: readCookies(headers.cookie?.split(";") ?? []),
    query: withoutUndefined(event.queryStringParameters ?? {}),
    params: withoutUndefined(event.pathParameters ?? {}),
    body: event.body ?? "",
    isBase64Encoded: event.isBase64Encoded,
    sourceIp: event.requestContext.identity.sourceIp,
    receivedBy: "gateway",
  };
}

function fromFunctionUrl(event: APIGatewayProxyEventV2): HttpRequest {
  const headers = lowerCaseNames(event.headers);
  return {
    requestId: requestIdOf(headers),
    method: event.requestContext.http.method,
    path: event.rawPath,
    headers,
    cookies: readCookies(event.cookies ?? []),
    query: withoutUndefined(event.queryStringParameters ?? {}),
    params: withoutUndefined(event.pathParameters ?? {}),
    body: event.body ?? "",
    isBase64Encoded: event.isBase64Encoded,
    sourceIp: event.requestContext.http.sourceIp,
    receivedBy: "function-url",
  };
}

/** A client's own id is kept if it cannot forge a log line or a header. */
function requestIdOf({ "x-request-id": given = "" }: Record<string, string>): string {
  return /^[A-Za-z0-9._:+/=-]{1,128}$/.test(given) ? given : randomUUID();
}

function lowerCaseNames(headers: Record<string, string | undefined>): Record<string, string> {
  const lowered: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) lowered[name.toLowerCase()] = value;
  }
  return lowered;
}

/** Of several cookies with one name the first counts, because browsers send the most specific cookie first. */
function readCookies(pairs: string[]): Record<string, string> {
  const cookies: Record<string, string> = Object.create(null);
  for (const pair of pairs) {
    const equals = pair.indexOf("=");
    const name = withoutBlanks(pair.slice(0, Math.max(0, equals)));
    if (name !== "") cookies[name] ??= withoutBlanks(pair.slice(equals + 1));
  }
  return cookies;
}

/** RFC 6265 strips space and tab only. `trim()` strips more, and would take a foreign cookie's name for ours. */
const withoutBlanks = (text: string): string => text.replace(/^[ \t]+|[ \t]+$/g, "");

function withoutUndefined(values: Record<string, string | undefined>): Record<string, string> {
  const defined: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) defined[name] = value;
  }
  return defined;
}
