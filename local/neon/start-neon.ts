import type { IncomingMessage, ServerResponse } from "node:http";
import { listen } from "#local/http/listen.ts";
import { readBody } from "#local/http/read-body.ts";
import { createConnectionPools } from "./connection-pools.ts";
import { parsePayload } from "./payload.ts";
import { Refusal, toRefusal } from "./refusal.ts";
import { runPayload } from "./run-payload.ts";
import { startWebSocketProxy } from "./websocket-proxy.ts";

/** Neon's two ways in, in front of a local PostgreSQL. */
export interface NeonServer {
  /** For the driver's `fetchEndpoint`. */
  readonly sqlEndpoint: string;
  /** For the driver's `wsProxy`. */
  readonly websocketProxy: string;
  /** How many requests came to `/sql` for a database so far, answered or not. */
  requests(database: string): number;
  /** Of the bodies of requests and answers for a database so far. */
  bytes(database: string): number;
  /** Resolves once every request that has come is answered, also those whose sender is gone. */
  idle(): Promise<void>;
  /** What happens to each request; tests set it. */
  fault: FaultPlan | undefined;
  close(): Promise<void>;
}

/**
 * cut: the connection breaks before anything runs. cut-answer: it breaks when all has run. cut-in-answer: it breaks then,
 * and half of the body has arrived. A refusal is answered before anything runs.
 */
type Fault = "cut" | "hang" | "error" | "cut-answer" | "cut-in-answer" | Refusal;
type FaultPlan = (request: {
  database: string;
  body: string;
}) => Fault | undefined | Promise<Fault | undefined>;

/** The default of Neon's proxy, in both directions. */
const maxBytes = 10 * 1024 * 1024;

/**
 * Starts both on loopback. The host in a connection string is ignored, so it may be a name of Neon's; user, password and
 * database are those of the local PostgreSQL, which may come and go.
 */
export async function startNeon({ postgresPort }: { postgresPort: number }): Promise<NeonServer> {
  const pools = createConnectionPools(postgresPort);
  const counts = new Map<string, number>();
  const byteCounts = new Map<string, number>();
  const countBytes = (database: string, text: Buffer | string) =>
    byteCounts.set(database, (byteCounts.get(database) ?? 0) + Buffer.byteLength(text));
  const websocket = await startWebSocketProxy(postgresPort);
  const open = new Set<Promise<void>>();
  const http = await listen((request, response) => {
    const served = serve(request, response).finally(() => open.delete(served));
    open.add(served);
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await answer(request, response);
    } catch (error) {
      const { status, message, fields } = toRefusal(error);
      send(response, status, { message, ...fields });
    }
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const address = addressOf(request);
    const database = decodeURIComponent(address.pathname.slice(1));
    counts.set(database, (counts.get(database) ?? 0) + 1);
    const body = await readBody(request, maxBytes);
    if (body === undefined)
      throw new Refusal(413, `request is too large (max is ${maxBytes} bytes)`);
    countBytes(database, body);
    const fault = await neon.fault?.({ database, body: body.toString() });
    if (fault === "hang") return;
    if (fault instanceof Refusal) throw fault;
    if (fault === "error") throw new Refusal(500, "A fault asked for by a test.");
    if (fault === "cut") return cut(response);
    const payload = parsePayload(body.toString());
    const answer = await pools.lend(address, abortedOnClose(response), (client) =>
      runPayload(client, payload, request.headers),
    );
    if (fault === "cut-answer") return cut(response);
    if (fault === "cut-in-answer") return cutInBody(response, answer);
    countBytes(database, send(response, 200, answer));
  }

  const neon: NeonServer = {
    sqlEndpoint: `${http.address}/sql`,
    websocketProxy: websocket.address,
    requests: (database) => counts.get(database) ?? 0,
    bytes: (database) => byteCounts.get(database) ?? 0,
    async idle() {
      await Promise.all(open);
    },
    fault: undefined,
    async close() {
      await Promise.all([http.close(), websocket.close()]);
      await pools.end();
    },
  };
  return neon;
}

/** Refuses what Neon's driver never sends, rather than answer it in another way than Neon would. */
function addressOf({ method, url, headers }: IncomingMessage): URL {
  if (method !== "POST" || url !== "/sql") throw new Refusal(404, "Only POST /sql is served here.");
  if (headers["neon-raw-text-output"] !== "true" || headers["neon-array-mode"] !== "true")
    throw new Refusal(400, "This server needs Neon-Raw-Text-Output and Neon-Array-Mode: true.");
  const address = URL.parse(String(headers["neon-connection-string"] ?? ""));
  if (!address?.username || !address.password || address.pathname.length < 2)
    throw new Refusal(400, "Neon-Connection-String lacks a user, a password or a database.");
  return address;
}

function abortedOnClose(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once("close", () => controller.abort());
  return controller.signal;
}

function cut(response: ServerResponse): void {
  response.destroy();
}

function cutInBody(response: ServerResponse, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(200, { "Content-Length": Buffer.byteLength(text) });
  response.write(text.slice(0, text.length / 2), () => response.destroy());
}

function send(response: ServerResponse, status: number, body: object): string {
  const text = JSON.stringify(body);
  if (Buffer.byteLength(text) > maxBytes) {
    return send(response, 507, { message: `response is too large (max is ${maxBytes} bytes)` });
  }
  response.writeHead(status, { "Content-Type": "application/json" }).end(text);
  return text;
}
