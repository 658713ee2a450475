import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from "node:crypto";

const comparisonKey = createSecretKey(randomBytes(32));

/**
 * Returns whether two secrets are equal, in constant time. `timingSafeEqual` needs equal lengths, so both secrets are
 * hashed first. The random key keeps an attacker from choosing the bytes that are compared.
 */
export function equalSecrets(presented: string, expected: string): boolean {
  return timingSafeEqual(digest(presented), digest(expected));
}

function digest(text: string): Buffer {
  return createHmac("sha256", comparisonKey).update(text).digest();
}
