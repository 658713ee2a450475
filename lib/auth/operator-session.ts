import { randomBytes } from "node:crypto";
import type { MiddlewareObj } from "@middy/core";
import * as v from "valibot";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import type { HttpRequest } from "#lib/platform/http/http-request.ts";
import type { HttpResponse } from "#lib/platform/http/http-response.ts";
import type { NetworkCheck } from "#lib/platform/http/side-by-side.ts";
import type { TokenKeys } from "#lib/platform/secrets.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import { isKnownAsRevoked, type Revocations } from "./revocations.ts";
import { createSessionCookie } from "./session-cookie.ts";
import { orUnavailable } from "./sessions.ts";
import {
  fromSeconds,
  issuer,
  readClaims,
  Seconds,
  signClaims,
  toSeconds,
} from "./signed-claims.ts";

/** Differs from the audience of sessions: an operator owns no conversations, and an owner is no operator. */
const audience = `${issuer}/operator`;
const lifetimeMs = 60 * 60 * 1_000;

const Claims = v.object({
  iss: v.literal(issuer),
  aud: v.literal(audience),
  /** The epoch of the signing secret. Raising the epoch ends every session of an operator, too. */
  ep: v.number(),
  jti: v.string(),
  exp: Seconds,
});

interface OperatorSession {
  sessionId: string;
  expiresAt: Date;
}

/** A request with an operator's cookie that we signed and that has not expired. Its session may be revoked. */
export type OperatorRequest = HttpRequest & { operatorSession: OperatorSession };

export interface OperatorSessions {
  /** Starts a session of an hour. `cookie` is the value of a `Set-Cookie` header. */
  issue(): Promise<{ cookie: string; expiresAt: Date }>;
  /** Sets `request.operatorSession`, or throws a 401. Sends no request. */
  requireToken(): MiddlewareObj<OperatorRequest, HttpResponse>;
  /** Throws a 401 if the session of the token is revoked. Must run after `requireToken`. */
  requireSession(): NetworkCheck<OperatorRequest>;
  /**
   * Ends the session of a request, if it has one.
   * @throws HttpProblem 503 if the revocation cannot be stored
   */
  revoke(request: HttpRequest): Promise<void>;
  /** Returns the value of a `Set-Cookie` header that deletes the cookie. */
  removedCookie(): string;
}

export function createOperatorSessions({
  tokenKeys,
  revocations,
  secureCookie,
  telemetry,
  now = Date.now,
}: {
  tokenKeys: () => Promise<TokenKeys>;
  revocations: Revocations;
  /** False only on plain http, which only the local twin uses. */
  secureCookie: boolean;
  telemetry: Telemetry;
  now?: () => number;
}): OperatorSessions {
  const cookie = createSessionCookie({
    ...{ secure: secureCookie, kind: "operator", maxAgeSeconds: lifetimeMs / 1_000 },
  });

  async function read(request: HttpRequest): Promise<OperatorSession | undefined> {
    const token = request.receivedBy === "gateway" ? cookie.read(request) : undefined;
    const claims = token && (await readClaims(token, Claims, await tokenKeys()));
    if (!claims) return undefined;
    const session = { sessionId: claims.jti, expiresAt: fromSeconds(claims.exp) };
    return session.expiresAt.getTime() > now() ? session : undefined;
  }

  return {
    async issue() {
      const keys = await tokenKeys();
      const expiresAt = new Date(now() + lifetimeMs);
      const claims: v.InferOutput<typeof Claims> = {
        ...{ iss: issuer, aud: audience, jti: randomBytes(16).toString("base64url") },
        ...{ ep: keys.epoch, exp: toSeconds(expiresAt) },
      };
      const token = await signClaims(claims, keys);
      return { cookie: cookie.holding(token), expiresAt: fromSeconds(claims.exp) };
    },

    requireToken: () => ({
      async before({ event }) {
        const session = await read(event);
        if (!session) throw unauthorized();
        event.operatorSession = session;
      },
    }),

    requireSession: () => ({
      async before({ event }) {
        const { sessionId } = event.operatorSession;
        if (await isKnownAsRevoked(revocations, telemetry, sessionId)) throw unauthorized();
      },
    }),

    async revoke(request) {
      const session = await read(request);
      if (session) await orUnavailable(() => revocations.add(session.sessionId, session.expiresAt));
    },

    removedCookie: cookie.removed,
  };
}

const unauthorized = () =>
  new HttpProblem("unauthorized", 401, "Sign in as an operator to continue.");
