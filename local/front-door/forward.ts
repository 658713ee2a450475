import {
  type Agent,
  type IncomingMessage,
  request as openRequest,
  type ServerResponse,
} from "node:http";
import { pipeline } from "node:stream";
import { type Forwarding, forwardedHeaders } from "./behaviors.ts";

/** RFC 9110, 7.6.1: these describe one connection and are not forwarded. */
const hopByHopHeaders = ["connection", "keep-alive", "transfer-encoding"];

interface Origin {
  /** `http://127.0.0.1:<port>` */
  address: string;
  /** CloudFront's API key. The functions trust `cloudfront-viewer-address` only with this key. */
  apiKey: string;
  agent: Agent;
  /** Returns `<address>:<port>` of the client. Default: the connection's. */
  viewerAddress?: (() => string) | undefined;
}

/** Streams a request to the gateway and the response back. If the browser leaves, both end. */
export function forward(
  origin: Origin,
  forwarding: Forwarding,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const upstream = openRequest(new URL(origin.address), {
    agent: origin.agent,
    method: request.method,
    path: request.url,
    headers: originHeaders(request, forwarding, origin),
  });
  response.once("close", () => upstream.destroy());
  upstream.once("response", (upstreamResponse) => {
    const { statusCode = 502, headers } = upstreamResponse;
    response.writeHead(statusCode, withoutHopByHop(headers));
    response.flushHeaders();
    pipeline(upstreamResponse, response, () => {});
  });
  upstream.on("error", () => {
    if (response.headersSent || response.destroyed) response.destroy();
    else
      response.writeHead(502, { "content-type": "text/plain" }).end("The origin does not respond.");
  });
  request.pipe(upstream);
  // An origin that refuses a request may close before it has read the body. `pipe` then pauses the request, and the
  // browser's next request on the same connection would wait behind the unread body.
  upstream.once("close", () => request.resume());
}

function originHeaders(
  request: IncomingMessage,
  forwarding: Forwarding,
  { apiKey, viewerAddress }: Origin,
): Record<string, string> {
  const { headers, socket } = request;
  const names =
    forwarding === "all" ? Object.keys(withoutHopByHop(headers)) : forwardedHeaders[forwarding];
  const passed: Record<string, string> = {};
  for (const name of [...names.filter((one) => one !== "host"), "content-length"]) {
    const value = headers[name];
    if (value !== undefined) passed[name] = String(value);
  }
  // Prevents request smuggling. Node adds chunked framing only for methods that usually have a body. Without framing
  // the gateway would read the body as the next request, with headers of the sender's choice.
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
