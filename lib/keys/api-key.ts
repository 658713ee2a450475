import { createHash, randomBytes, randomInt, timingSafeEqual } from "node:crypto";
import { crc32 } from "node:zlib";

/**
 * An API key as its holder sends it: `eaa_<id>_<secret><checksum>`.
 *
 *     eaa_k3v9x0q2m7ap_4Jt…(43)…w1 0aB3xZ
 *         id: 12       secret: 32 random bytes   checksum: CRC-32 of everything before it
 *
 * The prefix and the checksum let scanners of source code recognise a leaked key, and let us refuse a mistyped one without a
 * request. Everything after the prefix is letters and digits, so that a double click selects a part whole.
 */
const pattern = /^eaa_([0-9a-z]{12})_[0-9A-Za-z]{43}[0-9A-Za-z]{6}$/;

const idDigits = "0123456789abcdefghijklmnopqrstuvwxyz";
const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const idLength = 12;
/** 62 to the power of 43 exceeds 2 to the power of 256. */
const secretLength = 43;
/** 62 to the power of 6 exceeds 2 to the power of 32. */
const checksumLength = 6;

/** Whether a bearer token claims to be an API key. A session's token is a JWT, which begins otherwise. */
export const isApiKey = (token: string): boolean => token.startsWith("eaa_");

/** Returns a new key and its public part. */
export function generateApiKey(): { key: string; id: string } {
  const id = Array.from({ length: idLength }, () => idDigits[randomInt(idDigits.length)]).join("");
  const secret = inDigits(BigInt(`0x${randomBytes(32).toString("hex")}`), secretLength);
  const start = `eaa_${id}_${secret}`;
  return { key: start + checksumOf(start), id };
}

/** Returns the id of a key, or undefined if no key can look like this one. Sends no request. */
export function idOfApiKey(key: string): string | undefined {
  const start = key.slice(0, -checksumLength);
  return key.endsWith(checksumOf(start)) ? pattern.exec(key)?.[1] : undefined;
}

/** The SHA-256 of the whole key: what the database stores. A secret of 32 random bytes needs no slow hash. */
export const hashOfApiKey = (key: string): Buffer => createHash("sha256").update(key).digest();

/** Compares in constant time. */
export const isHashOf = (hash: Uint8Array, key: string): boolean =>
  hash.length === 32 && timingSafeEqual(hash, hashOfApiKey(key));

const checksumOf = (start: string): string => inDigits(BigInt(crc32(start)), checksumLength);

function inDigits(number: bigint, length: number): string {
  let text = "";
  for (let rest = number; rest > 0n; rest /= 62n) text = digits[Number(rest % 62n)] + text;
  return text.padStart(length, "0");
}
