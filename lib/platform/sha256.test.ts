import { hash } from "node:crypto";
import { expect, it } from "vitest";
import { Sha256 } from "./sha256.ts";

const hex = async (sha256: Sha256, text: string) => {
  sha256.update(text);
  return Buffer.from(await sha256.digest()).toString("hex");
};

it("hashes without a secret, and again after a reset", async () => {
  const sha256 = new Sha256();
  sha256.update("something else");
  sha256.reset();
  expect(await hex(sha256, "abc")).toBe(hash("sha256", "abc"));
});

/** RFC 4231, test case 2. */
const expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";

it.each([
  ["text", "Jefe"],
  ["bytes", Buffer.from("Jefe")],
  ["a view of a buffer", new Uint8Array(Buffer.from("--Jefe--")).subarray(2, 6)],
])("hashes with a secret that is %s", async (_kind, secret) => {
  const text = "what do ya want for nothing?";
  expect(await hex(new Sha256(secret), text)).toBe(expected);
  expect(await hex(new Sha256(secret), text)).toBe(expected);
});
