// Runs one bundle as Lambda's runtime does: one process, the global `awslambda`, an event per request, the response
// streamed through one HTTP connection. Arguments: the bundle's file, and "url" or "gateway" for the kind of event.
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { answerCalls } from "./calls.ts";

interface Prelude {
  statusCode: number;
  headers?: Record<string, string>;
  multiValueHeaders?: Record<string, string[]>;
  cookies?: string[];
}
interface BufferedResponse extends Prelude {
  body: string;
}
type Handler = (...rest: unknown[]) => Promise<BufferedResponse | undefined>;

const timeoutMs = 900_000;
const [bundle = "", kind = "url"] = process.argv.slice(2);
const streaming = new WeakSet<Handler>();

Object.assign(globalThis, {
  awslambda: {
    streamifyResponse(handler: Handler) {
      streaming.add(handler);
      return handler;
    },
    // Lambda's runtime writes to an HTTP request. Here the response of an HTTP server takes its place.
    HttpResponseStream: {
      from(response: ServerResponse, prelude: Prelude) {
        writeHead(response, prelude);
        return response;
      },
    },
  },
});

const importedAt = performance.now();
const { handler }: { handler: Handler } = await import(pathToFileURL(bundle).href);
const importMs = performance.now() - importedAt;

const server = createServer((request, response) => {
  serve(request, response).catch((error: unknown) => {
    console.error(error);
    response.destroy();
  });
});
// Longer than any pause of the benchmark, so that no request meets a closing connection.
server.keepAliveTimeout = 600_000;
server.listen(0, "127.0.0.1", () =>
  answerCalls({
    address: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    importMs: () => importMs,
  }),
);

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  const event = kind === "gateway" ? gatewayEvent(request, body) : urlEvent(request, body);
  const deadline = Date.now() + timeoutMs;
  const context = {
    awsRequestId: randomUUID(),
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  if (streaming.has(handler)) {
    await handler(event, response, context);
    return;
  }
  const result = await handler(event, context);
  if (!result) throw new Error("The handler returned nothing.");
  writeHead(response, result);
  response.end(result.body);
}

function writeHead(
  response: ServerResponse,
  { statusCode, headers, multiValueHeaders, cookies }: Prelude,
): void {
  const all = { ...headers, ...multiValueHeaders, ...(cookies && { "set-cookie": cookies }) };
  response.writeHead(statusCode, all);
}

/** A function URL's event (payload format 2.0). */
function urlEvent(request: IncomingMessage, body: string) {
  const url = new URL(request.url ?? "/", "http://localhost");
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    headers: headersOf(request),
    ...(url.search !== "" && { queryStringParameters: Object.fromEntries(url.searchParams) }),
    requestContext: {
      accountId: "anonymous",
      apiId: "bench",
      domainName: "localhost",
      domainPrefix: "bench",
      http: {
        method: request.method,
        path: url.pathname,
        protocol: "HTTP/1.1",
        sourceIp: request.socket.remoteAddress,
        userAgent: request.headers["user-agent"] ?? "",
      },
      requestId: randomUUID(),
      routeKey: "$default",
      stage: "$default",
      time: new Date().toUTCString(),
      timeEpoch: Date.now(),
    },
    body,
    isBase64Encoded: false,
  };
}

/** API Gateway's event (payload format 1.0). */
function gatewayEvent(request: IncomingMessage, body: string) {
  const url = new URL(request.url ?? "/", "http://localhost");
  const query = Object.fromEntries(url.searchParams);
  return {
    httpMethod: request.method,
    path: url.pathname,
    resource: url.pathname,
    headers: headersOf(request),
    multiValueHeaders: {},
    queryStringParameters: url.search === "" ? null : query,
    multiValueQueryStringParameters: null,
    pathParameters: null,
    stageVariables: null,
    body: body === "" ? null : body,
    isBase64Encoded: false,
    requestContext: {
      requestId: randomUUID(),
      identity: { sourceIp: request.socket.remoteAddress },
    },
  };
}

function headersOf(request: IncomingMessage): Record<string, string> {
  const { headers } = request;
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
