import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import * as v from "valibot";
import { ResponseHead, readPrelude } from "./prelude.ts";
import type { ResponseBody } from "./response-body.ts";
import type { FunctionResponse } from "./sandbox.ts";

/** A function's answer as HTTP. */
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

/** Undefined if the function's answer has no status: it was not meant for HTTP. */
export async function toProxyResponse(
  answer: FunctionResponse,
): Promise<ProxyResponse | undefined> {
  if (answer.kind === "streamed") {
    const head = await readPrelude(answer.body);
    if (head) return { head, body: answer.body };
    await answer.body.return();
    return undefined;
  }
  const parsed = v.safeParse(BufferedResponse, answer.payload);
  if (!parsed.success) return undefined;
  const { body, isBase64Encoded, ...head } = parsed.output;
  return { head, body: Buffer.from(body, isBase64Encoded ? "base64" : "utf8") };
}

/** Header names in lower case; API Gateway and function URLs alike say JSON when the function says nothing. */
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
 * Sends an answer, a stream as it comes. A client that leaves is not seen by the function; a function that fails
 * midway cuts the answer.
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
