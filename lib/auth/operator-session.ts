import type { MiddlewareObj } from "@middy/core";
import * as v from "valibot";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import type { HttpRequest } from "#lib/platform/http/http-request.ts";
import type { HttpResponse } from "#lib/platform/http/http-response.ts";
import type { TokenKeys } from "#lib/platform/secrets.ts";
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
  exp: Seconds,
});

export interface OperatorSessions {
  /** Starts a session of an hour. `cookie` is the value of a `Set-Cookie` header. */
  issue(): Promise<{ cookie: string; expiresAt: Date }>;
  /** Throws a 401 unless the request has an operator's cookie that we signed and that has not expired. */
  require(): MiddlewareObj<HttpRequest, HttpResponse>;
}

export function createOperatorSessions({
  tokenKeys,
  secureCookie,
  now = Date.now,
}: {
  tokenKeys: () => Promise<TokenKeys>;
  /** False only on plain http, which only the local twin uses. */
  secureCookie: boolean;
  now?: () => number;
}): OperatorSessions {
  const name = secureCookie ? "__Host-operator" : "operator";
  const attributes = `${secureCookie ? "Secure; " : ""}HttpOnly; SameSite=Strict; Path=/`;
  return {
    async issue() {
      const keys = await tokenKeys();
      const expiresAt = new Date(now() + lifetimeMs);
      const claims: v.InferOutput<typeof Claims> = {
        ...{ iss: issuer, aud: audience },
        ...{ ep: keys.epoch, exp: toSeconds(expiresAt) },
      };
      const token = await signClaims(claims, keys);
      const cookie = `${name}=${token}; ${attributes}; Max-Age=${lifetimeMs / 1_000}`;
      return { cookie, expiresAt: fromSeconds(claims.exp) };
    },

    require: () => ({
      async before({ event }) {
        const token = event.receivedBy === "gateway" ? event.cookies[name] : undefined;
        const claims = token && (await readClaims(token, Claims, await tokenKeys()));
        if (!claims || fromSeconds(claims.exp).getTime() <= now()) {
          throw new HttpProblem("unauthorized", 401, "Sign in as an operator to continue.");
        }
      },
    }),
  };
}
