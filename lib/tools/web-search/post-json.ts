import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { parseJson } from "#lib/platform/json.ts";
import { whenSent } from "#lib/platform/when-sent.ts";
import { ToolRefusal } from "#lib/tools/tool.ts";

/** Far more than 25 results have. */
const maxAnswerBytes = 1024 * 1024;

interface JsonRequest {
  /** The name of the search, for its sentences: `Amazon's web search`. */
  name: string;
  url: URL;
  /** Returns the headers of one attempt. A signature holds the time. */
  headers: () => Promise<Record<string, string>>;
  body: Buffer;
  /** For both attempts together. */
  timeoutMs: number;
  signal: AbortSignal;
}

export interface JsonResponse {
  status: number;
  headers: http.IncomingHttpHeaders;
  /** The parsed body, or undefined if it is no JSON. */
  body: unknown;
}

/**
 * Sends a POST and returns the response, whatever its status. Repeats the request once if nothing was sent, or if the search
 * was not available (503). Any other failure is final: the search may have counted the query, and the second one would
 * be billed without being booked.
 * @throws ToolRefusal with one sentence if there is no response, or the signal's reason
 */
export async function postJson(request: JsonRequest): Promise<JsonResponse> {
  const deadline = AbortSignal.timeout(request.timeoutMs);
  const signal = AbortSignal.any([request.signal, deadline]);
  for (let made = 1; ; made += 1) {
    try {
      const response = await attempt({ ...request, signal });
      if (response.status !== 503 || made === maxAttempts) return response;
    } catch (error) {
      request.signal.throwIfAborted();
      if (error instanceof ToolRefusal) throw error;
      if (deadline.aborted) {
        throw refusal(request, `did not answer within ${request.timeoutMs / 1_000} seconds`, error);
      }
      if (!(error instanceof NotSent)) throw refusal(request, "broke off its answer", error);
      if (made === maxAttempts) throw refusal(request, "could not be reached", error);
    }
  }
}

const maxAttempts = 2;

/** The connection failed before the request was written. */
class NotSent extends Error {
  override readonly name = "NotSent";
}

async function attempt(request: JsonRequest): Promise<JsonResponse> {
  const { url, body, signal } = request;
  const headers = {
    ...(await request.headers()),
    "content-type": "application/json",
    "content-length": String(body.length),
  };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  let isSent = false;
  const module = url.protocol === "https:" ? https : http;
  // A new connection: an idle one may be gone since the instance was frozen, and nobody could know how far a request got.
  const sent = module.request(url, { method: "POST", headers, signal, agent: false });
  whenSent(sent, () => {
    isSent = true;
  });
  sent.on("error", (cause) =>
    reject(isSent ? cause : new NotSent("The request was not sent.", { cause })),
  );
  sent.once("response", resolve).end(body);
  const response = await promise;
  const text = await readText(request, response);
  return { status: response.statusCode ?? 0, headers: response.headers, body: parseJson(text) };
}

async function readText(request: JsonRequest, response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of response) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes > maxAnswerBytes) throw refusal(request, "sent more than 1 MB");
  }
  return Buffer.concat(pieces).toString();
}

const refusal = ({ name }: JsonRequest, what: string, cause?: unknown) =>
  new ToolRefusal(`${name} ${what}. Nothing was found.`, { cause });
