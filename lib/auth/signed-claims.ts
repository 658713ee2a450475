import { hash } from "node:crypto";
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
  keys: TokenKeys,
): Promise<Claims | undefined> {
  if (token.length > maxTokenLength) return undefined;
  const payload = await signedPayload(token, keys);
  if (payload === undefined) return undefined;
  const claims = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), payload);
  return claims.success && claims.output.ep === keys.epoch ? claims.output : undefined;
}

/**
 * The payloads of the newest tokens whose signature one instance has checked, by the hash of each token. A check takes 0.2 ms in
 * another thread, and a browser or a program sends the same token for an hour or longer.
 */
const checkedPayloads = new WeakMap<TokenKeys, Map<string, string>>();
const maxChecked = 100;

async function signedPayload(token: string, keys: TokenKeys): Promise<string | undefined> {
  const checked = checkedPayloads.get(keys) ?? new Map<string, string>();
  checkedPayloads.set(keys, checked);
  const tokenHash = hash("sha256", token);
  const known = checked.get(tokenHash);
  if (known !== undefined) return known;
  const payload = await verifiedPayload(token, keys);
  if (payload === undefined) return undefined;
  const [oldest = ""] = checked.keys();
  if (checked.size >= maxChecked) checked.delete(oldest);
  checked.set(tokenHash, payload);
  return payload;
}

async function verifiedPayload(token: string, { keys }: TokenKeys): Promise<string | undefined> {
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
    return Buffer.from(payload).toString();
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
