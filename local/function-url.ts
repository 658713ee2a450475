import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { Route } from "./deployment.ts";
import { matchRoute } from "./gateway/match-route.ts";
import { type HttpServer, type ListenOptions, listen } from "./http/listen.ts";
import { isLoopbackHost } from "./http/loopback-host.ts";
import { readBody } from "./http/read-body.ts";
import { requestUrl } from "./http/request-url.ts";
import type { LambdaHost } from "./lambda/lambda-host.ts";
import { collectHeaders, sendResponse, toProxyResponse } from "./lambda/proxy-response.ts";
import { InvocationFailed } from "./lambda/sandbox.ts";

interface FunctionUrlOptions extends ListenOptions {
  /** The function that gets a request unless its path belongs to another function's routes. */
  functionName: string;
  /** The routes of all functions that have a URL. In the cloud each of these functions has an address of its own. */
  routes?: readonly Route[];
  host: Pick<LambdaHost, "invoke">;
}

/** Lambda's limit for a request body. */
const maxRequestBytes = 6 * 1024 * 1024;

/** Stands in for all function URLs without authorizer, in streaming mode. Sends each request to one function as a v2 event. */
export async function startFunctionUrl(options: FunctionUrlOptions): Promise<HttpServer> {
  const { host } = options;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader("x-amzn-requestid", randomUUID());
    try {
      if (!isLoopbackHost(request)) return sendText(response, 403, "Forbidden");
      const body = await readBody(request, maxRequestBytes);
      if (!body) return sendText(response, 413, "Request Entity Too Large");
      const proxied = await toProxyResponse(
        await host.invoke(functionOf(options, request), toUrlEvent(request, body)),
      );
      if (!proxied) return sendText(response, 502, "Internal Server Error");
      await sendResponse(
        response,
        proxied.head.statusCode,
        collectHeaders(proxied.head),
        proxied.body,
      );
    } catch (error) {
      if (!(error instanceof InvocationFailed)) throw error;
      if (response.headersSent) response.destroy();
      else sendText(response, 502, "Internal Server Error");
    }
  }

  return listen(serve, options);
}

/** A path of a function's route belongs to that function, whatever the method: the function refuses other methods itself. */
function functionOf({ functionName, routes = [] }: FunctionUrlOptions, request: IncomingMessage) {
  const { method = "GET" } = request;
  const path = requestUrl(request).pathname;
  const match =
    matchRoute(routes, method, path) ??
    matchRoute(
      routes.map((route) => ({ ...route, method })),
      method,
      path,
    );
  return match?.route.functionName ?? functionName;
}

/** The event of a function URL (payload format 2.0). */
function toUrlEvent(request: IncomingMessage, body: Buffer): APIGatewayProxyEventV2 {
  const url = requestUrl(request);
  const { cookie, ...headers } = request.headersDistinct;
  const joined = joinValues(headers);
  const sourceIp = request.socket.remoteAddress ?? "";
  // A function URL passes on only the leftmost entry, which the client can choose.
  joined["x-forwarded-for"] = (joined["x-forwarded-for"] ?? sourceIp).split(",")[0]?.trim() ?? "";
  const isBase64Encoded = body.length > 0 && !isText(joined["content-type"]);
  const query = [...new Set(url.searchParams.keys())].map((name) => [
    name,
    url.searchParams.getAll(name).join(","),
  ]);
  const time = new Date();
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    ...(cookie && { cookies: cookie.flatMap((line) => line.split(/;\s*/)) }),
    headers: joined,
    ...(query.length > 0 && { queryStringParameters: Object.fromEntries(query) }),
    requestContext: {
      accountId: "anonymous",
      apiId: "local",
      domainName: joined.host ?? "",
      domainPrefix: "local",
      http: {
        method: request.method ?? "GET",
        path: url.pathname,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp,
        userAgent: joined["user-agent"] ?? "",
      },
      requestId: randomUUID(),
      routeKey: "$default",
      stage: "$default",
      time: time.toUTCString(),
      timeEpoch: time.getTime(),
    },
    ...(body.length > 0 && { body: body.toString(isBase64Encoded ? "base64" : "utf8") }),
    isBase64Encoded,
  };
}

function joinValues(headers: NodeJS.Dict<string[]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, values = []]) => [name, values.join(",")]),
  );
}

function isText(contentType = ""): boolean {
  return /^text\/|^application\/(json|javascript|xml|x-www-form-urlencoded)\b|\+(json|xml)\b/.test(
    contentType,
  );
}

function sendText(response: ServerResponse, statusCode: number, body: string): void {
  response.writeHead(statusCode, { "content-type": "text/plain" }).end(body);
}
