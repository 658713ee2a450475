import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import * as v from "valibot";
import { ResponseHead, readPrelude } from "./prelude.ts";
import type { ResponseBody } from "./response-body.ts";
import type { FunctionResponse } from "./sandbox.ts";

/** A function's response as HTTP: API Gateway and function URLs use the same format. */
export interface ProxyResponse {
  head: ResponseHead;
  body: Buffer | ResponseBody;
}

const BufferedResponse = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    ...ResponseHead.entries,
    body: v.optional(v.string(), ""),
    isBase64Encoded: v.optional(v.boolean(), false),
  }),
);

/** Returns undefined if the response has no HTTP status. */
export async function toProxyResponse(
  response: FunctionResponse,
): Promise<ProxyResponse | undefined> {
  if (response.kind === "streamed") {
    const head = await readPrelude(response.body);
    if (head) return { head, body: response.body };
    await response.body.return();
    return undefined;
  }
  const parsed = v.safeParse(BufferedResponse, response.payload);
  if (!parsed.success) return undefined;
  const { body, isBase64Encoded, ...head } = parsed.output;
  return { head, body: Buffer.from(body, isBase64Encoded ? "base64" : "utf8") };
}

/** Returns the headers with names in lower case. Both API Gateway and function URLs default to JSON. */
export function collectHeaders(head: ResponseHead): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = { "content-type": "application/json" };
  for (const [name, value] of Object.entries(head.headers)) {
    headers[name.toLowerCase()] = String(value);
  }
  for (const [name, values] of Object.entries(head.multiValueHeaders)) {
    headers[name.toLowerCase()] = values;
  }
  if (head.cookies.length > 0) headers["set-cookie"] = head.cookies;
  return headers;
}

/**
 * Sends a response; streams a stream. The function does not notice a client that leaves. If the function fails in
 * mid-stream, the connection is cut.
 */
export async function sendResponse(
  response: ServerResponse,
  statusCode: number,
  headers: Record<string, string | string[]>,
  body: Buffer | ResponseBody,
): Promise<void> {
  if (Buffer.isBuffer(body)) {
    const length = body.length > 0 ? { "content-length": String(body.length) } : {};
    response.writeHead(statusCode, { ...headers, ...length }).end(body);
    return;
  }
  try {
    response.writeHead(statusCode, headers).flushHeaders();
    await pipeline(body, response);
  } finally {
    await body.return();
  }
}
