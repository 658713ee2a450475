import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { Readable, Transform } from "node:stream";
import type { FetchLike } from "@modelcontextprotocol/client";
import { whenSent } from "#lib/platform/when-sent.ts";
import { McpFailure } from "./mcp-failure.ts";

const maxAnswerBytes = 2 * 1024 * 1024;
const connectMs = 5_000;

export interface ServerConnection {
  /** Follows no redirect. @throws McpFailure, or the signal's reason */
  fetch: FetchLike;
  /** What has ended a stream too early. The library says only that the stream has ended. */
  readonly failure: McpFailure | undefined;
  /** Cuts open requests. */
  close(): void;
}

/**
 * Returns connections of one session's own. Lambda freezes an instance between two requests, and a connection that the
 * server has closed meanwhile would lose a call: nobody could know whether the call had an effect.
 */
export function createServerConnection(url: URL): ServerConnection {
  const module = url.protocol === "https:" ? https : http;
  const agent = new module.Agent({ keepAlive: true });
  let failure: McpFailure | undefined;

  return {
    get failure() {
      return failure;
    },
    async fetch(target, { method = "GET", headers, body, signal } = {}) {
      // A server of 2025 may send notifications on a stream of their own. Nobody waits for them here.
      const sent = new Headers(headers);
      if (method === "GET" && !sent.has("last-event-id"))
        return new Response(null, { status: 405 });
      const text = typeof body === "string" ? body : "";
      const response = await send(module, new URL(target), text, {
        method,
        agent,
        headers: {
          ...Object.fromEntries(sent),
          ...(text && { "content-length": Buffer.byteLength(text) }),
        },
        ...(signal && { signal }),
      });
      return toResponse(response, (cause) => {
        failure = cause;
      });
    },
    close: () => agent.destroy(),
  };
}

/** Returns the head of the response. @throws McpFailure, or the signal's reason */
function send(
  module: typeof http | typeof https,
  url: URL,
  body: string,
  options: http.RequestOptions,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = module.request(url, options);
  let isSent = false;
  const timer = setTimeout(() => request.destroy(new Error("No connection.")), connectMs);
  whenSent(request, () => {
    isSent = true;
    clearTimeout(timer);
  });
  request.on("error", (cause) => {
    clearTimeout(timer);
    if (options.signal?.aborted) return reject(options.signal.reason);
    reject(new McpFailure(isSent ? "broken_off" : "unreachable", { mayHaveActed: isSent, cause }));
  });
  request.once("response", resolve);
  request.end(body);
  return promise;
}

/** @throws McpFailure for a status that says nothing about the protocol, so that no 429 looks like an old server */
function toResponse(response: IncomingMessage, onFailure: (failure: McpFailure) => void): Response {
  const status = response.statusCode ?? 0;
  const failure = failureOf(status);
  if (failure) {
    response.destroy();
    throw failure;
  }
  const headers = new Headers();
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) headers.set(name, String(value));
  }
  const hasBody = ![101, 204, 205, 304].includes(status);
  if (!hasBody) response.resume();
  const body = hasBody ? Readable.toWeb(withLimit(response, onFailure)) : null;
  return new Response(body as ReadableStream<Uint8Array> | null, { status, headers });
}

function failureOf(status: number): McpFailure | undefined {
  if (status >= 300 && status < 400) return new McpFailure("redirected", { mayHaveActed: false });
  if (status === 401 || status === 403) {
    return new McpFailure("access_denied", { mayHaveActed: false });
  }
  if (status === 429) return new McpFailure("throttled", { mayHaveActed: false });
  // A 503 is a refusal. Behind any other, a server may have begun.
  if (status >= 500) return new McpFailure("unavailable", { mayHaveActed: status !== 503 });
  return undefined;
}

/** A stream of progress counts as well, so nothing is read without an end. */
function withLimit(response: IncomingMessage, onFailure: (failure: McpFailure) => void): Readable {
  let bytes = 0;
  const limit = new Transform({
    transform(piece: Buffer, _, done) {
      bytes += piece.length;
      if (bytes <= maxAnswerBytes) return done(null, piece);
      fail("too_large");
    },
  });
  const fail = (reason: "too_large" | "broken_off", cause?: unknown) => {
    const failure = new McpFailure(reason, { mayHaveActed: true, cause });
    onFailure(failure);
    limit.destroy(failure);
    response.destroy();
  };
  response.once("error", (cause) => {
    if (!limit.destroyed) fail("broken_off", cause);
  });
  return response.pipe(limit);
}
