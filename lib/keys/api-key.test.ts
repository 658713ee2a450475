import { crc32 } from "node:zlib";
import { expect, it } from "vitest";
import { generateApiKey, hashOfApiKey, idOfApiKey, isHashOf } from "./api-key.ts";

/** As docs/reference/api-keys.md states it for secret scanners. */
const published = /\beaa_[0-9a-z]{12}_[0-9A-Za-z]{49}\b/;

it("a new key matches the published pattern and names its id", () => {
  for (let round = 0; round < 200; round += 1) {
    const { key, id } = generateApiKey();
    expect(published.exec(`token=${key};`)?.[0]).toBe(key);
    expect(idOfApiKey(key)).toBe(id);
  }
});

it("no two keys are alike", () => {
  const keys = Array.from({ length: 1_000 }, () => generateApiKey());
  expect(new Set(keys.map(({ key }) => key)).size).toBe(1_000);
  expect(new Set(keys.map(({ id }) => id)).size).toBe(1_000);
});

it("the checksum is the CRC-32 of the key without it, in base 62", () => {
  const { key } = generateApiKey();
  const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const value = [...key.slice(-6)].reduce((sum, digit) => sum * 62 + digits.indexOf(digit), 0);
  expect(value).toBe(crc32(key.slice(0, -6)));
});

it("a key with one wrong character has no id", () => {
  const { key } = generateApiKey();
  for (let at = 0; at < key.length; at += 1) {
    const other = key[at] === "a" ? "b" : "a";
    expect(idOfApiKey(key.slice(0, at) + other + key.slice(at + 1)), `character ${at}`).toBe(
      undefined,
    );
  }
});

it.each([
  "",
  "eaa_",
  "eaa__",
  "eaa_k3v9x0q2m7ap_",
  `eaa_k3v9x0q2m7ap_${"a".repeat(49)}`,
  "é".repeat(66),
])("%s is no key", (text) => {
  expect(idOfApiKey(text)).toBeUndefined();
});

it("a hash belongs to its own key only", () => {
  const [one, other] = [generateApiKey().key, generateApiKey().key];
  expect(isHashOf(hashOfApiKey(one), one)).toBe(true);
  expect(isHashOf(hashOfApiKey(one), other)).toBe(false);
  expect(isHashOf(hashOfApiKey(one).subarray(1), one)).toBe(false);
});
