import { createConnectionAgent } from "./connection-agent.ts";
import { parseJson } from "./json.ts";
import { postText } from "./post-text.ts";

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
  const { status, text } = await postText(connections, new URL(address), {
    headers: {
      ...(request.headers as Record<string, string>),
      "content-type": "text/plain;charset=UTF-8",
    },
    body: request.body as string,
    timeoutMs: request.endsAtMs - performance.now(),
    lateError: () => new ResponseTimeout("Neon did not answer in time."),
  });
  const body = parseJson(text);
  if (status !== 200) throw refusalOf(status, body);
  if (!holdsRows(body)) throw new Error("The answer of Neon is cut off, or is none of Neon's.");
  return { ok: true, status: 200, json: async () => body };
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
