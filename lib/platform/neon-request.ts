import { createConnectionAgent } from "./connection-agent.ts";

/** A connection that was idle for longer may be dead: Lambda may have frozen the function meanwhile. */
const idleConnectionMs = 4_000;

const connections = createConnectionAgent({ idleMs: idleConnectionMs });

/** Opens a connection for the next request to this address. Sends nothing. */
export const connectToNeon = (address: string) => connections.connect(new URL(address));

/** Neon sent an error instead of rows. */
export class NeonRefusal extends Error {
  override readonly name = "NeonRefusal";
  readonly status: number;
  /** The SQLSTATE. Empty if Neon itself refused and not PostgreSQL. */
  readonly code: string;

  constructor(status: number, message: string, code = "") {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The part of a `Response` that Neon's driver reads. */
interface RowsResponse {
  ok: true;
  status: 200;
  json: () => Promise<unknown>;
}

/** The driver passes it on from its options. */
export interface RowsLimit {
  /** When the response must have arrived, also the response of a repetition, as `performance.now()` counts. */
  endsAtMs: number;
}

type RowsRequest = RequestInit & RowsLimit;

class ResponseTimeout extends Error {
  override readonly name = "TimeoutError";
}

/**
 * Replaces `fetch` in Neon's driver. Reads the whole response, and repeats the request once if the connection is lost
 * before the last byte: a thawed function may hold a socket that the other side closed long ago. Repeating is safe even
 * if the first request arrived, because each of our statements may run twice.
 * @throws NeonRefusal, ResponseTimeout, or the network's error of the second request
 */
export async function fetchRows(address: string, request: RowsRequest): Promise<RowsResponse> {
  try {
    return await fetchOnce(address, request);
  } catch (error) {
    if (error instanceof NeonRefusal || error instanceof ResponseTimeout) throw error;
    return await fetchOnce(address, request);
  }
}

async function fetchOnce(address: string, request: RowsRequest): Promise<RowsResponse> {
  const { status, text } = await post(new URL(address), request);
  const body = parsed(text);
  if (status !== 200) throw refusalOf(status, body);
  if (!holdsRows(body)) throw new Error("The answer of Neon is cut off, or is none of Neon's.");
  return { ok: true, status: 200, json: async () => body };
}

/**
 * Uses `node:http` because `fetch` costs a cold start 30 ms: it loads undici and compiles WebAssembly. Follows no
 * redirect, which would take the connection string, with its password, to another host.
 * @throws ResponseTimeout, or the network's error
 */
function post(address: URL, { headers, body, endsAtMs }: RowsRequest) {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const request = connections.request(address, {
    method: "POST",
    headers: { ...(headers as Record<string, string>), "content-type": "text/plain;charset=UTF-8" },
  });
  // AbortSignal.timeout cannot be cancelled: it would fire after each request, and make an exception with a stack.
  const timer = setTimeout(
    () => request.destroy(new ResponseTimeout("Neon did not answer in time.")),
    endsAtMs - performance.now(),
  );
  const fail = (error: Error) => {
    clearTimeout(timer);
    reject(error);
  };
  request.once("error", fail);
  request.once("response", (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.once("error", fail);
    response.once("end", () => {
      clearTimeout(timer);
      resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
    });
  });
  request.end(body);
  return promise;
}

/** Returns undefined for invalid JSON. Drops the parser's error, because it quotes the text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function holdsRows(body: unknown): boolean {
  const { fields, rows, results } = Object(body);
  return Array.isArray(results)
    ? results.every(holdsRows)
    : Array.isArray(fields) && Array.isArray(rows);
}

function refusalOf(status: number, body: unknown): NeonRefusal {
  const { message, code } = Object(body);
  const words = typeof message === "string" ? message : `Neon answered with HTTP status ${status}.`;
  return new NeonRefusal(status, words, typeof code === "string" ? code : "");
}
