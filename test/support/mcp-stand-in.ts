import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { type HttpServer, listen } from "#local/http/listen.ts";
import { readBody } from "#local/http/read-body.ts";

/** One request as an MCP server receives it. */
export interface McpRequest {
  method: string;
  headers: IncomingHttpHeaders;
  /** The JSON-RPC message; `method` is the empty string for a GET or DELETE. */
  message: { id?: number | string; method: string; params?: Record<string, unknown> };
}

export interface McpStandIn extends HttpServer {
  /** For the secret `mcp-servers`. */
  server: {
    name: string;
    url: string;
    headers: Record<string, string>;
    allow: string[];
    reads: string[];
  };
  requests: McpRequest[];
  /** The JSON-RPC methods received, in their order. */
  methods(): string[];
}

/** Answers one method: with a result, or with undefined, having written the response itself. Without an entry the usual answer is given. */
export type McpAnswers = Record<string, (request: McpRequest, response: ServerResponse) => unknown>;

const modernVersion = "2026-07-28";

/**
 * Starts a server of the protocol that does what a test says, right or wrong. It speaks the version of 2026-07-28, or with
 * `era: "2025"` that of 2025-11-25 with a session.
 */
export async function startMcpStandIn({
  era = "2026",
  name = "far",
  tools = [{ name: "look", inputSchema: { type: "object" } }],
  answers = {},
}: {
  era?: "2025" | "2026";
  name?: string;
  /** What `tools/list` returns. */
  tools?: object[];
  answers?: McpAnswers;
} = {}): Promise<McpStandIn> {
  const requests: McpRequest[] = [];
  const usual: McpAnswers = {
    ...(era === "2026" && {
      "server/discover": () => ({
        supportedVersions: [modernVersion],
        capabilities: { tools: {} },
      }),
    }),
    ...(era === "2025" && {
      initialize: (_, response) => {
        response.setHeader("mcp-session-id", "session-1");
        return {
          protocolVersion: "2025-11-25",
          capabilities: { tools: {} },
          serverInfo: { name, version: "1" },
        };
      },
      "notifications/initialized": (_, response) => void response.writeHead(202).end(),
      "notifications/cancelled": (_, response) => void response.writeHead(202).end(),
      "": (_, response) => void response.writeHead(200).end(),
    }),
    "tools/list": () => ({ tools, ttlMs: 60_000, cacheScope: "private" }),
    "tools/call": () => ({ content: [{ type: "text", text: "seen" }] }),
  };

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await readBody(request, 1024 * 1024))?.toString() ?? "";
    const message = body === "" ? { method: "" } : JSON.parse(body);
    const received = { method: request.method ?? "", headers: request.headers, message };
    requests.push(received);
    const answer = answers[message.method] ?? usual[message.method];
    if (!answer) return sendError(response, message.id, -32_601, "Method not found");
    const result = await answer(received, response);
    if (typeof result === "object" && result) sendResult(response, message.id, result);
  }
  const server = await listen(receive);
  return {
    ...server,
    server: { name, url: `${server.address}/mcp`, headers: {}, allow: ["*"], reads: [] },
    requests,
    methods: () => requests.map(({ message }) => message.method),
  };
}

export function sendResult(response: ServerResponse, id: unknown, result: object): void {
  const whole = { resultType: "complete", ...result };
  sendJson(response, 200, { jsonrpc: "2.0", id, result: whole });
}

export function sendError(
  response: ServerResponse,
  id: unknown,
  code: number,
  message: string,
): void {
  // With a status of 400, clients of 2026-07-28 read the error, and those of 2025 know that the method is unknown.
  sendJson(response, 400, { jsonrpc: "2.0", id, error: { code, message } });
}

function sendJson(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

/** Begins a stream of events, and writes these messages. */
export function sendEvents(response: ServerResponse, ...messages: object[]): void {
  if (!response.headersSent) response.writeHead(200, { "content-type": "text/event-stream" });
  for (const message of messages) response.write(`data: ${JSON.stringify(message)}\n\n`);
}
