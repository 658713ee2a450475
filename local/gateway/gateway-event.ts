import type { IncomingMessage } from "node:http";
import type { APIGatewayProxyEvent } from "aws-lambda";
import type { Match } from "./match-route.ts";

/** Facts about the request that the gateway has already determined. */
export interface EventContext {
  match: Match;
  body: Buffer;
  requestId: string;
  apiKey: string | undefined;
}

/** Returns the event of a REST API's Lambda proxy integration (payload format 1.0). */
export function toGatewayEvent(
  request: IncomingMessage,
  { match, body, requestId, apiKey }: EventContext,
): APIGatewayProxyEvent {
  const url = new URL(request.url ?? "/", "http://gateway");
  const sourceIp = request.socket.remoteAddress ?? "";
  const forwardedFor = [request.headers["x-forwarded-for"], sourceIp].filter(Boolean).join(", ");
  const headers = groupHeaders(request.rawHeaders);
  headers.set("x-forwarded-for", ["X-Forwarded-For", [forwardedFor]]);
  const { route, pathParameters } = match;
  const method = request.method ?? "GET";
  return {
    resource: route.path,
    path: url.pathname,
    httpMethod: method,
    headers: Object.fromEntries(
      [...headers.values()].map(([name, values]) => [name, values.at(-1)]),
    ),
    multiValueHeaders: Object.fromEntries(headers.values()),
    queryStringParameters: orNull(Object.fromEntries(url.searchParams)),
    multiValueQueryStringParameters: orNull(
      Object.fromEntries(
        [...new Set(url.searchParams.keys())].map((name) => [name, url.searchParams.getAll(name)]),
      ),
    ),
    pathParameters,
    stageVariables: null,
    requestContext: {
      accountId: "000000000000",
      apiId: "local",
      authorizer: null,
      domainName: request.headers.host,
      httpMethod: method,
      identity: {
        ...noIdentity,
        sourceIp,
        userAgent: request.headers["user-agent"] ?? null,
        apiKey: apiKey ?? null,
      },
      path: `/local${url.pathname}`,
      protocol: `HTTP/${request.httpVersion}`,
      requestId,
      requestTimeEpoch: Date.now(),
      resourceId: "local",
      resourcePath: route.path,
      stage: "local",
    },
    // The API has no binary media types, so every body is text.
    body: body.length > 0 ? body.toString() : null,
    isBase64Encoded: false,
  };
}

/** Maps the lower-case name to the first spelling and all values. */
function groupHeaders(rawHeaders: string[]): Map<string, [string, string[]]> {
  const grouped = new Map<string, [string, string[]]>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = "", value = ""] = rawHeaders.slice(index, index + 2);
    const [, values] = grouped.get(name.toLowerCase()) ?? [];
    if (values) values.push(value);
    else grouped.set(name.toLowerCase(), [name, [value]]);
  }
  return grouped;
}

function orNull<Values extends object>(values: Values): Values | null {
  return Object.keys(values).length > 0 ? values : null;
}

/** Fields for callers that API Gateway authenticates. This API has no authorizer. */
const noIdentity = {
  accessKey: null,
  accountId: null,
  apiKeyId: null,
  caller: null,
  clientCert: null,
  cognitoAuthenticationProvider: null,
  cognitoAuthenticationType: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  principalOrgId: null,
  user: null,
  userArn: null,
};
