import {
  type Agent,
  type IncomingMessage,
  request as openRequest,
  type ServerResponse,
} from "node:http";
import { pipeline } from "node:stream";
import { requestUrl } from "#local/http/request-url.ts";

/** All that CloudFront passes on of what a browser sends (its origin request policy). */
export const forwardedHeaders = [
  "accept",
  "content-type",
  "origin",
  "sec-fetch-site",
  "last-event-id",
  "idempotency-key",
  "x-request-id",
  "user-agent",
  "cookie",
];
/** Where a program ends its token. CloudFront passes `Authorization` on only with all that a client sends. */
const allHeadersPath = "/api/logout";
/** They describe one connection, so each side has its own. */
const hopByHopHeaders = ["connection", "keep-alive", "transfer-encoding"];

interface Origin {
  /** `http://127.0.0.1:<port>` */
  address: string;
  /** CloudFront's own, by which the functions know that a request came this way. */
  apiKey: string;
  agent: Agent;
  /** The client's `<address>:<port>`; without it that of the connection. */
  viewerAddress?: (() => string) | undefined;
}

/** Passes a request on to the gateway and its answer back, each as it comes. A browser that leaves ends both. */
export function forward(origin: Origin, request: IncomingMessage, response: ServerResponse): void {
  const upstream = openRequest(new URL(origin.address), {
    agent: origin.agent,
    method: request.method,
    path: request.url,
    headers: originHeaders(request, origin),
  });
  response.once("close", () => upstream.destroy());
  upstream.once("response", (answer) => {
    response.writeHead(answer.statusCode ?? 502, withoutHopByHop(answer.headers));
    response.flushHeaders();
    pipeline(answer, response, () => {});
  });
  upstream.on("error", () => {
    if (response.headersSent || response.destroyed) response.destroy();
    else
      response.writeHead(502, { "content-type": "text/plain" }).end("The origin does not answer.");
  });
  request.pipe(upstream);
}

function originHeaders(
  request: IncomingMessage,
  { apiKey, viewerAddress }: Origin,
): Record<string, string> {
  const { headers, socket } = request;
  const isPassedWhole = requestUrl(request).pathname === allHeadersPath;
  const names = isPassedWhole ? Object.keys(withoutHopByHop(headers)) : forwardedHeaders;
  const passed: Record<string, string> = {};
  for (const name of [...names.filter((one) => one !== "host"), "content-length"]) {
    const value = headers[name];
    if (value !== undefined) passed[name] = String(value);
  }
  // Node frames a body of unknown length by itself only where it expects one. Unframed it would be read as the next
  // request on this connection, with whatever headers its sender likes.
  if (headers["transfer-encoding"] !== undefined) passed["transfer-encoding"] = "chunked";
  return {
    ...passed,
    "x-api-key": apiKey,
    "cloudfront-viewer-address":
      viewerAddress?.() ?? `${socket.remoteAddress}:${socket.remotePort}`,
  };
}

function withoutHopByHop(headers: IncomingMessage["headers"]): IncomingMessage["headers"] {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !hopByHopHeaders.includes(name)),
  );
}
