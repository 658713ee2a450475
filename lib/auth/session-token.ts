import { CompactSign, compactVerify, errors } from "jose";
import * as v from "valibot";
import type { TokenKeys } from "#lib/platform/secrets.ts";
import type { Session } from "./session.ts";

/** Both in one: the system signs for itself alone. */
const issuer = "enterprise-agentic-ai";
const algorithm = "HS256";
/** Ours have about 400 characters; more is not worth a hash. */
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
    /** The secret's epoch at the time of signing. */
    ep: v.number(),
    auth_time: Seconds,
    iat: Seconds,
    exp: Seconds,
  }),
);
type Claims = v.InferOutput<typeof Claims>;

/** The session as a JWT, signed with the first of the keys. */
export async function signSession(session: Session, { keys, epoch }: TokenKeys): Promise<string> {
  const claims: Claims = {
    iss: issuer,
    aud: issuer,
    sub: session.subject,
    sid: session.sessionId,
    use: session.use,
    ep: epoch,
    auth_time: toSeconds(session.authenticatedAt),
    iat: toSeconds(session.issuedAt),
    exp: toSeconds(session.expiresAt),
  };
  const [{ kid, key }] = keys;
  return new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: algorithm, kid, typ: "JWT" })
    .sign(Buffer.from(key));
}

/**
 * The session that we signed, with a key and in an epoch that still hold; undefined for anything else.
 * Whether it has expired or was ended is for the caller to see.
 */
export async function readSession(token: string, keys: TokenKeys): Promise<Session | undefined> {
  const claims = await readClaims(token, keys);
  if (claims?.ep !== keys.epoch) return undefined;
  return {
    subject: claims.sub,
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
        return Buffer.from(known.key);
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

const toSeconds = (date: Date): number => Math.floor(date.getTime() / 1_000);
const fromSeconds = (seconds: number): Date => new Date(seconds * 1_000);
