import { IdempotencyKey } from "#lib/contract/chat.ts";
import type { HttpRequest } from "./http-request.ts";
import { conform } from "./parse-request.ts";

/**
 * Returns the `Idempotency-Key` of a request, or undefined if the request has none.
 * @throws HttpProblem 400
 */
export function readIdempotencyKey({ headers }: HttpRequest): string | undefined {
  const key = headers["idempotency-key"];
  return key === undefined ? undefined : conform(IdempotencyKey, key, "Idempotency-Key");
}
