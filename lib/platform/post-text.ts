import type { ConnectionAgent } from "./connection-agent.ts";

interface TextRequest {
  headers: Record<string, string>;
  body: Buffer | string;
  /** How long the whole response may take. */
  timeoutMs: number;
  /** Makes the error of a response that takes longer. */
  lateError: () => Error;
  signal?: AbortSignal | undefined;
}

/**
 * Posts a body and reads the whole response. Uses `node:http` because `fetch` costs a cold start 30 ms: it loads undici and
 * compiles WebAssembly. Follows no redirect, which would take the request's secrets to another host.
 * @throws the late error, the signal's error, or the network's error
 */
export function postText(
  connections: Pick<ConnectionAgent, "request">,
  address: URL,
  { headers, body, timeoutMs, lateError, signal }: TextRequest,
): Promise<{ status: number; text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const options = { method: "POST", headers, ...(signal && { signal }) };
  const request = connections.request(address, options);
  // AbortSignal.timeout cannot be cancelled: it would fire after each request, and make an exception with a stack.
  const timer = setTimeout(() => request.destroy(lateError()), timeoutMs);
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
