import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from "aws-lambda";

/** A request as every route sees it, whichever door it came through. */
export interface HttpRequest {
  /** The client's `x-request-id`, or ours: in the answer, in every problem, in every log line. */
  requestId: string;
  method: string;
  path: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  cookies: Record<string, string>;
  /** Query and path parameters as they arrived; `parseQuery` and `parsePath` give them their types. */
  query: unknown;
  params: unknown;
  /** As it arrived; `parseBody` replaces it by what the schema makes of it. */
  body: unknown;
  isBase64Encoded: boolean;
  /** The address at the other end of the connection; behind CloudFront that is CloudFront's. */
  sourceIp: string;
  door: "gateway" | "function-url";
  /** What the middlewares add to the answer, whatever it will be. */
  responseHeaders: Record<string, string>;
  responseCookies: string[];
}

/** Reads API Gateway's v1 event and the function URL's v2 event. */
export function toHttpRequest(event: APIGatewayProxyEvent | APIGatewayProxyEventV2): HttpRequest {
  return "rawPath" in event ? fromFunctionUrl(event) : fromGateway(event);
}

function fromGateway(event: APIGatewayProxyEvent): HttpRequest {
  const headers = lowerCaseNames(event.headers ?? {});
  return {
    requestId: "",
    method: event.httpMethod,
    path: event.path,
    headers,
    cookies: readCookies(headers.cookie?.split(";") ?? []),
    query: withoutUndefined(event.queryStringParameters ?? {}),
    params: withoutUndefined(event.pathParameters ?? {}),
    body: event.body ?? "",
    isBase64Encoded: event.isBase64Encoded,
    sourceIp: event.requestContext.identity.sourceIp,
    door: "gateway",
    responseHeaders: {},
    responseCookies: [],
  };
}

function fromFunctionUrl(event: APIGatewayProxyEventV2): HttpRequest {
  return {
    requestId: "",
    method: event.requestContext.http.method,
    path: event.rawPath,
    headers: lowerCaseNames(event.headers),
    cookies: readCookies(event.cookies ?? []),
    query: withoutUndefined(event.queryStringParameters ?? {}),
    params: withoutUndefined(event.pathParameters ?? {}),
    body: event.body ?? "",
    isBase64Encoded: event.isBase64Encoded,
    sourceIp: event.requestContext.http.sourceIp,
    door: "function-url",
    responseHeaders: {},
    responseCookies: [],
  };
}

function lowerCaseNames(headers: Record<string, string | undefined>): Record<string, string> {
  const lowered: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) lowered[name.toLowerCase()] = value;
  }
  return lowered;
}

/** The first of a name counts: browsers send the one that fits best first. */
function readCookies(pairs: string[]): Record<string, string> {
  const cookies: Record<string, string> = Object.create(null);
  for (const pair of pairs) {
    const equals = pair.indexOf("=");
    const name = withoutBlanks(pair.slice(0, Math.max(0, equals)));
    if (name !== "") cookies[name] ??= withoutBlanks(pair.slice(equals + 1));
  }
  return cookies;
}

/** The white space of RFC 6265 is space and tab. `trim()` takes more, and would make our cookie of a foreign name. */
const withoutBlanks = (text: string): string => text.replace(/^[ \t]+|[ \t]+$/g, "");

function withoutUndefined(values: Record<string, string | undefined>): Record<string, string> {
  const defined: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) defined[name] = value;
  }
  return defined;
}
