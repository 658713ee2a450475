import http from "node:http";
import https from "node:https";
import type { ConnectionAgent } from "./connection-agent.ts";

interface PostOptions {
  connections: ConnectionAgent;
  headers: Record<string, string>;
  body: string;
  /** How long the whole response may take. */
  timeoutMs?: number;
  signal?: AbortSignal | null | undefined;
}

/**
 * Sends a POST request and reads the whole response. Follows no redirect, which would take secrets to another host.
 * Uses `node:http` because `fetch` costs a cold start 30 ms: it loads undici and compiles WebAssembly.
 * @throws an Error with the name `TimeoutError`, the signal's reason, or the network's error
 */
export function post(
  address: URL,
  { connections, headers, body, timeoutMs, signal }: PostOptions,
): Promise<{ status: number; text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const isSecure = address.protocol === "https:";
  const request = (isSecure ? https : http).request(address, {
    method: "POST",
    agent: isSecure ? connections.https : connections.http,
    headers,
    ...(signal && { signal }),
  });
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => request.destroy(new ResponseTimeout(timeoutMs)), timeoutMs);
  const fail = (error: Error) => {
    clearTimeout(timer);
    reject(signal?.aborted ? signal.reason : error);
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

class ResponseTimeout extends Error {
  override readonly name = "TimeoutError";
  constructor(timeoutMs: number) {
    super(`No whole response within ${timeoutMs} ms.`);
  }
}
