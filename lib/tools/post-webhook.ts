import type { IncomingMessage } from "node:http";
import { AddressNotPublic, requestPublic } from "#lib/platform/public-address.ts";
import { whenSent } from "#lib/platform/when-sent.ts";
import { ToolRefusal } from "./tool.ts";

const maxAnswerBytes = 64 * 1024;

export interface PostParts {
  /** Of this system, for the receiver. */
  version: string;
  /** For the twin, whose receivers are on the own machine. */
  mayUseLoopback: boolean;
  /** How long the receiver may take; 10 s by default. */
  timeoutMs?: number | undefined;
}

interface Message {
  body: string;
  /** By which a receiver recognises a repetition. */
  idempotencyKey: string;
  signal: AbortSignal;
}

/**
 * Sends one request and never repeats it.
 * @throws ToolRefusal if nothing was sent, or another error if nobody can know whether the request has arrived
 */
export function postWebhook(
  { version, mayUseLoopback, timeoutMs = 10_000 }: PostParts,
  url: URL,
  { body, idempotencyKey, signal }: Message,
): Promise<{ status: number; text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  let isSent = false;
  const timeout = AbortSignal.timeout(timeoutMs);
  const fail = (error: unknown) => {
    if (isSent) return reject(error);
    const isLate = timeout.aborted && !(error instanceof AddressNotPublic);
    const reason = isLate ? `did not answer within ${timeoutMs / 1_000} seconds` : reasonOf(error);
    reject(new ToolRefusal(`nothing was sent: the service ${reason}.`, { cause: error }));
  };
  try {
    const request = requestPublic(
      url,
      {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
          accept: "application/json, text/plain",
          "idempotency-key": idempotencyKey,
          "user-agent": `enterprise-agentic-ai/${version}`,
        },
        signal: AbortSignal.any([signal, timeout]),
      },
      { mayUseLoopback },
    );
    whenSent(request, () => {
      isSent = true;
    });
    request.on("error", fail);
    request.once("response", (response) => {
      const status = response.statusCode ?? 0;
      readText(response).then((text) => resolve({ status, text }), reject);
    });
    request.end(body);
  } catch (error) {
    fail(error);
  }
  return promise;
}

const reasonOf = (error: unknown): string =>
  error instanceof AddressNotPublic ? "has an address that is not public" : "could not be reached";

/** The status is what counts, so an answer that breaks off or takes too long ends where it is. */
async function readText(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of response) {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes >= maxAnswerBytes) break;
    }
  } catch {
    // What has arrived stays.
  }
  return Buffer.concat(pieces).subarray(0, maxAnswerBytes).toString();
}
