import { randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { McpHttpHandler } from "@modelcontextprotocol/server";
import { listen } from "#local/http/listen.ts";
import { isLoopbackHost } from "#local/http/loopback-host.ts";
import { readBody } from "#local/http/read-body.ts";
import type { Plant } from "./office-plants.ts";

export interface McpServerPart {
  /** Where the protocol is spoken: `http://127.0.0.1:<port>/mcp`. */
  address: string;
  /** What a client must send as `Authorization`. */
  authorization: string;
  /** The plants of the office, with what has happened to them since the start. */
  plants(): Promise<readonly Plant[]>;
  close(): Promise<void>;
}

const maxBodyBytes = 256 * 1024;

/** Starts the sample of an MCP server on this machine. The library and the tools load with the first request. */
export async function startMcpServer({
  pauseMs,
}: {
  /** How long `count_slowly` waits between two numbers; 300 by default. */
  pauseMs?: number | undefined;
} = {}): Promise<McpServerPart> {
  const authorization = `Bearer ${randomBytes(24).toString("base64url")}`;
  let sample: Promise<{ handler: McpHttpHandler; plants: readonly Plant[] }> | undefined;
  const load = () => {
    sample ??= import("./sample-server.ts").then((module) => module.createSample({ pauseMs }));
    return sample;
  };

  const server = await listen(async (request, response) => {
    const refusal = refusalOf(request, authorization);
    if (refusal) return send(response, ...refusal);
    const body = await readBody(request, maxBodyBytes);
    if (!body) return send(response, 413, "The body has more than 256 KB.");
    const { handler } = await load();
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    await pass(await handler.fetch(toWebRequest(request, body, gone.signal)), response);
  });
  return {
    address: `${server.address}/mcp`,
    authorization,
    plants: async () => (await load()).plants,
    async close() {
      await (await sample)?.handler.close();
      await server.close();
    },
  };
}

/** The library checks neither Host nor Origin nor a key. A web page must not reach this server by another name. */
function refusalOf(request: IncomingMessage, authorization: string): [number, string] | undefined {
  const { origin } = request.headers;
  const originHost = origin === undefined ? request.headers.host : URL.parse(origin)?.host;
  if (!isLoopbackHost(request) || !isLoopbackHost({ headers: { host: originHost ?? "" } })) {
    return [403, "Only this machine may call."];
  }
  if (request.url !== "/mcp") return [404, "The address is /mcp."];
  return isEqual(request.headers.authorization ?? "", authorization)
    ? undefined
    : [401, "The key is missing or wrong."];
}

function isEqual(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${text}\n`);
}

function toWebRequest(request: IncomingMessage, body: Buffer, signal: AbortSignal): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, String(value));
  }
  const { method = "GET", url } = request;
  const hasBody = method !== "GET" && method !== "HEAD";
  return new Request(`http://${request.headers.host}${url}`, {
    ...{ method, headers, signal },
    ...(hasBody && { body: new Uint8Array(body) }),
  });
}

async function pass(answer: Response, response: ServerResponse): Promise<void> {
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  if (!answer.body) return void response.end();
  // A client that cancels a call closes its connection.
  await pipeline(answer.body, response).catch(() => response.destroy());
}
