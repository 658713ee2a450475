import {
  createHash,
  createHmac,
  createSecretKey,
  type Hash,
  type Hmac,
  type KeyObject,
} from "node:crypto";

type Bytes = ArrayBuffer | ArrayBufferView;

/**
 * SHA-256, and with a secret HMAC-SHA-256, for the signatures of requests to AWS. The SDK's own class hands its secret to Node
 * as bytes. For bytes Node 24 throws and catches an error: 10 µs instead of 2, and a turn hashes eight times with a secret.
 */
export class Sha256 {
  readonly #key: string | KeyObject | undefined;
  #hash: Hash | Hmac;

  constructor(secret?: string | Bytes) {
    this.#key = typeof secret === "object" ? keyOf(secret) : secret;
    this.#hash = this.#start();
  }

  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = this.#start();
  }

  #start(): Hash | Hmac {
    return this.#key === undefined ? createHash("sha256") : createHmac("sha256", this.#key);
  }
}

/** The signer keeps the key of a day, and passes the same bytes for each signature. */
const keys = new WeakMap<Bytes, KeyObject>();

function keyOf(secret: Bytes): KeyObject {
  const known = keys.get(secret) ?? createSecretKey(secret as Uint8Array);
  keys.set(secret, known);
  return known;
}
