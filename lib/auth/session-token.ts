import * as v from "valibot";
import type { TokenKeys } from "#lib/platform/secrets.ts";
import {
  fromSeconds,
  issuer,
  readClaims,
  Seconds,
  signClaims,
  toSeconds,
} from "./signed-claims.ts";

/** A browser sends its token as a cookie, a program sends its token as a bearer. */
export type SessionUse = "cookie" | "bearer";

/** One login, from the password until the session expires or is revoked. The token carries all of it. */
export interface Session {
  /** The owner of the conversations that this session may read. An owner outlives every session. */
  owner: string;
  /** Identifies the login. Renewed tokens keep this id, so revoking it ends all of them. */
  sessionId: string;
  use: SessionUse;
  /** When the password was checked. */
  authenticatedAt: Date;
  /** When this token was signed. */
  issuedAt: Date;
  expiresAt: Date;
}

const Claims = v.object({
  iss: v.literal(issuer),
  aud: v.literal(issuer),
  sub: v.string(),
  sid: v.string(),
  use: v.picklist(["cookie", "bearer"]),
  /** The epoch of the signing secret. Raising the epoch ends every session. */
  ep: v.number(),
  auth_time: Seconds,
  iat: Seconds,
  exp: Seconds,
});
type Claims = v.InferOutput<typeof Claims>;

/** Returns the session as a signed token. */
export async function signSession(session: Session, tokenKeys: TokenKeys): Promise<string> {
  const claims: Claims = {
    iss: issuer,
    aud: issuer,
    sub: session.owner,
    sid: session.sessionId,
    use: session.use,
    ep: tokenKeys.epoch,
    auth_time: toSeconds(session.authenticatedAt),
    iat: toSeconds(session.issuedAt),
    exp: toSeconds(session.expiresAt),
  };
  return await signClaims(claims, tokenKeys);
}

/**
 * Returns the session of a token that a current key signed in the current epoch, or undefined.
 * The caller must check expiry and revocation.
 */
export async function readSession(token: string, keys: TokenKeys): Promise<Session | undefined> {
  const claims = await readClaims(token, Claims, keys);
  if (!claims) return undefined;
  return {
    owner: claims.sub,
    sessionId: claims.sid,
    use: claims.use,
    authenticatedAt: fromSeconds(claims.auth_time),
    issuedAt: fromSeconds(claims.iat),
    expiresAt: fromSeconds(claims.exp),
  };
}
