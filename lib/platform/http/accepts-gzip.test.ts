import { expect, it } from "vitest";
import { acceptsGzip } from "./accepts-gzip.ts";

it.each([
  [undefined, false],
  ["", false],
  ["identity", false],
  ["br, zstd", false],
  ["gzip", true],
  ["GZIP", true],
  ["x-gzip", true],
  ["gzip, deflate, br", true],
  ["br;q=1.0, gzip;q=0.2", true],
  ["gzip;q=0", false],
  ["gzip;q=0.000, *", false],
  ["*", true],
  ["*;q=0", false],
  ["identity;q=1, *;q=0", false],
  ["deflate, *;q=0.1", true],
  ["gzipped", false],
  ['identity;note="gzip, *"', false],
])("Accept-Encoding: %s is read as RFC 9110 says", (acceptEncoding, accepts) => {
  expect(acceptsGzip(acceptEncoding)).toBe(accepts);
});
