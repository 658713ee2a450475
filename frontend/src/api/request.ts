import * as v from "valibot";
import { anySignal } from "./any-signal.ts";
import {
  ApiProblem,
  parseJson,
  readProblem,
  toApiProblem,
  unreadableResponse,
} from "./api-problem.ts";

// API Gateway ends a buffered request after 29 s.
const deadlineMs = 35_000;

interface RequestOptions {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  headers?: Record<string, string>;
  body?: unknown;
  signal?: AbortSignal;
  keepalive?: boolean;
}

/** Returns the parsed body. Throws a problem of type `unreadable` if the body does not match the schema. */
export async function requestJson<Schema extends v.GenericSchema>(
  path: string,
  schema: Schema,
  options: RequestOptions = {},
): Promise<v.InferOutput<Schema>> {
  const response = await request(path, options);
  const parsed = v.safeParse(schema, parseJson(await readText(response, options.signal)));
  if (!parsed.success) throw unreadableResponse(response.status);
  return parsed.output;
}

/** Expects a 204. Any other success, such as the login page of a public network, is not from our service. */
export async function requestNoContent(path: string, options: RequestOptions): Promise<void> {
  const { status } = await request(path, options);
  if (status !== 204) throw unreadableResponse(status);
}

/** Deletes what is at the path. Another tab or device may have deleted it already. */
export async function requestRemoval(path: string): Promise<void> {
  try {
    await requestNoContent(path, { method: "DELETE" });
  } catch (error) {
    if (!(error instanceof ApiProblem && error.status === 404)) throw error;
  }
}

async function request(path: string, options: RequestOptions): Promise<Response> {
  const { method = "GET", headers = {}, body, signal, keepalive = false } = options;
  const deadline = AbortSignal.timeout(deadlineMs);
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: {
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? null : JSON.stringify(body),
      cache: "no-store",
      keepalive,
      signal: signal ? anySignal([signal, deadline]) : deadline,
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw toApiProblem(error);
  }
  if (!response.ok) throw await toProblem(response, signal);
  return response;
}

async function toProblem(response: Response, signal?: AbortSignal): Promise<ApiProblem> {
  try {
    return await readProblem(response);
  } catch (error) {
    signal?.throwIfAborted();
    return toApiProblem(error);
  }
}

async function readText(response: Response, signal?: AbortSignal): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    signal?.throwIfAborted();
    throw toApiProblem(error);
  }
}
