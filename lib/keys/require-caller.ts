import type { MiddlewareObj } from "@middy/core";
import { type RequestWithToken, requireSession, unauthorized } from "#lib/auth/require-session.ts";
import type { Session } from "#lib/auth/session-token.ts";
import { bearerTokenOf, type Sessions } from "#lib/auth/sessions.ts";
import type { Scope } from "#lib/contract/api-key.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import type { HttpRequest } from "#lib/platform/http/http-request.ts";
import type { HttpResponse } from "#lib/platform/http/http-response.ts";
import type { NetworkCheck } from "#lib/platform/http/side-by-side.ts";
import type { Bucket } from "#lib/rate-limit/bucket.ts";
import { rateLimited } from "#lib/rate-limit/limit-rate.ts";
import { idOfApiKey, isApiKey } from "./api-key.ts";
import type { KeyHolders } from "./key-holders.ts";

/** Who sends a request: a person with a session, or a program with a key, which acts as its owner. */
export interface Caller {
  owner: string;
  /** The key, unless the caller has a session. */
  keyId?: string | undefined;
}

/** A request with a token that we signed and that has not expired, or with a key that has the form of ours. */
export type RequestWithCredential = HttpRequest &
  Partial<RequestWithToken> & { apiKey?: { id: string; key: string } };

export interface CallerDependencies {
  sessions: Sessions;
  keys: KeyHolders;
  /** Counts the invalid keys of each address. */
  keyFailures: Bucket;
  addressOf: (request: HttpRequest) => Promise<string>;
}

/**
 * Sets `request.signedSession` or `request.apiKey`, or throws a 401. Sends no request, except for a key that cannot be ours,
 * so it runs before every step that does.
 */
export function requireCredential(
  dependencies: CallerDependencies,
  { cookies = true } = {},
): MiddlewareObj<RequestWithCredential, HttpResponse> {
  const { sessions } = dependencies;
  return {
    async before({ event }) {
      const bearer = bearerTokenOf(event);
      if (bearer !== undefined && isApiKey(bearer)) {
        const id = idOfApiKey(bearer);
        if (id === undefined) throw await refuseKey(dependencies, event);
        event.apiKey = { id, key: bearer };
        return;
      }
      const session =
        bearer === undefined && !cookies ? undefined : await sessions.signedSession(event);
      if (!session) throw unauthorized(event);
      event.signedSession = session;
    },
  };
}

/**
 * Sets `request.caller`, or throws a 401 if the session or the key is revoked or unknown, and a 403 if the key has not this scope.
 * Without a scope every valid key passes. Must run after `requireCredential`.
 */
export function requireCaller(
  dependencies: CallerDependencies,
  scope: Scope | undefined,
): NetworkCheck<RequestWithCredential & { caller: Caller }> {
  const session = requireSession(dependencies.sessions);
  return {
    async before(request) {
      const { event } = request;
      if (!event.apiKey) {
        const withSession = event as RequestWithToken & { session: Session; caller: Caller };
        await session.before({ event: withSession });
        event.caller = { owner: withSession.session.owner };
        return;
      }
      const { id, key } = event.apiKey;
      const holder = await dependencies.keys.find(id, key);
      if (!holder) throw await refuseKey(dependencies, event);
      if (scope !== undefined && !holder.scopes.includes(scope)) {
        throw new HttpProblem("missing_scope", 403, `This key needs the scope ${scope}.`);
      }
      event.caller = { owner: holder.owner, keyId: holder.keyId };
    },
  };
}

/** Spends one token of the address's failures. Returns the 401, or the 429 of an address with too many of them. */
async function refuseKey(
  { keyFailures, addressOf }: CallerDependencies,
  event: HttpRequest,
): Promise<HttpProblem> {
  const address = await addressOf(event);
  const attempt = await keyFailures.take(address);
  if (!attempt.admitted) return rateLimited(keyFailures.rule, attempt);
  await keyFailures.keep(address, attempt);
  return new HttpProblem("unauthorized", 401, "This API key is not valid. Use another one.", {
    headers: { "www-authenticate": "Bearer" },
  });
}
