import type { IncomingMessage, ServerResponse } from "node:http";
import { listen } from "#local/http/listen.ts";
import { readBody } from "#local/http/read-body.ts";
import { createConnectionPools } from "./connection-pools.ts";
import { parsePayload } from "./payload.ts";
import { Refusal, toRefusal } from "./refusal.ts";
import { runPayload } from "./run-payload.ts";
import { startWebSocketProxy } from "./websocket-proxy.ts";

/** Neon's two endpoints, in front of a local PostgreSQL. */
export interface NeonServer {
  /** Value of the driver's `fetchEndpoint`. */
  readonly sqlEndpoint: string;
  /** Value of the driver's `wsProxy`. */
  readonly websocketProxy: string;
  /** How many requests `/sql` has received for a database. */
  requests(database: string): number;
  /** How many bytes the bodies of requests and responses for a database had. */
  bytes(database: string): number;
  /** Resolves once every received request has ended, also those of clients that have left. */
  idle(): Promise<void>;
  /** Tests set it to break requests. */
  fault: FaultPlan | undefined;
  close(): Promise<void>;
}

/**
 * cut: breaks the connection before the statements run. cut-answer: breaks it after they ran. cut-in-answer: breaks it
 * after they ran and half of the body was sent. error and a Refusal: respond without running the statements. hang:
 * never responds.
 */
type Fault = "cut" | "hang" | "error" | "cut-answer" | "cut-in-answer" | Refusal;
type FaultPlan = (request: {
  database: string;
  body: string;
}) => Fault | undefined | Promise<Fault | undefined>;

/** The default of Neon's proxy, in both directions. */
const maxBytes = 10 * 1024 * 1024;

/**
 * Starts both endpoints on loopback. Ignores the host in a connection string, so it may be a host name of Neon. User,
 * password and database belong to the local PostgreSQL, which may stop and restart.
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
      await handle(request, response);
    } catch (error) {
      const { status, message, fields } = toRefusal(error);
      send(response, status, { message, ...fields });
    }
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
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
    if (fault === "error") throw new Refusal(500, "A test injected this error.");
    if (fault === "cut") return cut(response);
    const payload = parsePayload(body.toString());
    const result = await pools.lend(address, abortedOnClose(response), (client) =>
      runPayload(client, payload, request.headers),
    );
    if (fault === "cut-answer") return cut(response);
    if (fault === "cut-in-answer") return cutInBody(response, result);
    countBytes(database, send(response, 200, result));
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

/** Refuses requests that Neon's driver never sends, because the responses could differ from Neon's. */
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
