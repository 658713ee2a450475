import { describe, expect, it } from "vitest";
import { readWebhooks } from "./webhook-addresses.ts";

const read = (value: unknown, isTwin = false) =>
  readWebhooks(typeof value === "string" ? value : JSON.stringify(value), { isTwin });

it("webhooks have names and URLs", () => {
  const read1 = read({
    chat: "https://hooks.example.com/T1?a=b",
    ops: "https://1.example.com:8443",
  });
  expect("webhooks" in read1 && [...read1.webhooks].map(([name, url]) => [name, url.href])).toEqual(
    [
      ["chat", "https://hooks.example.com/T1?a=b"],
      ["ops", "https://1.example.com:8443/"],
    ],
  );
});

it.each(["", "x", "[]", "null", "7", "{}", '"https://a.example.com"'])(
  "%j is no list of webhooks",
  (text) => {
    expect(read(text)).toEqual({ fault: expect.stringMatching(/^must be JSON of 1 to 20 names/) });
  },
);

it("more than 20 webhooks are refused", () => {
  const many = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`a${index}`, "https://a.example.com"]),
    );
  expect(read(many(20))).toHaveProperty("webhooks");
  expect(read(many(21))).toHaveProperty("fault");
});

it.each(["", "A", "1a", "a b", "a".repeat(41), "__proto__", "https://secret.example.com"])(
  "the name %j is refused and not shown",
  (name) => {
    const text = `{${JSON.stringify(name)}:"https://a.example.com"}`;
    expect(read(text)).toEqual({ fault: expect.stringMatching(/^has a name that is not/) });
  },
);

describe("an address", () => {
  it.each([
    ["", "is not a URL"],
    [7, "is not a URL"],
    [null, "is not a URL"],
    [["https://a.example.com"], "is not a URL"],
    ["hooks.example.com", "is not a URL"],
    [`https://a.example.com/${"x".repeat(2_048)}`, "is not a URL"],
    ["http://a.example.com", "must begin with https://"],
    ["file:///etc/passwd", "must begin with https://"],
    ["javascript:alert(1)", "must begin with https://"],
    ["https://user:word@a.example.com", "must not hold a user or a password"],
    ["https://a.example.com:0", "must not have the port 0"],
    ["https://10.0.0.1", "must name a host, not an address"],
    ["https://8.8.8.8", "must name a host, not an address"],
    ["https://169.254.169.254/latest", "must name a host, not an address"],
    ["https://2130706433", "must name a host, not an address"],
    ["https://0x7f.1", "must name a host, not an address"],
    ["https://0177.0.0.1", "must name a host, not an address"],
    ["https://127.0.0.1.", "must name a host, not an address"],
    ["https://[::1]", "must name a host, not an address"],
    ["https://[::ffff:10.0.0.1]", "must name a host, not an address"],
    ["https://localhost", "must name a host of the public internet"],
    ["https://localhost.", "must name a host of the public internet"],
    ["https://intranet", "must name a host of the public internet"],
    ["https://a.localhost", "must name a host of the public internet"],
    ["https://printer.local", "must name a host of the public internet"],
    ["https://metadata.google.internal", "must name a host of the public internet"],
  ])("%j %s", (url, fault) => {
    expect(read({ chat: url })).toEqual({ fault: `has the address "chat", which ${fault}` });
  });

  it.each(["http://127.0.0.1:9/", "http://localhost:9/", "http://[::1]:9/"])(
    "%s of the own machine is for the twin only",
    (url) => {
      expect(read({ chat: url }, true)).toHaveProperty("webhooks");
      expect(read({ chat: url }, false)).toHaveProperty("fault");
    },
  );

  it("of another machine must be public for the twin, too", () => {
    expect(read({ chat: "http://10.0.0.1/" }, true)).toHaveProperty("fault");
  });
});
