import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AddressNotPublic, isPublicAddress, requestPublic } from "./public-address.ts";

type Options = NonNullable<Parameters<typeof requestPublic>[2]>;
type LookupAll = NonNullable<Options["lookupAll"]>;

describe("an address", () => {
  it.each([
    "8.8.8.8",
    "1.1.1.1",
    "172.15.255.255",
    "172.32.0.1",
    "100.63.255.255",
    "2606:4700:4700::1111",
    "2a00:1450:4001::200e",
  ])("%s is public", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    ...["0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"],
    ...["127.0.0.1", "127.255.255.254", "169.254.169.254", "169.254.170.2", "100.64.0.1"],
    ...["192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "192.88.99.1"],
    ...["224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"],
    ...["::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "100::1"],
    // IPv4 inside IPv6: mapped, compatible, translated, NAT64, 6to4, Teredo.
    ...["::ffff:127.0.0.1", "::ffff:7f00:1", "::127.0.0.1", "::7f00:1", "::ffff:0:127.0.0.1"],
    ...["64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2001:0:7f00:1::", "2001:db8::1"],
    ...["4000::1", "::8.8.8.8", "::ffff:8.8.8.8", "fe80::1%eth0"],
    // Forms that only a URL parser may resolve.
    ...["", "localhost", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "[::1]", "8.8.8.8 "],
  ])("%j is not public", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe("a request", () => {
  const server = createServer((_request, response) => response.end("reached"));
  let port: number;
  beforeEach(async () => {
    await once(server.listen(0, "127.0.0.1"), "listening");
    ({ port } = server.address() as AddressInfo);
  });
  afterEach(() => {
    server.close();
  });

  const send = async (host: string, options: Options) => {
    const request = requestPublic(new URL(`http://${host}:${port}/`), {}, options).end();
    const [response] = await once(request, "response");
    const [body] = await once(response, "data");
    return String(body);
  };
  /** Resolves every name to these addresses. */
  const resolving =
    (...addresses: string[]): LookupAll =>
    (_name, _options, callback) =>
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
      );

  it.each(["127.0.0.1", "2130706433", "0x7f000001", "[::ffff:127.0.0.1]", "0"])(
    "to the address %s is refused before it begins",
    async (host) => {
      await expect(send(host, {})).rejects.toThrow(AddressNotPublic);
    },
  );

  it("to a name is refused if one of its addresses is private", async () => {
    const lookupAll = resolving("8.8.8.8", "127.0.0.1");
    await expect(send("a.example", { lookupAll })).rejects.toThrow(AddressNotPublic);
  });

  it("to the system's own localhost is refused", async () => {
    await expect(send("localhost", {})).rejects.toThrow(AddressNotPublic);
  });

  it("to a name without an address fails", async () => {
    await expect(send("a.example", { lookupAll: resolving() })).rejects.toThrow();
  });

  it("to a private address fails in the twin, too", async () => {
    const options = { mayUseLoopback: true, lookupAll: resolving("127.0.0.1", "10.0.0.1") };
    await expect(send("a.example", options)).rejects.toThrow(AddressNotPublic);
  });

  it("connects to the address that was checked, in the twin also to loopback", async () => {
    const options = { mayUseLoopback: true, lookupAll: resolving("127.0.0.1") };
    expect(await send("a.example", options)).toBe("reached");
    expect(await send("127.0.0.1", { mayUseLoopback: true })).toBe("reached");
  });

  it("asks for the address once", async () => {
    let lookups = 0;
    const changing: LookupAll = (...args) => {
      lookups += 1;
      resolving("127.0.0.1")(...args);
    };
    await send("a.example", { mayUseLoopback: true, lookupAll: changing });
    expect(lookups).toBe(1);
  });
});
