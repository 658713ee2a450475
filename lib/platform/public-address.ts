import { type LookupAddress, type LookupOptions, lookup } from "node:dns";
import http from "node:http";
import https from "node:https";
import { isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";

/** The host has an address that is not of the public internet: private, link-local, loopback, or one that wraps such. */
export class AddressNotPublic extends Error {
  override readonly name = "AddressNotPublic";
}

export interface PublicAddressOptions {
  /** For the twin, whose services are on the own machine. */
  mayUseLoopback?: boolean | undefined;
  /** Looks up all addresses of a name; by default as the system does. */
  lookupAll?: LookupAll | undefined;
}

export type LookupAll = (
  hostname: string,
  options: LookupOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * Begins a request to a host of the public internet. The caller ends it. Node connects to the address that was checked,
 * so a name whose address changes in between gains nothing. A redirect is a response like any other.
 * The request fails with AddressNotPublic if one of the host's addresses is not public.
 * @throws AddressNotPublic if the URL names such an address itself
 */
export function requestPublic(
  url: URL,
  request: http.RequestOptions,
  options: PublicAddressOptions = {},
): http.ClientRequest {
  refusePrivateHost(url, options);
  const module = url.protocol === "https:" ? https : http;
  // A new connection, because an older one may lead to an address that was allowed to another caller.
  return module.request(url, { ...request, lookup: checkedLookup(options), agent: false });
}

/** Returns whether an address is a unicast address of the public internet. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.parse(address);
  // The library knows the reserved blocks. Of IPv6, only this block is given out: others hold, for example, IPv4 addresses.
  const isGivenOut = parsed.kind() === "ipv4" || parsed.match(ipaddr.parse("2000::"), 3);
  return isGivenOut && parsed.range() === "unicast";
}

/**
 * Refuses a URL whose host is an address, because Node looks no address up. The URL parser has made four numbers of every
 * form of an IPv4 address.
 * @throws AddressNotPublic
 */
export function refusePrivateHost(url: URL, options: PublicAddressOptions = {}): void {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0) refuseUnlessAllowed(host, options);
}

/**
 * Returns a lookup for connections that fails with AddressNotPublic if one of the name's addresses is not public. Node
 * connects to an address that this lookup has returned.
 */
export function checkedLookup(parts: PublicAddressOptions): LookupFunction {
  const { lookupAll = systemLookup } = parts;
  return (hostname, options, callback) =>
    lookupAll(hostname, options, (error, addresses) => {
      if (error) return callback(error, []);
      try {
        for (const { address } of addresses) refuseUnlessAllowed(address, parts);
      } catch (refusal) {
        return callback(refusal as Error, []);
      }
      const [first] = addresses;
      if (options.all || !first) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
}

const systemLookup: LookupAll = (hostname, options, callback) =>
  lookup(hostname, { ...options, all: true }, callback);

function refuseUnlessAllowed(
  address: string,
  { mayUseLoopback = false }: PublicAddressOptions,
): void {
  if (isPublicAddress(address)) return;
  if (mayUseLoopback && ipaddr.parse(address).range() === "loopback") return;
  throw new AddressNotPublic("The host is not one of the public internet.");
}
