import type { Readable } from "node:stream";

/** The answer of a route; for both kinds of API Gateway event and for the function URL. */
export interface HttpResponse {
  statusCode: number;
  headers: Record<string, string>;
  /** Only `Set-Cookie`, which may stand more than once. */
  multiValueHeaders?: Record<string, string[]>;
  body: string | Readable;
}

export function json(statusCode: number, value: unknown): HttpResponse {
  return {
    statusCode,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(value),
  };
}

export function noContent(): HttpResponse {
  return { statusCode: 204, headers: {}, body: "" };
}
