import { CompactSign, compactVerify, errors } from "jose";
import * as v from "valibot";
import type { TokenKey, TokenKeys } from "#lib/platform/secrets.ts";

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

/** Issuer and audience are the same, because only this system reads its tokens. */
const issuer = "enterprise-agentic-ai";
const algorithm = "HS256";
/** Our tokens have about 400 characters. Longer ones are refused before any hashing. */
const maxTokenLength = 1_024;

const Seconds = v.pipe(v.number(), v.integer());
const Claims = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
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
  }),
);
type Claims = v.InferOutput<typeof Claims>;

/** Returns the session as a JWT (RFC 7519), signed with the first key. */
export async function signSession(session: Session, { keys, epoch }: TokenKeys): Promise<string> {
  const claims: Claims = {
    iss: issuer,
    aud: issuer,
    sub: session.owner,
    sid: session.sessionId,
    use: session.use,
    ep: epoch,
    auth_time: toSeconds(session.authenticatedAt),
    iat: toSeconds(session.issuedAt),
    exp: toSeconds(session.expiresAt),
  };
  const [key] = keys;
  return new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: algorithm, kid: key.kid, typ: "JWT" })
    .sign(await imported(key));
}

/**
 * Returns the session of a token that a current key signed in the current epoch, or undefined.
 * The caller must check expiry and revocation.
 */
export async function readSession(token: string, keys: TokenKeys): Promise<Session | undefined> {
  const claims = await readClaims(token, keys);
  if (claims?.ep !== keys.epoch) return undefined;
  return {
    owner: claims.sub,
    sessionId: claims.sid,
    use: claims.use,
    authenticatedAt: fromSeconds(claims.auth_time),
    issuedAt: fromSeconds(claims.iat),
    expiresAt: fromSeconds(claims.exp),
  };
}

async function readClaims(token: string, { keys }: TokenKeys): Promise<Claims | undefined> {
  if (token.length > maxTokenLength) return undefined;
  try {
    const { payload } = await compactVerify(
      token,
      ({ kid }) => {
        const known = keys.find((key) => key.kid === kid);
        if (!known) throw new errors.JWSSignatureVerificationFailed();
        return imported(known);
      },
      { algorithms: [algorithm] },
    );
    const claims = v.safeParse(Claims, Buffer.from(payload).toString());
    return claims.success ? claims.output : undefined;
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}

const importedKeys = new WeakMap<TokenKey, Promise<CryptoKey>>();

/** Imports each key once: jose would import bytes for every token, which takes longer than the check itself. */
function imported(key: TokenKey): Promise<CryptoKey> {
  const known = importedKeys.get(key) ?? importKey(key);
  importedKeys.set(key, known);
  return known;
}

function importKey({ key }: TokenKey): Promise<CryptoKey> {
  const hmac = { name: "HMAC", hash: "SHA-256" };
  return crypto.subtle.importKey("raw", Buffer.from(key), hmac, false, ["sign", "verify"]);
}

const toSeconds = (date: Date): number => Math.floor(date.getTime() / 1_000);
const fromSeconds = (seconds: number): Date => new Date(seconds * 1_000);
