import { describe, expect, it } from "vitest";
import { httpRequest } from "#test/support/http-request.ts";
import { clientNetwork, createClientAddress } from "./client-address.ts";
import type { TokenKeys } from "./secrets.ts";

const originApiKey = "the-key-that-cloudfront-adds";
const edge = "198.51.100.7";

const network = (headers: Record<string, string>, sourceIp = edge) =>
  clientNetwork(httpRequest({ headers, sourceIp }), originApiKey);
const throughCloudFront = (viewer: string) =>
  network({ "x-api-key": originApiKey, "cloudfront-viewer-address": viewer });

describe("clientNetwork", () => {
  it.each([
    ["203.0.113.9:46532", "203.0.113.9"],
    ["2406:2d40:728d:fa10::c4a:42838", "2406:2d40:728d:fa10::/64"],
    ["[2406:2d40:728d:fa10::c4a]:42838", "2406:2d40:728d:fa10::/64"],
    ["2001:db8:0:0:1:2:3:4:443", "2001:db8:0:0::/64"],
    ["2001:db8:::443", "2001:db8:0:0::/64"],
    ["::1:443", "0:0:0:0::/64"],
    ["::ffff:203.0.113.9:443", "203.0.113.9"],
    ["[::ffff:cb00:7109]:443", "203.0.113.9"],
  ])("reads CloudFront's viewer %s as %s", (viewer, expected) => {
    expect(throughCloudFront(viewer)).toBe(expected);
  });

  it.each([
    ["2001:0DB8:0000:0000:abcd:0000:0000:0001", "2001:db8:0:0::/64"],
    ["2001:db8::abcd:0:0:1", "2001:db8:0:0::/64"],
    ["2001:db8:0:1::", "2001:db8:0:1::/64"],
    ["2001::", "2001:0:0:0::/64"],
    ["::", "0:0:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::ffff:192.0.2.77", "192.0.2.77"],
    ["64:ff9b::192.0.2.77", "64:ff9b:0:0::/64"],
    ["192.0.2.77", "192.0.2.77"],
  ])("reads the connection's address %s as %s", (sourceIp, expected) => {
    expect(network({}, sourceIp)).toBe(expected);
  });

  it.each(["", "unknown", "203.0.113.9", "example.com:443", "203.0.113.9:46532, 203.0.113.10:1"])(
    "goes by the connection when CloudFront's viewer is %j",
    (viewer) => {
      expect(throughCloudFront(viewer)).toBe(edge);
    },
  );

  const forgedHeaders = [
    { "x-forwarded-for": "203.0.113.50" },
    { "x-forwarded-for": "203.0.113.51, 198.51.100.7" },
    { forwarded: "for=203.0.113.52" },
    { "x-real-ip": "203.0.113.53" },
    { "true-client-ip": "203.0.113.54" },
    { "cloudfront-viewer-address": "203.0.113.55:443" },
  ];
  const forgedKeys = [
    {},
    { "x-api-key": "" },
    { "x-api-key": "the-key-of-a-program" },
    { "x-api-key": originApiKey.slice(0, -1) },
    { "x-api-key": `${originApiKey} ` },
  ];
  const forgeries = forgedHeaders.flatMap((headers) =>
    forgedKeys.map((key) => ({ ...headers, ...key })),
  );

  it(`sees one client behind ${forgeries.length} ways to forge another address`, () => {
    expect(forgeries).toHaveLength(30);
    expect(new Set(forgeries.map((headers) => network(headers)))).toEqual(new Set([edge]));
  });
});

describe("createClientAddress", () => {
  const keys = (key: string): TokenKeys => ({ keys: [{ kid: "1", key }], epoch: 1 });
  const addressOf = (tokenKeys: TokenKeys) =>
    createClientAddress({
      originApiKey: async () => originApiKey,
      tokenKeys: async () => tokenKeys,
    });
  const key = "k".repeat(32);

  it("maps a client to the same 22 characters, which do not contain the address", async () => {
    const address = await addressOf(keys(key))(httpRequest({ sourceIp: "192.0.2.1" }));
    expect(address).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(await addressOf(keys(key))(httpRequest({ sourceIp: "192.0.2.1" }))).toBe(address);
  });

  it("maps other clients, and the same client under another key, to other characters", async () => {
    const addresses = await Promise.all([
      addressOf(keys(key))(httpRequest({ sourceIp: "192.0.2.1" })),
      addressOf(keys(key))(httpRequest({ sourceIp: "192.0.2.2" })),
      addressOf(keys("other".repeat(8)))(httpRequest({ sourceIp: "192.0.2.1" })),
    ]);
    expect(new Set(addresses).size).toBe(3);
  });
});
