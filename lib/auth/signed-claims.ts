import { CompactSign, compactVerify, errors } from "jose";
import * as v from "valibot";
import type { TokenKey, TokenKeys } from "#lib/platform/secrets.ts";

/** The issuer of every token. Only this system reads its tokens, so a session's audience is the same. */
export const issuer = "enterprise-agentic-ai";
const algorithm = "HS256";
/** Our tokens have about 500 characters. Longer ones are refused before any hashing. */
const maxTokenLength = 1_024;

export const Seconds = v.pipe(v.number(), v.integer());

/** Returns the claims as a JWT (RFC 7519), signed with the first key. */
export async function signClaims(claims: object, { keys }: TokenKeys): Promise<string> {
  const [key] = keys;
  return new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: algorithm, kid: key.kid, typ: "JWT" })
    .sign(await imported(key));
}

/**
 * Returns the claims of a token that a current key signed in the current epoch, if they match the schema. A schema must
 * name its purpose, so that no token of one kind is ever read as another kind. The caller must check the expiry.
 */
export async function readClaims<Claims extends { ep: number }>(
  token: string,
  schema: v.GenericSchema<unknown, Claims>,
  { keys, epoch }: TokenKeys,
): Promise<Claims | undefined> {
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
    const json = v.pipe(v.string(), v.parseJson(), schema);
    const claims = v.safeParse(json, Buffer.from(payload).toString());
    return claims.success && claims.output.ep === epoch ? claims.output : undefined;
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

export const toSeconds = (date: Date): number => Math.floor(date.getTime() / 1_000);
export const fromSeconds = (seconds: number): Date => new Date(seconds * 1_000);
