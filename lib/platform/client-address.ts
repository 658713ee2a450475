import { createHmac, createSecretKey, type KeyObject } from "node:crypto";
import { isIP } from "node:net";
import { equalSecrets } from "./equal-secrets.ts";
import type { HttpRequest } from "./http/http-request.ts";
import type { Secrets, TokenKey } from "./secrets.ts";

/**
 * Returns a function that maps a request's client to 22 characters. The same client gets the same characters, and nobody
 * can compute the address from them. Trusts `CloudFront-Viewer-Address` only from CloudFront, else uses the connection's
 * address. Never trusts `X-Forwarded-For`, because any client can send that header.
 */
export function createClientAddress(
  secrets: Pick<Secrets, "originApiKey" | "tokenKeys">,
): (request: HttpRequest) => Promise<string> {
  return async (request) => {
    const [originApiKey, { keys }] = await Promise.all([
      secrets.originApiKey(),
      secrets.tokenKeys(),
    ]);
    return createHmac("sha256", hashKeyOf(keys[0]))
      .update(clientNetwork(request, originApiKey))
      .digest()
      .subarray(0, 16)
      .toString("base64url");
  };
}

const hashKeys = new WeakMap<TokenKey, KeyObject>();

function hashKeyOf(tokenKey: TokenKey): KeyObject {
  const known = hashKeys.get(tokenKey);
  if (known) return known;
  const bytes = createHmac("sha256", tokenKey.key).update("client-address").digest();
  const key = createSecretKey(bytes);
  hashKeys.set(tokenKey, key);
  return key;
}

/**
 * Returns the network that a request is counted against: an IPv4 address, or the /64 of an IPv6 address, because one
 * household has a whole /64. Only CloudFront knows `originApiKey`. Other API keys belong to programs, which can send any
 * header.
 */
export function clientNetwork(request: HttpRequest, originApiKey: string): string {
  const throughCloudFront = equalSecrets(request.headers["x-api-key"] ?? "", originApiKey);
  const viewer = throughCloudFront
    ? withoutPort(request.headers["cloudfront-viewer-address"] ?? "")
    : undefined;
  return networkOf(viewer ?? request.sourceIp);
}

/** CloudFront sends `203.0.113.9:46532` and `2001:db8::7:46532`, without the usual brackets around an IPv6 address. */
function withoutPort(address: string): string | undefined {
  const host = address.slice(0, address.lastIndexOf(":")).replace(/^\[(.*)\]$/, "$1");
  return isIP(host) ? host : undefined;
}

function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const groups = expand(address);
  return isMappedIpv4(groups)
    ? ipv4Of(groups)
    : `${groups
        .slice(0, 4)
        .map((group) => group.toString(16))
        .join(":")}::/64`;
}

/** Returns all eight groups of an IPv6 address, with `::` and an embedded IPv4 address expanded. */
function expand(address: string): number[] {
  const [unzoned = ""] = address.split("%");
  const [head = "", tail] = unzoned.split("::");
  if (tail === undefined) return groupsOf(head);
  const before = groupsOf(head);
  const after = groupsOf(tail);
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}

function groupsOf(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((part) => {
    if (!part.includes(".")) return [Number.parseInt(part, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = part.split(".").map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

/** A dual-stack socket shows an IPv4 client as `::ffff:203.0.113.9` (RFC 4291, section 2.5.5.2). */
function isMappedIpv4(groups: number[]): boolean {
  return groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
}

function ipv4Of(groups: number[]): string {
  return groups
    .slice(6)
    .flatMap((group) => [group >> 8, group & 255])
    .join(".");
}
