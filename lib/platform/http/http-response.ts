import type { Readable } from "node:stream";

/** A route's response, in the form that API Gateway and the function URL both understand. */
export interface HttpResponse {
  statusCode: number;
  headers: Record<string, string>;
  /** Holds only `Set-Cookie`, the one header that a response may repeat. */
  multiValueHeaders?: Record<string, string[]>;
  body: string | Readable;
}

/** Returns a response whose body is the value as JSON. */
export function json(statusCode: number, value: unknown): HttpResponse {
  return {
    statusCode,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(value),
  };
}

/** Returns a 204. */
export function noContent(): HttpResponse {
  return { statusCode: 204, headers: {}, body: "" };
}
